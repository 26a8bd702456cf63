import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { BridgeClient } from '../../electron/bridge/client.ts';
import type { Route, RouteStore } from '../store/route.ts';
import type { HostState, HostStore } from '../store/store.ts';
import type { UiState, UiStore } from '../store/ui-store.ts';
import type { Toasts } from '../ui/toasts.ts';
import type { MetricsHub } from './metrics-hub.ts';

/** The parts of one window, made once in `main.tsx`. */
export type WindowParts = {
  client: BridgeClient;
  host: HostStore;
  ui: UiStore;
  route: RouteStore;
  toasts: Toasts;
  metrics: MetricsHub;
};

/** Hands the window's parts down. */
export const WindowContext = createContext<WindowParts | null>(null);

/** The window's parts. */
export function useWindow(): WindowParts {
  const parts = useContext(WindowContext);
  if (!parts) throw new Error('Outside of the window.');
  return parts;
}

/** The bridge to the host. */
export const useClient = (): BridgeClient => useWindow().client;

/** A part of the host's state; renders again when it changes by `Object.is`. */
export function useHost<T>(select: (state: HostState) => T): T {
  return useStore(useWindow().host, select);
}

/** A part of the window's own state. */
export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(useWindow().ui, select);
}

/** Where the window is. */
export function useRoute(): Route {
  return useStore(useWindow().route, (state) => state.route);
}
