import { expect, it } from 'vitest';
import { findWorkloads } from '../../../../../renderer/features/palette/commands.ts';
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
