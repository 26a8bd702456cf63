import { expect, test } from 'vitest';
import { createAgentReader } from '../../../../../drivers/qemu/agent/reader.ts';

const ff = Buffer.from([0xff]);

test.each([
  ['a plain line', [Buffer.from('{"return":1}\n')], ['{"return":1}']],
  ['a line in pieces', [Buffer.from('{"ret'), Buffer.from('urn":1}'), Buffer.from('\n')], ['{"return":1}']],
  ['garbage before the sentinel', [Buffer.from('half {"retu'), ff, Buffer.from('{"return":2}\n')], ['{"return":2}']],
  ['a sentinel in the same piece', [Buffer.concat([Buffer.from('x'), ff, Buffer.from('y\nz\n')])], ['y', 'z']],
  ['many sentinels', [ff, ff, Buffer.concat([ff, Buffer.from('a\n')])], ['a']],
])('%s', (_name, chunks, lines) => {
  const reader = createAgentReader();
  expect(chunks.flatMap((chunk) => reader.push(chunk))).toEqual(lines);
});

test('a character that is cut in two stays whole', () => {
  const reader = createAgentReader();
  const bytes = Buffer.from('ü\n');
  expect([bytes.subarray(0, 1), bytes.subarray(1)].flatMap((chunk) => reader.push(chunk))).toEqual(['ü']);
});

test('a line without an end is refused', () => {
  const reader = createAgentReader(10);
  expect(() => reader.push(Buffer.alloc(11, 0x61))).toThrow(RangeError);
});
