import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createToasts } from '../../../../renderer/ui/toasts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const texts = (toasts: ReturnType<typeof createToasts>) => toasts.store.getState().toasts.map((one) => one.text);

test('plain ones go first, those with an action later, errors never by themselves', () => {
  const toasts = createToasts();
  toasts.show({ tone: 'info', text: 'plain' });
  toasts.show({ tone: 'ok', text: 'undo', action: { label: 'Undo', run: () => undefined } });
  toasts.show({ tone: 'bad', text: 'error' });
  vi.advanceTimersByTime(9000);
  expect(texts(toasts)).toEqual(['undo', 'error']);
  vi.advanceTimersByTime(60_000);
  expect(texts(toasts)).toEqual(['error']);
});

test('none goes while it is held, and its time begins anew after that', () => {
  const toasts = createToasts();
  toasts.show({ tone: 'ok', text: 'a' });
  toasts.hold(true);
  toasts.show({ tone: 'ok', text: 'b' });
  vi.advanceTimersByTime(60_000);
  expect(texts(toasts)).toEqual(['a', 'b']);
  toasts.hold(false);
  vi.advanceTimersByTime(7000);
  expect(texts(toasts)).toEqual(['a', 'b']);
  vi.advanceTimersByTime(2000);
  expect(texts(toasts)).toEqual([]);
});
