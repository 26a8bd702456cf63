import { expect, it } from 'vitest';
import { awayOf, liesIn, storesOf } from '../../../../../renderer/features/stores/use-stores.ts';
import { driver } from '../../../../support/renderer/records.ts';

const endpoint = (name: string, health: 'healthy' | 'unhealthy', missing: Record<string, string> = {}) => ({
  name,
  address: '',
  health,
  summary: '',
  attributes: {},
  capabilities: driver({}, missing).capabilities,
});

it.each([
  ['one engine', driver({ name: 'docker' }), ['docker']],
  ['one engine that can not', driver({ name: 'docker' }, { volumes: 'no' }), []],
  [
    'several',
    driver({
      name: 'docker',
      endpoints: [
        endpoint('default', 'unhealthy'),
        endpoint('near', 'healthy'),
        endpoint('small', 'healthy', { volumes: 'no' }),
        endpoint('far', 'unhealthy'),
      ],
    }),
    ['docker/near'],
  ],
])('%s', (_, state, keys) => {
  expect(storesOf(state, 'volumes', 'Docker').map((store) => store.key)).toEqual(keys);
});

it.each([
  [null, 'far', true],
  [undefined, undefined, true],
  [undefined, 'far', false],
  ['far', 'far', true],
])('with the engine %s chosen, what lies in %s is shown: %s', (chosen, endpoint, shown) => {
  const store = chosen === null ? null : ({ key: 'k', driver: 'docker', endpoint: chosen, label: '' } as const);
  expect(liesIn(store, { driver: 'docker', endpoint })).toBe(shown);
});

it.each([
  ['one engine', [], []],
  ['all well', [endpoint('default', 'healthy'), endpoint('near', 'healthy')], []],
  ['one of two', [endpoint('default', 'healthy'), endpoint('far', 'unhealthy')], ['Docker: far']],
  ['none answers: that is told otherwise', [endpoint('default', 'unhealthy'), endpoint('far', 'unhealthy')], []],
])('engines that are away: %s', (_title, endpoints, names) => {
  expect(awayOf({ endpoints }, 'Docker')).toEqual(names);
});
