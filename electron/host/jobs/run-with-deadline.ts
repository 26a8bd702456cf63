import { NovaError } from '../../../drivers/errors.ts';

/** What the work of a job may use. */
export type JobContext = {
  /** Aborted on cancel, on the deadline and when the host closes. */
  signal: AbortSignal;
  /** Also puts off the deadline. */
  progress(fraction: number | null, message: string): void;
  log(line: string): void;
  /** True once nobody waits for the outcome any more: nothing may be stored then. */
  abandoned(): boolean;
};

/** How a run is watched. */
export type DeadlineOptions = {
  /** Without progress for this long the work is aborted, milliseconds. */
  idleLimitMs: number;
  /** Names the work in the error. */
  what: string;
  /** Cancels the work; its reason is the error. */
  signal: AbortSignal;
  onProgress(fraction: number | null, message: string): void;
  onLog(line: string): void;
  /** Told of the late end of a work that did not stop in time; null when it succeeded. */
  onAbandoned(error: unknown): void;
  /** How long aborted work may take to undo before it is given up, milliseconds. */
  settleMs(): number;
};

/** How often it is looked whether aborted work has had its time, milliseconds. */
const settleLookMs = 50;

/**
 * Runs work until it ends, is cancelled or makes no progress for too long. Work that does not end after its abort is
 * abandoned, so that it can't block what waits behind it. Throws the work's error, the signal's reason or `timeout`.
 */
export function runWithDeadline<T>(work: (context: JobContext) => Promise<T>, options: DeadlineOptions): Promise<T> {
  const controller = new AbortController();
  let over = false;
  let abandoned = false;
  return new Promise<T>((resolve, reject) => {
    let settle: NodeJS.Timeout | null = null;
    let idle = setTimeout(onIdle, options.idleLimitMs);
    const end = (finish: () => void) => {
      if (over) {
        return;
      }
      over = true;
      clearTimeout(idle);
      if (settle) {
        clearInterval(settle);
      }
      options.signal.removeEventListener('abort', onCancel);
      finish();
    };
    function abort(reason: unknown) {
      if (controller.signal.aborted) {
        return;
      }
      clearTimeout(idle);
      controller.abort(reason);
      const begun = performance.now();
      // Asked again and again: a stop by force that comes later may not wait as long.
      settle = setInterval(() => {
        if (performance.now() - begun >= options.settleMs()) {
          abandoned = true;
          end(() => reject(reason));
        }
      }, settleLookMs);
    }
    function onIdle() {
      const seconds = Math.round(options.idleLimitMs / 1000);
      abort(
        new NovaError(
          'timeout',
          `The ${options.what} made no progress for ${seconds} s and was given up. Look at its state; force it off if it hangs.`,
          { retryable: true },
        ),
      );
    }
    function onCancel() {
      abort(options.signal.reason);
    }
    options.signal.addEventListener('abort', onCancel);
    const context: JobContext = {
      signal: controller.signal,
      progress(fraction, message) {
        if (over || controller.signal.aborted) {
          return;
        }
        clearTimeout(idle);
        idle = setTimeout(onIdle, options.idleLimitMs);
        options.onProgress(fraction, message);
      },
      log(line) {
        if (!over) {
          options.onLog(line);
        }
      },
      abandoned: () => abandoned,
    };
    work(context).then(
      (value) => {
        if (abandoned) {
          options.onAbandoned(null);
        }
        return end(() => resolve(value));
      },
      (error: unknown) => {
        if (abandoned) {
          options.onAbandoned(error);
        }
        // The reason says more than the driver's "cancelled": a time-out, a close of the host.
        return end(() => reject(controller.signal.aborted && isCancelled(error) ? controller.signal.reason : error));
      },
    );
  });
}

function isCancelled(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || (error instanceof NovaError && error.code === 'cancelled'))
  );
}
