import { expect, test } from 'vitest';
import type { Workload } from '../../../../electron/bridge/contract.ts';
import { resizedText } from '../../../../electron/cli/commands/resize.ts';

const of = (change: Partial<Workload['observation']>): Pick<Workload, 'observation'> => ({
  observation: { phase: 'running', reason: 'Running.', ...change },
});
const confirmed = { vcpus: 2, memoryBytes: 512 * 1024 ** 2 };

test.each<[string, Partial<Workload['observation']>, string, string]>([
  ['what is confirmed', { confirmed }, '', 'web: 2 vCPU, 512 MiB'],
  ['nothing is confirmed of one that does not run', {}, '', 'web'],
  [
    'what waits',
    { confirmed, pending: ['resources.maxVcpus'] },
    '',
    'web: 2 vCPU, 512 MiB; waits for the next start: resources.maxVcpus',
  ],
  [
    'what does not follow, and why',
    { confirmed },
    'The guest has 2 CPUs and not 1.',
    'web: 2 vCPU, 512 MiB; The guest has 2 CPUs and not 1.',
  ],
])('%s', (_title, observation, message, text) => {
  expect(resizedText('web', of(observation), { message })).toBe(text);
});
