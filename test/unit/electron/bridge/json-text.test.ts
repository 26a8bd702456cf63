import { expect, test } from 'vitest';
import { jsonText, keepJson } from '../../../../electron/bridge/json-text.ts';

test.each([
  [null],
  [1],
  ['a "b" \u2028'],
  [{ a: [1, undefined], b: undefined }],
  [[1, undefined, { a: 1 }, [2]]],
  [[]],
  [undefined],
])('as JSON.stringify: %j', (value) => {
  expect(jsonText(value)).toBe(JSON.stringify(value));
});

test('the text of a kept value is made once, alone and in a list', () => {
  let made = 0;
  const value = keepJson({
    toJSON: () => {
      made += 1;
      return { a: 1 };
    },
  });
  expect([jsonText(value), jsonText([value, value]), jsonText(keepJson(value))]).toEqual([
    '{"a":1}',
    '[{"a":1},{"a":1}]',
    '{"a":1}',
  ]);
  expect(made).toBe(1);
});
