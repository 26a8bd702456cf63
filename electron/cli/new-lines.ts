/** The lines of `after` that were not in `before` yet, where both are the last lines of one growing output. Pure. */
export function newLines(before: readonly string[], after: readonly string[]): string[] {
  for (let kept = Math.min(before.length, after.length); kept > 0; kept -= 1) {
    const from = before.length - kept;
    if (after.slice(0, kept).every((line, index) => line === before[from + index])) return after.slice(kept);
  }
  return [...after];
}
