import { expect, it } from 'vitest';
import { findActions, findWorkloads } from '../../../../../renderer/features/palette/commands.ts';
import { workload } from '../../../../support/renderer/records.ts';

const list = [
  workload('old-web', { createdAtMs: 0 }),
  workload('web-server', { createdAtMs: 5 }),
  workload('web', { createdAtMs: 2 }),
  workload('gone-web', { trashedUntilMs: 1 }),
];

it.each([
  ['web', ['web', 'web-server', 'old-web']],
  ['SERVER', ['web-server']],
  ['nothing', []],
  ['', ['web-server', 'web', 'old-web']],
])('finds %j', (text, names) => {
  expect(findWorkloads(list, text).map((one) => one.spec.name)).toEqual(names);
});

const verbsOf = () => [
  { verb: 'snapshot', word: 'Take snapshot', danger: false },
  { verb: 'remove', word: 'Remove', danger: true },
];

it.each([
  ['snap', ['snapshot web-server', 'snapshot web', 'snapshot old-web']],
  ['snap old', ['snapshot old-web']],
  ['old take', ['snapshot old-web']],
  // What can hurt wants a name.
  ['remove', []],
  ['remove server', ['remove web-server']],
  ['web', []],
  ['snap nothing', []],
  ['  ', []],
])('%j may mean the actions %j', (text, actions) => {
  expect(findActions(list, verbsOf, text).map(({ verb, workload: one }) => `${verb} ${one.spec.name}`)).toEqual(
    actions,
  );
});
