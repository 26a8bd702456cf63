/** A PNG as the bridge answers it: a data URL, which the page's content policy allows for pictures. */
export function pictureOf(png: Uint8Array | null): { image: string | null } {
  return { image: png === null ? null : `data:image/png;base64,${Buffer.from(png).toString('base64')}` };
}
