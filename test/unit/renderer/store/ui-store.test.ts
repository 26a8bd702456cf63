import { expect, it } from 'vitest';
import { createUiStore } from '../../../../renderer/store/ui-store.ts';

function storage(first: string | null) {
  const box = { value: first };
  return {
    box,
    getItem: () => box.value,
    setItem: (_key: string, value: string) => {
      box.value = value;
    },
  };
}

it('keeps preferences and takes them up again', () => {
  const kept = storage(null);
  const one = createUiStore(kept);
  one.setState((state) => ({ preferences: { ...state.preferences, split: 0.5 } }));
  expect(createUiStore(kept).getState().preferences.split).toBe(0.5);
});

it.each(['{', 'null', '7', '{"split":0.4}'])('starts with broken or partial preferences: %s', (text) => {
  expect(createUiStore(storage(text)).getState().preferences.sort).toEqual({ by: 'name', down: false });
});
