/** What the desktop application gives to its page; absent in a browser. */
type Desktop = { pickFile: (options: { title?: string; extensions?: string[] }) => Promise<unknown> };

declare global {
  interface Window {
    novacronDesktop?: Desktop;
  }
}

/** The system's own file dialog: a path, or null when the user gave up. Null in place of the function in a browser. */
export function desktopPicker(): ((options: { title: string; extensions: string[] }) => Promise<string | null>) | null {
  const desktop = window.novacronDesktop;
  if (desktop === undefined) return null;
  return async (options) => {
    const path = await desktop.pickFile(options);
    return typeof path === 'string' ? path : null;
  };
}
