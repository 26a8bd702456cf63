import { expect, test } from 'vitest';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import { othersText, tellOthers } from '../../../../electron/cli/console-watchers.ts';
import { newWarnings } from '../../../../electron/cli/plan-warnings.ts';

test.each([
  [{ viewers: 1, writers: 1 }, true, null],
  [{ viewers: 2, writers: 1 }, true, '1 other has this console open, none of them types.'],
  [{ viewers: 2, writers: 2 }, true, '1 other has this console open, and can type.'],
  [{ viewers: 2, writers: 1 }, false, '1 other has this console open, and can type.'],
  [{ viewers: 4, writers: 2 }, true, '3 others have this console open, 1 of them can type.'],
  [{ viewers: 3, writers: 2 }, false, '2 others have this console open, and can type.'],
])('others at a console: %j, writable %s', (counts, writable, expected) => {
  expect(othersText(counts, writable)).toBe(expected);
});

test('tells each change once, and that the others have left', async () => {
  async function* stream(): AsyncGenerator<{ viewers: number; writers: number }> {
    yield { viewers: 1, writers: 1 };
    yield { viewers: 2, writers: 1 };
    yield { viewers: 2, writers: 1 };
    yield { viewers: 1, writers: 1 };
  }
  const told: string[] = [];
  await tellOthers(
    { stream } as unknown as BridgeClient,
    { workload: 'w', console: 'serial0', writable: true, signal: new AbortController().signal },
    (text) => told.push(text),
  );
  expect(told).toEqual(['1 other has this console open, none of them types.', 'The others have left this console.']);
});

test('only warnings that are new are told', () => {
  expect(newWarnings(['slow'], ['slow', 'crowded'])).toEqual(['crowded']);
  expect(newWarnings(['crowded'], [])).toEqual([]);
});
