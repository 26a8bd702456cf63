/** Watchdogs that a machine can have. */
export const watchdogModels = ['i6300esb', 'ib700'] as const;
/** What one can do. */
export const watchdogActions = ['reset', 'poweroff', 'pause'] as const;

/** A machine's watchdog as it is chosen. */
export type WatchdogChoice = { model: (typeof watchdogModels)[number]; action: (typeof watchdogActions)[number] };

/** The one of a machine's settings, null where it has none. Pure. */
export function readWatchdog(settings: Readonly<Record<string, unknown>>): WatchdogChoice | null {
  const value = settings['watchdog'];
  if (typeof value !== 'object' || value === null) return null;
  const { model, action } = value as Record<string, unknown>;
  return {
    model: watchdogModels.find((one) => one === model) ?? 'i6300esb',
    action: watchdogActions.find((one) => one === action) ?? 'reset',
  };
}

/** The settings with this one, or without any. Pure. */
export function writeWatchdog(
  settings: Readonly<Record<string, unknown>>,
  watchdog: WatchdogChoice | null,
): Record<string, unknown> {
  const { watchdog: _before, ...rest } = settings;
  return watchdog === null ? rest : { ...rest, watchdog };
}
