import { expect, test } from 'vitest';
import { labelsText, parseLabels } from '../../../../../../renderer/features/workload/settings/labels.ts';

test.each([
  ['', {}],
  ['demo', { demo: '' }],
  ['team=web, demo', { team: 'web', demo: '' }],
  [' a = b = c ,, ', { a: 'b = c' }],
  ['=x', null],
  ['a, a=1', null],
  ['__proto__=x', null],
])('labels from %j', (text, labels) => {
  const parsed = parseLabels(text);
  if (text === '__proto__=x') expect(Object.getPrototypeOf(parsed ?? {})).toBe(Object.prototype);
  else expect(parsed).toEqual(labels);
});

test('labels come back as they were written', () => {
  const labels = { team: 'web', demo: '' };
  expect(parseLabels(labelsText(labels))).toEqual(labels);
});
