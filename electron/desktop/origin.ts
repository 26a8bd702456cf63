/** The page's own scheme; nothing else is loaded into the window. */
export const scheme = 'app';
/** The page's origin. */
export const pageOrigin = `${scheme}://novacron`;
/** The address of the page. */
export const pageUrl = `${pageOrigin}/index.html`;

/**
 * Whether an address belongs to the page. `URL.origin` is "null" for own schemes in Node, so the parts are compared; a
 * host in other letters or with a final dot is the same host, as the browser sees it.
 */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== `${scheme}:` || url.username !== '' || url.password !== '') return false;
  return url.host.toLowerCase().replace(/\.$/, '') === 'novacron';
}

/** Whether the user may be asked to open an address outside: web pages only, no file, no program. */
export function isWebAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
}
