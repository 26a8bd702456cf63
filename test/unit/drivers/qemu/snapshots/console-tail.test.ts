import { expect, test } from 'vitest';
import { lastConsoleLines } from '../../../../../drivers/qemu/snapshots/console-tail.ts';

test.each<[string, string, string]>([
  [
    'keeps the last lines',
    Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\r\n'),
    Array.from({ length: 8 }, (_, index) => `line ${index + 12}`).join('\n'),
  ],
  ['leaves out empty lines', 'a\n\n  \nb\n', 'a\nb'],
  ['leaves out colours and other sequences', '\x1b[31mred\x1b[0m \x1b]0;title\x07plain', 'red plain'],
  ['keeps what was written last over a line', 'load 10%\rload 90%', 'load 90%'],
  ['keeps no control characters', 'a\x00b\x08c', 'abc'],
  ['keeps no half letters', `${Buffer.from('ü').toString('latin1').slice(1)}end`, 'end'],
  ['is empty for nothing', '', ''],
])('%s', (_title, text, expected) => {
  const bytes = _title.includes('half') ? Buffer.from(text, 'latin1') : Buffer.from(text);
  expect(lastConsoleLines(bytes)).toBe(expected);
});
