import { describe, expect, it } from 'vitest';
import { methods, NovaError } from '../../../../electron/bridge/contract.ts';
import { serve } from '../../../../electron/bridge/dispatcher.ts';
import { maxClientMessageBytes } from '../../../../electron/bridge/wire.ts';
import { connected, handlersWith, pipe } from '../../../support/bridge/pipe.ts';

/** Sends raw messages and gives back the host's answers. */
function raw(part: Parameters<typeof handlersWith>[0] = {}) {
  const { left, right } = pipe();
  serve(left, handlersWith(part));
  const answers: { t: string; id: number; error?: { code: string; message: string }; value?: unknown }[] = [];
  let wake: () => void = () => undefined;
  right.onMessage((message) => {
    answers.push(JSON.parse(String(message)) as (typeof answers)[number]);
    wake();
  });
  const next = async (): Promise<(typeof answers)[number]> => {
    for (;;) {
      const answer = answers.shift();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { send: (message: string | Uint8Array) => right.send(message), next };
}

const info = { 'settings.get': async () => ({ theme: 'dark' }) as never };

describe('dispatcher', () => {
  it('fault 59: answers messages of a wrong form with a typed error and goes on', async () => {
    const { send, next } = raw(info);
    const bad = [
      '',
      'no json',
      'null',
      '[]',
      '{"t":"call"}',
      '{"t":"call","id":5,"method":"settings.get"',
      '{"t":"what","id":5}',
    ];
    for (const message of bad) {
      send(message);
      expect((await next()).error?.code).toBe('invalid_spec');
    }
    send(new Uint8Array([1, 2]));
    expect((await next()).error?.code).toBe('invalid_spec');
    send(`"${'x'.repeat(maxClientMessageBytes)}"`);
    expect((await next()).error?.message).toContain('too long');
    send(JSON.stringify({ t: 'call', id: 6, method: 'settings.get', input: {} }));
    expect(await next()).toMatchObject({ t: 'result', id: 6, value: { theme: 'dark' } });
  });

  it.each(['__proto__', 'constructor', 'toString', 'workloads', 'nothing.here'])(
    'fault 59: there is no method %s',
    async (method) => {
      const { send, next } = raw();
      send(JSON.stringify({ t: 'call', id: 1, method, input: {} }));
      expect((await next()).error?.code).toBe('not_found');
    },
  );

  it('fault 59: keys that are no input are refused by every method, __proto__ too', async () => {
    const { send, next } = raw();
    for (const method of Object.keys(methods)) {
      for (const input of ['{"nonsense":1}', '{"__proto__":{"a":1},"nonsense":2}', 'null', '[]', '"x"', '5']) {
        send(`{"t":"call","id":1,"method":"${method}","input":${input}}`);
        expect(await next(), `${method} ${input}`).toMatchObject({ t: 'error', error: { code: 'invalid_spec' } });
      }
    }
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it('fault 59: 10,000 calls at once are answered each', async () => {
    const { client } = connected(info);
    const calls = Array.from({ length: 10_000 }, () =>
      client.call('settings.get', {}).then(
        () => 'ok',
        (error: NovaError) => error.code,
      ),
    );
    const results = await Promise.all(calls);
    expect(results.filter((one) => one === 'ok').length).toBeGreaterThan(0);
    expect(results.every((one) => one === 'ok' || one === 'resource_exhausted')).toBe(true);
    await expect(client.call('settings.get', {})).resolves.toBeDefined();
  });

  it('carries errors with code, details and retryable', async () => {
    const { client } = connected({
      'jobs.get': async () => {
        throw new NovaError('not_found', 'There is no job x.', {
          retryable: true,
          details: { fixes: ['Look again.'] },
        });
      },
    });
    await expect(client.call('jobs.get', { job: 'x' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no job x.',
      retryable: true,
      details: { fixes: ['Look again.'] },
    });
  });

  it('tells of failures that are ours without hiding them', async () => {
    const told: string[] = [];
    const { client } = connected(
      {
        'jobs.get': async () => {
          throw new TypeError('ours');
        },
      },
      { onInternalError: (method) => told.push(method) },
    );
    await expect(client.call('jobs.get', { job: 'x' })).rejects.toMatchObject({ code: 'internal' });
    expect(told).toEqual(['jobs.get']);
  });

  it('aborts a call that is given up, and all when the connection closes', async () => {
    const signals: AbortSignal[] = [];
    const { client, link } = connected({
      'jobs.wait': (_input, { signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    const abort = new AbortController();
    const first = client.call('jobs.wait', { job: 'x' }, { signal: abort.signal });
    const second = client.call('jobs.wait', { job: 'y' });
    await expect.poll(() => signals.length).toBe(2);
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => signals[0]?.aborted).toBe(true);
    expect(signals[1]?.aborted).toBe(false);
    link.close();
    await expect(second).rejects.toMatchObject({ code: 'engine_unavailable' });
    await expect.poll(() => signals[1]?.aborted).toBe(true);
  });

  it('streams values in their order and ends them on both sides', async () => {
    let ended = false;
    const { client } = connected({
      'events.subscribe': async function* events(_input: object, { signal }: { signal: AbortSignal }) {
        try {
          for (let id = 0; !signal.aborted; id += 1) {
            yield { id } as never;
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          ended = true;
        }
      } as never,
    });
    const seen: number[] = [];
    for await (const event of client.stream('events.subscribe', {})) {
      seen.push(event.id);
      if (seen.length === 5) break;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    await expect.poll(() => ended).toBe(true);
  });
});
