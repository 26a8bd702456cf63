/** Whether a file's name has one of the endings; any name does when there are none. Pure. */
export function suits(name: string, extensions: readonly string[]): boolean {
  if (extensions.length === 0) return true;
  const lower = name.toLowerCase();
  return extensions.some((extension) => lower.endsWith(`.${extension}`));
}
