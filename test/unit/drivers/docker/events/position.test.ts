import { expect, it } from 'vitest';
import { nanosOf, readMessage } from '../../../../../drivers/docker/events/message.ts';
import { openPosition } from '../../../../../drivers/docker/events/position.ts';

const line = (timeNano: string, action = 'die'): string =>
  `{"Type":"container","Action":"${action}","Actor":{"ID":"c","Attributes":{"exitCode":"137","note":"\\"timeNano\\":5"}},"time":1,"timeNano":${timeNano}}`;

it('reads an event with all digits of its time', () => {
  expect(readMessage(line('1790000000123456789'))).toEqual({
    action: 'die',
    containerId: 'c',
    attributes: { exitCode: '137', note: '"timeNano":5' },
    atNs: 1_790_000_000_123_456_789n,
  });
});

it.each([
  ['2026-11-29T09:00:00.123456789Z', 1_795_942_800_123_456_789n],
  ['2026-11-29T09:00:00.5Z', 1_795_942_800_500_000_000n],
  ['2026-11-29T10:00:00.000000001+01:00', 1_795_942_800_000_000_001n],
  ['2026-11-29T09:00:00Z', 1_795_942_800_000_000_000n],
  ['0001-01-01T00:00:00Z', 0n],
  ['soon', 0n],
  [undefined, 0n],
])('reads the time %s', (text, nanos) => {
  expect(nanosOf(text)).toBe(nanos);
});

it('goes on from the last event, a little before, and takes none twice', () => {
  const position = openPosition();
  expect(position.since()).toBeNull();
  position.begin('2026-11-29T09:00:00.25Z');
  expect(position.since()).toBe('1795942800.250000000');
  const [first, same, next] = [
    line('1795942900000000009'),
    line('1795942900000000009', 'start'),
    line('1795942901000000010'),
  ];
  expect(position.take(first, 1_795_942_900_000_000_009n)).toBe(true);
  expect(position.take(same, 1_795_942_900_000_000_009n)).toBe(true);
  expect(position.since()).toBe('1795942899.000000009');
  expect(position.take(first, 1_795_942_900_000_000_009n)).toBe(false);
  expect(position.take(next, 1_795_942_901_000_000_010n)).toBe(true);
  expect(position.since()).toBe('1795942900.000000010');
  // A clock that was put back: from there on.
  expect(position.take('back', 1_795_942_000_000_000_000n)).toBe(true);
  expect(position.since()).toBe('1795941999.000000000');
  // Where the engine is, and not where it was asked again.
  position.begin('2030-01-01T00:00:00Z');
  expect(position.since()).toBe('1795941999.000000000');
});

it('keeps few lines', () => {
  const position = openPosition();
  for (let at = 0; at < 600; at += 1) position.take(`line ${at}`, 0n);
  expect(position.take('line 599', 0n)).toBe(false);
  expect(position.take('line 0', 0n)).toBe(true);
});
