import { expect, it } from 'vitest';
import { engineOf } from '../../../../renderer/store/engine-of.ts';
import { refusal } from '../../../../renderer/verbs/verbs.ts';
import { driver, workload } from '../../../support/renderer/records.ts';

const endpoint = (name: string, missing: Record<string, string> = {}, health: 'healthy' | 'unhealthy' = 'healthy') => ({
  name,
  address: `unix:///${name}`,
  health,
  summary: `${name} says`,
  attributes: { name },
  capabilities: driver({}, missing).capabilities,
});
const two = driver({
  name: 'docker',
  endpoints: [endpoint('default'), endpoint('old', { pause: 'Too old.' }), endpoint('far', {}, 'unhealthy')],
});
const on = (name?: string) =>
  workload('web', {
    phase: 'running',
    spec: { driver: 'docker', settings: name === undefined ? {} : { endpoint: name } },
  });

it.each([
  [undefined, 'default says', true],
  ['old', 'old says', false],
  ['gone', 'All well.', true],
])('an engine %s gives its own words and capabilities', (name, summary, pause) => {
  const seen = engineOf(two, on(name).spec);
  expect(seen?.summary).toBe(summary);
  expect(seen?.capabilities.pause?.available).toBe(pause);
});

it('a verb asks the engine of the workload', () => {
  expect(refusal('pause', on(), two)).toBeNull();
  expect(refusal('pause', on('old'), two)).toEqual({ text: 'Too old.' });
  expect(refusal('stop', on('far'), two)).toEqual({ key: 'refusal.engine', values: { reason: 'far says' } });
});
