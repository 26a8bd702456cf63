import { expect, test } from 'vitest';
import { replayGuard } from '../../../../../../renderer/features/workload/console/replay-guard.ts';

const cursorPlace = '\u001b[12;1R';

test.each([
  ['cursor place', cursorPlace],
  ['kind of device', '\u001b[?1;2c'],
  ['second kind of device', '\u001b[>0;276;0c'],
  ['status', '\u001b[0n'],
  ['mode', '\u001b[?2004;2$y'],
  ['colour', '\u001b]10;rgb:ffff/ffff/ffff\u001b\\'],
  ['setting', '\u001bP1$r0m\u001b\\'],
])('fault 50: the answer to a recorded question does not reach the guest: %s', (_title, data) => {
  const guard = replayGuard(() => 0);
  guard.received();
  expect(guard.passes(data)).toBe(false);
});

test('what a person types and pastes passes at any time', () => {
  const guard = replayGuard(() => 0);
  guard.received();
  for (const data of ['a', '\r', '\u0003', '\u001b', '\u001b[A', '\u001bOP', '\u001b[200~x\u001b[201~'])
    expect(guard.passes(data)).toBe(true);
});

test('a live question is answered: after a pause of the output', () => {
  let now = 0;
  const guard = replayGuard(() => now);
  for (now = 0; now < 2000; now += 200) {
    guard.received();
    expect(guard.passes(cursorPlace)).toBe(false);
  }
  now += 1000;
  guard.received();
  expect(guard.passes(cursorPlace)).toBe(true);
});

test('a live question is answered: after the first key', () => {
  const guard = replayGuard(() => 0);
  guard.received();
  guard.typed();
  expect(guard.passes(cursorPlace)).toBe(true);
});
