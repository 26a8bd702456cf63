import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followRecord, keptRecordBytes } from '../../../../../drivers/qemu/console/follow.ts';
import { tailBytes } from '../../../../../drivers/qemu/console/tail.ts';
import { trimLength } from '../../../../../drivers/qemu/console/trim.ts';
import { createBell } from '../../../../../drivers/qemu/console/wake.ts';
import { poll } from '../../../../support/qemu/wait.ts';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nq-follow-'));
  path = join(directory, 'record');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function reader(replayBytes = 1e9) {
  const bell = createBell();
  const state = { growing: true, closed: false, text: '' };
  const read = async (): Promise<void> => {
    const output = followRecord({ path, replayBytes, bell, growing: () => state.growing, closed: () => state.closed });
    for await (const chunk of output) {
      state.text += Buffer.from(chunk).toString('latin1');
    }
  };
  return { bell, state, done: read() };
}

test('replay and live output join without gap or duplicate, for viewers that come at any time', async () => {
  writeFileSync(path, '');
  const readers = [reader()];
  let whole = '';
  for (let index = 0; index < 2000; index++) {
    const line = `line ${index}\n`;
    whole += line;
    appendFileSync(path, line);
    if (index % 500 === 250) {
      readers.push(reader());
    }
    if (index % 100 === 0) {
      await new Promise(setImmediate);
      readers.forEach(({ bell }) => bell.ring());
    }
  }
  for (const { state, bell } of readers) {
    state.growing = false;
    bell.ring();
  }
  await Promise.all(readers.map(({ done }) => done));
  for (const { state } of readers) {
    expect(state.text).toBe(whole);
  }
});

test('growth is seen without a ring as well', async () => {
  writeFileSync(path, 'a');
  const { state, done } = reader();
  await poll('the replay', () => (state.text === 'a' ? true : null));
  appendFileSync(path, 'b');
  await poll('the growth', () => (state.text === 'ab' ? true : null));
  state.closed = true;
  await done;
});

test('output that comes byte by byte is taken in pieces, not looked at for each byte', async () => {
  writeFileSync(path, '');
  let pieces = 0;
  let bytes = 0;
  let growing = true;
  const read = async (): Promise<void> => {
    const over = { growing: () => growing, bell: createBell(), closed: () => false };
    for await (const chunk of followRecord({ path, replayBytes: 1e9, ...over })) {
      pieces += 1;
      bytes += chunk.length;
    }
  };
  const done = read();
  const begun = performance.now();
  let written = 0;
  while (performance.now() - begun < 200 || written < 300) {
    appendFileSync(path, 'x');
    written += 1;
    await new Promise(setImmediate);
  }
  growing = false;
  await done;
  const tookMs = performance.now() - begun;
  expect(bytes).toBe(written);
  // A look every 4 ms; timers may ring a little early.
  expect(pieces).toBeLessThan(tookMs / 3 + 5);
});

test.each([
  [20, 'second line\nthird\n'],
  [18, 'second line\nthird\n'],
  [17, 'third\n'],
])('a replay of %i bytes begins with a line', async (bytes, expected) => {
  writeFileSync(path, 'first line\nsecond line\nthird\n');
  const { state, done } = reader(bytes);
  state.growing = false;
  await done;
  expect(state.text).toBe(expected);
});

test('no replay: only what comes', async () => {
  writeFileSync(path, 'old');
  const { bell, state, done } = reader(0);
  await poll('the start', async () => {
    appendFileSync(path, 'n');
    bell.ring();
    return state.text.includes('n') ? true : null;
  });
  expect(state.text).not.toContain('old');
  state.closed = true;
  bell.ring();
  await done;
});

test('a record that is missing is an empty one', async () => {
  const { state, done } = reader();
  await done;
  expect(state.text).toBe('');
});

test('fault 49: a viewer that fell behind the bound is told what it missed; an emptied record begins again', async () => {
  writeFileSync(path, 'begin');
  const { bell, state, done } = reader();
  await poll('the begin', () => (state.text === 'begin' ? true : null));
  // A sparse jump, in one step, stands for output that came while the viewer did not read.
  const file = openSync(path, 'r+');
  writeSync(file, 'end', keptRecordBytes + 1005);
  closeSync(file);
  bell.ring();
  await poll('the end', () => (state.text.endsWith('end') ? true : null));
  expect(state.text).toContain('[NovaCron: 1003 bytes were skipped]');
  truncateSync(path, 0);
  appendFileSync(path, 'again');
  bell.ring();
  await poll('the new text', () => (state.text.endsWith('again') ? true : null));
  state.closed = true;
  bell.ring();
  await done;
});

test.each([
  [100, 100, 0],
  [3 * keptRecordBytes, 2 * keptRecordBytes, 0],
  [3 * keptRecordBytes, 3 * keptRecordBytes, 2 * keptRecordBytes],
  [10 * keptRecordBytes + 5000, 2 * keptRecordBytes + 1, 9 * keptRecordBytes + 4096],
])('a record of %i bytes that takes %i is cut by %i', (size, allocated, expected) => {
  expect(trimLength(size, allocated)).toBe(expected);
});

test.each([
  ['a\nb\nc\n', 2, 'b\nc\n'],
  ['a\nb\nc', 1, 'c'],
  ['a\nb\n', 5, 'a\nb\n'],
  ['a\n\n\n', 2, '\n\n'],
  ['', 3, ''],
  ['x', 0, ''],
])('the tail of %j by %i lines', (text, lines, expected) => {
  const bytes = Buffer.from(text);
  const count = lines === 0 ? 0 : tailBytes(bytes, lines);
  expect(bytes.subarray(bytes.length - count).toString()).toBe(expected);
});
