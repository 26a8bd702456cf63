import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const stateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400).max(20_000),
  height: z.number().int().min(300).max(20_000),
  maximized: z.boolean(),
});
/** Where the window was, in device-independent pixels. */
export type WindowState = z.infer<typeof stateSchema>;

/** A rectangle of the desktop. */
export type Area = { x: number; y: number; width: number; height: number };

/** How much of the window must be on a display so that a user can get hold of it, pixels. */
const graspable = 100;

/** The state that was saved, or null: a missing or broken file only costs the position. */
export function readWindowState(path: string): WindowState | null {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Saves the state. Throws what the file system throws. */
export function writeWindowState(path: string, state: WindowState): void {
  writeFileSync(path, JSON.stringify(state));
}

/** Whether the window would be seen on one of the displays: a display that it was on may be gone. */
export function isVisible(state: WindowState, displays: readonly Area[]): boolean {
  return displays.some((area) => {
    const across = Math.min(state.x + state.width, area.x + area.width) - Math.max(state.x, area.x);
    const down = Math.min(state.y + state.height, area.y + area.height) - Math.max(state.y, area.y);
    // The title bar is at the top: a window whose top is above the display can't be moved.
    return across >= graspable && down >= graspable && state.y >= area.y;
  });
}
