import type { QmpEvent } from '../qmp/types.ts';
import { diskFailure, diskPause } from './disk-error.ts';
import type { LiveState } from './live.ts';

/** A snapshot stops a guest for milliseconds; only a longer pause is told. */
const pauseDebounceMs = 100;
/** Events after which CPU or memory may have changed. */
const resizeEvents = new Set(['BALLOON_CHANGE', 'ACPI_DEVICE_OST', 'DEVICE_DELETED', 'MEMORY_DEVICE_SIZE_CHANGE']);
const stateEvents = new Set(['STOP', 'RESUME', 'RESET', 'SHUTDOWN', 'SUSPEND', 'WAKEUP', 'GUEST_PANICKED', 'WATCHDOG']);

/**
 * Takes what an event says into the state and returns after how many milliseconds QEMU is to be asked for its status, or null. The
 * event only says that something changed; the truth is asked for.
 */
export function takeEvent(state: LiveState, event: QmpEvent, directory: string): number | null {
  switch (event.event) {
    case 'SHUTDOWN':
      state.shutdown = typeof event.data['reason'] === 'string' ? event.data['reason'] : null;
      break;
    case 'GUEST_PANICKED':
      state.panicked = true;
      break;
    case 'WATCHDOG':
      state.watchdog = typeof event.data['action'] === 'string' ? event.data['action'] : null;
      break;
    case 'RESET':
      state.panicked = false;
      state.watchdogReset = state.watchdog === 'reset';
      state.watchdog = null;
      break;
    case 'BLOCK_IO_ERROR':
      if (event.data['action'] === 'stop') {
        state.ioError = diskPause(event.data['nospace'] === true, diskFailure(event), directory);
      }
      break;
    default:
  }
  if (resizeEvents.has(event.event)) {
    state.confirmed = null;
    return pauseDebounceMs;
  }
  if (stateEvents.has(event.event)) {
    return event.event === 'STOP' ? pauseDebounceMs : 0;
  }
  return null;
}
