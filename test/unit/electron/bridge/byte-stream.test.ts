import { describe, expect, it } from 'vitest';
import { NovaError } from '../../../../electron/bridge/contract.ts';
import { initialCreditBytes } from '../../../../electron/bridge/wire.ts';
import { connected, testChannel } from '../../../support/bridge/pipe.ts';

function opened() {
  const channel = testChannel();
  const { client, link } = connected({
    'consoles.open': async () => ({ answer: { writable: true }, channel }),
  });
  return { channel, client, link, open: () => client.open('consoles.open', { workload: 'w' }) };
}

describe('byte streams', () => {
  it('carries bytes in both directions and tells the end', async () => {
    const { channel, open } = opened();
    const { answer, bytes } = await open();
    expect(answer).toEqual({ writable: true });
    const seen: number[] = [];
    bytes.onData((chunk) => {
      seen.push(...chunk);
      bytes.ack(chunk.length);
    });
    const end = new Promise((resolve) => {
      bytes.onEnd(resolve);
    });
    channel.feed(new Uint8Array([1, 2]));
    channel.feed(new Uint8Array([3]));
    bytes.write(new Uint8Array([9, 8]));
    await expect.poll(() => channel.written.length).toBe(1);
    expect([...(channel.written[0] ?? [])]).toEqual([9, 8]);
    channel.end();
    expect(await end).toEqual({ error: null, exitCode: null });
    expect(seen).toEqual([1, 2, 3]);
    expect(channel.closed()).toBe(true);
  });

  it('fault 48: a client that does not acknowledge gets its credit and no byte more', async () => {
    const { channel, open } = opened();
    const { bytes } = await open();
    let got = 0;
    bytes.onData((chunk) => {
      got += chunk.length;
    });
    const piece = new Uint8Array(64 * 1024).fill(7);
    for (let count = 0; count < 64; count += 1) channel.feed(piece);
    await expect.poll(() => got).toBe(initialCreditBytes);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(got).toBe(initialCreditBytes);
    expect(channel.pulled()).toBeLessThanOrEqual(initialCreditBytes + 2 * piece.length);
    bytes.ack(100);
    await expect.poll(() => got).toBe(initialCreditBytes + 100);
  });

  it('fault 49: 200,000 lines arrive whole and in order', async () => {
    const { channel, open } = opened();
    const { bytes } = await open();
    const decoder = new TextDecoder();
    let rest = '';
    let next = 0;
    bytes.onData((chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line !== `line ${next}`) throw new Error(`${line} instead of line ${next}`);
        next += 1;
      }
      bytes.ack(chunk.length);
    });
    const end = new Promise((resolve) => {
      bytes.onEnd(resolve);
    });
    const encoder = new TextEncoder();
    for (let from = 0; from < 200_000; from += 1000) {
      channel.feed(encoder.encode(Array.from({ length: 1000 }, (_, index) => `line ${from + index}\n`).join('')));
    }
    channel.end();
    await end;
    expect(next).toBe(200_000);
  });

  it('closes the channel when the client closes, and when the connection is lost', async () => {
    const first = opened();
    (await first.open()).bytes.close();
    await expect.poll(() => first.channel.closed()).toBe(true);
    const second = opened();
    const { bytes } = await second.open();
    const end = new Promise<{ error: { code: string } | null }>((resolve) => {
      bytes.onEnd(resolve);
    });
    second.link.close();
    expect((await end).error?.code).toBe('engine_unavailable');
    await expect.poll(() => second.channel.closed()).toBe(true);
  });

  it('hands on the end of input after what was written, and ends with the exit code', async () => {
    const channel = testChannel();
    const heard: string[] = [];
    const { client } = connected({
      'exec.start': async () => ({
        answer: { writable: true },
        channel: {
          ...channel,
          write: async (bytes) => void heard.push(Buffer.from(bytes).toString()),
          endInput: async () => {
            heard.push('end');
            channel.end();
          },
          exitCode: async () => 7,
        },
      }),
    });
    const { bytes } = await client.open('exec.start', { workload: 'w', command: ['cat'] });
    const end = new Promise((resolve) => {
      bytes.onEnd(resolve);
    });
    bytes.write(Buffer.from('a'));
    bytes.endInput();
    expect(await end).toEqual({ error: null, exitCode: 7 });
    expect(heard).toEqual(['a', 'end']);
  });

  it.each([
    ['wrong_state', { error: null, exitCode: 0 }],
    ['engine_unavailable', { error: { code: 'engine_unavailable' } }],
  ] as const)('a write that fails with %s', async (code, expected) => {
    const channel = testChannel();
    const { client } = connected({
      'exec.start': async () => ({
        answer: { writable: true },
        channel: {
          ...channel,
          write: async () => {
            // What ran inside may have ended before it was written to.
            if (code === 'wrong_state') channel.end();
            throw new NovaError(code, 'It takes no input.');
          },
          exitCode: async () => 0,
        },
      }),
    });
    const { bytes } = await client.open('exec.start', { workload: 'w', command: ['true'] });
    const end = new Promise((resolve) => {
      bytes.onEnd(resolve);
    });
    bytes.write(Buffer.from('a'));
    expect(await end).toMatchObject(expected);
  });
});
