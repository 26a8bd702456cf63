import { expect, it } from 'vitest';
import type { ClientBytes } from '../../../../electron/bridge/client.ts';
import { grepLines } from '../../../../electron/cli/grep-lines.ts';

/** What a reader of the lines with `text` gets of these chunks, and how many bytes were acknowledged. */
function read(text: string, chunks: readonly Uint8Array[]): { shown: string; acked: number } {
  let acked = 0;
  let data: (chunk: Uint8Array) => void = () => undefined;
  let end: () => void = () => undefined;
  const nothing = (): void => undefined;
  const source: ClientBytes = {
    onData: (listener) => void (data = listener),
    onEnd: (listener) => void (end = () => listener({ error: null, exitCode: null })),
    ack: (bytes) => void (acked += bytes),
    write: nothing,
    endInput: nothing,
    resize: nothing,
    close: nothing,
  };
  const shown: Uint8Array[] = [];
  const lines = grepLines(source, text);
  lines.onData((chunk) => {
    shown.push(chunk);
    lines.ack(chunk.length);
  });
  lines.onEnd(() => shown.push(Buffer.from('|')));
  for (const chunk of chunks) data(chunk);
  end();
  return { shown: Buffer.concat(shown).toString('utf8'), acked };
}

it.each([
  [['error one\nfine\nerror two\n'], 'error one\nerror two\n|'],
  [['fi', 'ne\ner', 'ror one\nfine', '\n'], 'error one\n|'],
  [['fine\n', 'the last error without an end'], 'the last error without an end|'],
  [['Error\n', 'fine'], '|'],
  [[''], '|'],
])('of %j the lines with the text are shown and all bytes acknowledged', (chunks, shown) => {
  const all = chunks.map((chunk) => Buffer.from(chunk));
  expect(read('error', all)).toEqual({ shown, acked: Buffer.concat(all).length });
});

it('finds letters that are cut in two, and keeps no line without an end', () => {
  const word = Buffer.from('grüß\n');
  expect(read('grüß', [word.subarray(0, 3), word.subarray(3)]).shown).toBe('grüß\n|');
  const long = Array.from({ length: 40 }, () => Buffer.alloc(64 * 1024, 'x'));
  expect(read('grüß', [...long, word])).toEqual({
    shown: expect.stringMatching(/^x*grüß\n\|$/),
    acked: 40 * 65_536 + 7,
  });
  expect(read('grüß', [...long, word]).shown.length).toBeLessThan(1024 * 1024);
});
