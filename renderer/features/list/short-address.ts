/**
 * An address as the list has room for it: the port of this machine that leads inside, without what goes without saying. Addresses of other
 * machines, of all interfaces and of protocols other than TCP stay whole. Pure.
 */
export function shortAddress(text: string): string {
  return text.replace(/^127\.0\.0\.1(?=:\d+ → )/, '').replace(/( → \d+)\/tcp$/, '$1');
}
