/** What the desktop application gives to its page; absent in a browser. */
type Pick = { title: string; extensions: string[] /** A folder in place of a file. */; folder?: boolean };
type Desktop = { pickFile: (options: Pick) => Promise<unknown> };

declare global {
  interface Window {
    novacronDesktop?: Desktop;
  }
}

/** The system's own file dialog: a path, or null when the user gave up. Null in place of the function in a browser. */
export function desktopPicker(): ((options: Pick) => Promise<string | null>) | null {
  const desktop = window.novacronDesktop;
  if (desktop === undefined) return null;
  return async (options) => {
    const path = await desktop.pickFile(options);
    return typeof path === 'string' ? path : null;
  };
}
