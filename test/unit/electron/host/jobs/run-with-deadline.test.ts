import { describe, expect, test, vi } from 'vitest';
import { NovaError } from '../../../../../drivers/errors.ts';
import {
  type DeadlineOptions,
  type JobContext,
  runWithDeadline,
} from '../../../../../electron/host/jobs/run-with-deadline.ts';

function options(part: Partial<DeadlineOptions> = {}): DeadlineOptions {
  return {
    idleLimitMs: 60_000,
    what: 'start of a',
    signal: new AbortController().signal,
    onProgress: () => {},
    onLog: () => {},
    onAbandoned: () => {},
    settleMs: () => 60_000,
    ...part,
  };
}

const untilAborted = ({ signal }: JobContext) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new NovaError('cancelled', 'undone')));
  });
const deaf = () => new Promise<never>(() => {});

describe('runWithDeadline', () => {
  test('gives the value and the error of the work', async () => {
    expect(await runWithDeadline(async () => 7, options())).toBe(7);
    await expect(
      runWithDeadline(async () => {
        throw new NovaError('conflict', 'no');
      }, options()),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  test('work without progress is aborted and its error is the time-out', async () => {
    await expect(runWithDeadline(untilAborted, options({ idleLimitMs: 10 }))).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  test('work that hears nothing is given up at once when a stop by force comes while it may still undo', async () => {
    const cancel = new AbortController();
    let settleMs = 60_000;
    const run = runWithDeadline(deaf, options({ signal: cancel.signal, settleMs: () => settleMs }));
    cancel.abort(new NovaError('cancelled', 'by the user'));
    settleMs = 5;
    await expect(run).rejects.toMatchObject({ message: 'by the user' });
  });

  test('work that hears nothing is abandoned; its late end is told and may store nothing', async () => {
    const onAbandoned = vi.fn();
    const late = Promise.withResolvers<number>();
    let seen: JobContext | undefined;
    const run = runWithDeadline(
      (context) => {
        seen = context;
        return late.promise;
      },
      options({ idleLimitMs: 5, settleMs: () => 5, onAbandoned }),
    );
    await expect(run).rejects.toMatchObject({ code: 'timeout' });
    expect(seen?.abandoned()).toBe(true);
    late.resolve(1);
    await late.promise;
    await Promise.resolve();
    expect(onAbandoned).toHaveBeenCalledWith(null);
  });

  test('cancel gives the reason, whether the work hears it or not', async () => {
    for (const work of [untilAborted, deaf]) {
      const cancel = new AbortController();
      const run = runWithDeadline(work, options({ signal: cancel.signal, settleMs: () => 5 }));
      cancel.abort(new NovaError('interrupted', 'closing'));
      await expect(run).rejects.toMatchObject({ code: 'interrupted' });
    }
  });

  test('progress puts the deadline off', async () => {
    vi.useFakeTimers();
    try {
      const run = runWithDeadline(
        async (context) => {
          for (let step = 0; step < 5; step += 1) {
            await vi.advanceTimersByTimeAsync(800);
            context.progress(step / 5, 'on');
          }
          return 'done';
        },
        options({ idleLimitMs: 1000 }),
      );
      expect(await run).toBe('done');
    } finally {
      vi.useRealTimers();
    }
  });
});
