/** How far from its end a list still counts as being there, pixels. */
const nearPx = 40;

/** Where a scrolled box is. */
type Place = Pick<HTMLElement, 'scrollTop' | 'scrollHeight' | 'clientHeight'>;

/**
 * Whether a box whose content grows goes on showing its end after it has scrolled. Only going up lets go of the end: what
 * was added since a scroll to it puts distance between the two by itself. Pure.
 */
export function sticks(place: Place, beforeTop: number, stuck: boolean): boolean {
  if (place.scrollHeight - place.scrollTop - place.clientHeight < nearPx) return true;
  return stuck && place.scrollTop >= beforeTop;
}
