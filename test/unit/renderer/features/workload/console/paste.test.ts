import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pasteInPieces } from '../../../../../../renderer/features/workload/console/paste.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what a person types goes out at once', () => {
  const sent: string[] = [];
  pasteInPieces((text) => sent.push(text)).send('ls\r');
  expect(sent).toEqual(['ls\r']);
});

test('a long paste goes in pieces, in order, and what is typed meanwhile comes after it', () => {
  const sent: string[] = [];
  const paste = pasteInPieces((text) => sent.push(text));
  const long = Array.from({ length: 1000 }, (_, index) => String(index % 10)).join('');
  paste.send(long);
  expect(sent).toHaveLength(1);
  paste.send('!');
  vi.runAllTimers();
  expect(sent.join('')).toBe(`${long}!`);
  expect(Math.max(...sent.map((piece) => piece.length))).toBeLessThanOrEqual(256);
});

test('a character of two halves is never cut', () => {
  const sent: string[] = [];
  const paste = pasteInPieces((text) => sent.push(text));
  const long = `a${'😀'.repeat(400)}`;
  paste.send(long);
  vi.runAllTimers();
  const encoder = new TextEncoder();
  expect(sent.map((piece) => new TextDecoder().decode(encoder.encode(piece))).join('')).toBe(long);
});

test('what waits is forgotten with its stream', () => {
  const sent: string[] = [];
  const paste = pasteInPieces((text) => sent.push(text));
  paste.send('x'.repeat(1000));
  paste.drop();
  vi.runAllTimers();
  expect(sent.join('').length).toBe(256);
  paste.send('y');
  expect(sent.at(-1)).toBe('y');
});
