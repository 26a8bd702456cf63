import { describe, expect, it } from 'vitest';
import { unframed } from '../../../../../drivers/docker/console/frames.ts';
import { readOn } from '../../../../../drivers/docker/console/read-on.ts';
import { lastBytes, overlap } from '../../../../../drivers/docker/console/tail.ts';

const frame = (text: string, stream = 1): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function text(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('frames', () => {
  const whole = Buffer.concat([frame('a\n'), frame(''), frame('of the error\n', 2), frame('b'.repeat(300))]);

  it.each([1, 3, 8, 9, 100, 10_000])('are taken out of pieces of %i bytes', async (size) => {
    expect(await text(unframed(inPieces(whole, size)))).toBe(`a\nof the error\n${'b'.repeat(300)}`);
  });

  it.each([1, 5, 1000])('that are cut off end the text, in pieces of %i bytes', async (size) => {
    expect(await text(unframed(inPieces(Buffer.concat([frame('a\n'), Buffer.from([1, 0])]), size)))).toBe('a\n');
    expect(await text(unframed(inPieces(frame('abc').subarray(0, 10), size)))).toBe('ab');
  });

  it.each([1, 5, 1000])('are not looked for in a text without any, in pieces of %i bytes', async (size) => {
    expect(await text(unframed(inPieces(Buffer.from('plain words of a terminal'), size)))).toBe(
      'plain words of a terminal',
    );
  });
});

describe('a stream that is read on', () => {
  it('is read before anybody takes from it, and gives all of it', async () => {
    let read = 0;
    const on = readOn(
      (async function* source() {
        for (const word of ['a', 'b', 'c']) {
          read += 1;
          yield Buffer.from(word);
        }
      })(),
      100,
    );
    await expect.poll(() => read).toBe(3);
    expect(on.taken().toString()).toBe('abc');
    expect(await text(on.output)).toBe('');
  });

  it('tells how much was left out when nobody takes it', async () => {
    let done = false;
    const on = readOn(
      (async function* source() {
        for (let round = 0; round < 10; round += 1) yield Buffer.alloc(10, 0x30 + round);
        done = true;
      })(),
      25,
    );
    await expect.poll(() => done).toBe(true);
    expect(await text(on.output)).toBe('\r\n[80 bytes were left out; the log has them]\r\n88888888889999999999');
  });

  it('fails as its source does, after what came before', async () => {
    const on = readOn(
      (async function* source() {
        yield Buffer.from('last words');
        throw new Error('cut');
      })(),
      100,
    );
    const seen: string[] = [];
    await expect(
      (async () => {
        for await (const chunk of on.output) seen.push(Buffer.from(chunk).toString());
      })(),
    ).rejects.toThrow('cut');
    expect(seen).toEqual(['last words']);
  });
});

describe('the end of a text', () => {
  it('begins with a whole line, whatever its pieces are', async () => {
    const all = Buffer.from('one\ntwo\nthree\nfour\n');
    for (const size of [1, 4, 7, 100]) {
      expect((await lastBytes(inPieces(all, size), 12)).toString()).toBe('three\nfour\n');
      expect((await lastBytes(inPieces(all, size), 11)).toString()).toBe('four\n');
      expect((await lastBytes(inPieces(all, size), 100)).toString()).toBe(all.toString());
    }
    expect((await lastBytes(inPieces(Buffer.from('x'.repeat(50)), 7), 12)).toString()).toBe('x'.repeat(12));
  });

  it.each([
    ['one\ntwo\n', 'two\nthree', 4],
    ['one\n', 'two', 0],
    ['', 'two', 0],
    ['two', '', 0],
    ['abab', 'abab', 4],
  ])('of %j is known again at the beginning of %j', (before, after, length) => {
    expect(overlap(Buffer.from(before), Buffer.from(after))).toBe(length);
  });
});
