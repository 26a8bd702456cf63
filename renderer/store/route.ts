import { createStore } from 'zustand/vanilla';

/** Where the window is. A list is named by its view: `all`, `running`, `stopped`, `attention`, `trash`, `driver:NAME`, `engine:DRIVER/NAME`, `label:KEY=VALUE`. */
export type Route =
  | { page: 'list'; view: string; id: string | null; tab: string | null }
  | { page: 'groups' | 'images' | 'volumes' | 'networks' | 'doctor' | 'settings' | 'foreign' };

const pages = ['groups', 'images', 'volumes', 'networks', 'doctor', 'settings', 'foreign'] as const;

/** The route of an address' hash; anything unknown is the whole list. */
export function parseRoute(hash: string): Route {
  const [first = '', second, third] = hash.replace(/^#\/?/, '').split('/').map(decode);
  const page = pages.find((name) => name === first);
  if (page) return { page };
  return { page: 'list', view: first || 'all', id: second || null, tab: third || null };
}

/** The hash of a route. */
export function formatRoute(route: Route): string {
  if (route.page !== 'list') return `#/${route.page}`;
  const parts = [route.view, route.id, route.id ? route.tab : null].filter((part) => part !== null);
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** The route as a store, in step with the window's address, so that back and forward work. */
export function createRouteStore(win: Window) {
  const store = createStore<{ route: Route }>(() => ({ route: parseRoute(win.location.hash) }));
  win.addEventListener('hashchange', () => store.setState({ route: parseRoute(win.location.hash) }));
  return {
    ...store,
    /** Goes there; `replace` leaves no step to go back to. */
    go(route: Route, options: { replace?: boolean } = {}): void {
      const hash = formatRoute(route);
      if (options.replace) win.history.replaceState(null, '', hash);
      else if (win.location.hash !== hash) win.history.pushState(null, '', hash);
      store.setState({ route });
    },
  };
}

/** The window's route. */
export type RouteStore = ReturnType<typeof createRouteStore>;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A mangled address leads to the list.
    return '';
  }
}
