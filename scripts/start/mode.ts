/** What is known of this machine when the kind of window is chosen. */
export type Surroundings = {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether the Electron binary is there or could be fetched; asked only when it matters. */
  hasElectron(): Promise<boolean>;
  /** Path of a Chromium or Chrome, or null. */
  findChromium(): Promise<string | null>;
};

/** How the application is opened. */
export type StartMode = { kind: 'electron' } | { kind: 'chromium'; path: string } | { kind: 'address'; why: string };

/** Electron, else a Chromium window, else an address to open. */
export async function chooseMode(
  asked: { browser: boolean; headless: boolean },
  around: Surroundings,
): Promise<StartMode> {
  if (asked.headless) return { kind: 'address', why: 'Open this address in a browser:' };
  if (!hasDisplay(around)) return { kind: 'address', why: 'There is no display here. Open this address in a browser:' };
  if (!asked.browser && (await around.hasElectron())) return { kind: 'electron' };
  const path = await around.findChromium();
  if (path !== null) return { kind: 'chromium', path };
  return { kind: 'address', why: 'Neither Electron nor Chromium is here. Open this address in a browser:' };
}

/** Only Linux and the BSDs name their display in the environment; elsewhere a desktop is a matter of course. */
function hasDisplay({ platform, env }: Surroundings): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}
