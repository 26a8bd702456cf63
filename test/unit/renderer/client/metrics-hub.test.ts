import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import { createMetricsHub } from '../../../../renderer/client/metrics-hub.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function client() {
  const asked: string[][] = [];
  const open = new Set<AbortSignal>();
  const fake = {
    call: async () => ({ points: [], marks: [] }),
    stream: (_method: string, input: { workloads: string[] }, options: { signal: AbortSignal }) => {
      asked.push(input.workloads);
      open.add(options.signal);
      options.signal.addEventListener('abort', () => open.delete(options.signal));
      return (async function* () {
        yield { workloadId: input.workloads[0], point: { atMs: Date.now(), cpuCores: 1 } };
        await new Promise(() => undefined);
      })();
    },
  };
  return { client: fake as unknown as BridgeClient, asked, open };
}

it('watches all through one stream, and none when nobody looks', async () => {
  const { client: fake, asked, open } = client();
  const hub = createMetricsHub(fake);
  const listener = vi.fn();
  const offA = hub.watch('a', listener);
  const offB = hub.watch('b', () => undefined);
  await vi.advanceTimersByTimeAsync(250);
  expect(asked).toEqual([['a', 'b']]);
  expect(listener).toHaveBeenCalled();
  expect(hub.points('a').at(-1)?.cpuCores).toBe(1);
  offA();
  await vi.advanceTimersByTimeAsync(250);
  expect(asked.at(-1)).toEqual(['b']);
  offB();
  await vi.advanceTimersByTimeAsync(250);
  expect(open.size).toBe(0);
  hub.close();
});
