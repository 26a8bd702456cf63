import { expect, it } from 'vitest';
import { formatBytes, formatRate, parseNumber, splitBytes } from '../../../../renderer/format/bytes.ts';
import { errorText } from '../../../../renderer/format/error-text.ts';
import { foldCommands, shellLine, shellLines } from '../../../../renderer/format/shell-line.ts';
import { clockTime, formatDuration, relativeTime } from '../../../../renderer/format/time.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [256 * 2 ** 20, '256 MiB'],
  [1000 * 2 ** 20, '0.98 GiB'],
  [23.5 * 2 ** 30, '23.5 GiB'],
  [2 ** 50, '1 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('a rate has its time', () => {
  expect(formatRate(2048)).toBe('2 KiB/s');
});

it.each([
  [256 * 2 ** 20, { amount: 256, unit: 2 ** 20 }],
  [2 ** 30, { amount: 1, unit: 2 ** 30 }],
  [1.5 * 2 ** 30, { amount: 1536, unit: 2 ** 20 }],
  [0, { amount: 0, unit: 2 ** 20 }],
])('%d splits into %o', (bytes, split) => {
  expect(splitBytes(bytes)).toEqual(split);
});

it.each([
  ['1', 1],
  [' 1,5 ', 1.5],
  ['.5', 0.5],
  ['-2', -2],
  ['', null],
  ['1e9', null],
  ['1.2.3', null],
  ['abc', null],
])('the number %j is %s', (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

it.each([
  [850, '850 ms'],
  [4200, '4.2 s'],
  [42_000, '42 s'],
  [185_000, '3 min 5 s'],
  [7_800_000, '2 h 10 min'],
  [5 * 86_400_000 + 3 * 3_600_000, '5 d 3 h'],
])('%d ms take %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it.each([
  [0, 'now'],
  [-185_000, '3 min. ago'],
  [7_200_000, 'in 2 hr.'],
  [-86_400_000, 'yesterday'],
])('%d ms off is %s', (off, text) => {
  expect(relativeTime(1e12 + off, 1e12, 'en')).toBe(text);
});

it('an argument list is quoted for a shell', () => {
  expect(shellLine(['qemu', '-name', "a'b", 'x y', '', '$HOME', 'k=v,w'])).toBe(
    `qemu -name 'a'\\''b' 'x y' '' '$HOME' k=v,w`,
  );
});

it('an error is told whole', () => {
  const text = errorText({
    code: 'timeout',
    message: 'It took too long.',
    retryable: true,
    details: { command: 'qemu -x', log: ['one', 'two'], field: 'name', limit: { ms: 5 } },
  });
  expect(text).toBe(
    'timeout: It took too long.\ncommand: qemu -x\nfield: name\nlimit: {"ms":5}\noutput:\n  one\n  two',
  );
});

it('a long command line has a line for each option, and stays one command', () => {
  expect(shellLines(['qemu', '-name', 'a b', '-nodefaults', '-m', '256'])).toBe(
    "qemu \\\n  -name 'a b' \\\n  -nodefaults \\\n  -m 256",
  );
});

it('folds a long command of a log at its options, and nothing else', () => {
  const long = `/usr/bin/qemu ${'x'.repeat(160)} -name a -m 1`;
  expect(foldCommands(['GET /x -y', long])).toBe(
    `GET /x -y\n/usr/bin/qemu ${'x'.repeat(160)} \\\n  -name a \\\n  -m 1`,
  );
});

it('a time of today stands without its date', () => {
  const at = new Date(2026, 3, 5, 14, 7, 9).getTime();
  expect(clockTime(at, at + 1000, 'en')).not.toContain('2026');
  expect(clockTime(at, at + 2 * 86_400_000, 'en')).toContain('2026');
});
