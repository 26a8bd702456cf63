import type { Settings } from '../../electron/bridge/contract.ts';
import type { HostStore } from '../store/store.ts';

/** Where the last theme is kept, so that the first frame has it already. */
const storageKey = 'novacron.theme';

/** Keeps the document's theme in step with the settings and the system. Lives as long as the window. */
export function applyTheme(host: HostStore, win: Window): void {
  const light = win.matchMedia('(prefers-color-scheme: light)');
  const contrast = win.matchMedia('(prefers-contrast: more)');
  const set = () => {
    const wish = host.getState().settings?.theme ?? win.localStorage.getItem(storageKey) ?? 'system';
    win.localStorage.setItem(storageKey, wish);
    win.document.documentElement.dataset['theme'] = resolveTheme(wish, light.matches, contrast.matches);
  };
  light.addEventListener('change', set);
  contrast.addEventListener('change', set);
  host.subscribe((state, before) => {
    if (state.settings?.theme !== before.settings?.theme) set();
  });
  set();
}

/** The theme to draw: the wish, or what the system asks for. */
export function resolveTheme(
  wish: string,
  systemLight: boolean,
  systemContrast: boolean,
): Exclude<Settings['theme'], 'system'> {
  if (wish === 'dark' || wish === 'light' || wish === 'contrast') return wish;
  if (systemContrast) return 'contrast';
  return systemLight ? 'light' : 'dark';
}
