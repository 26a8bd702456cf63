import { expect, it } from 'vitest';
import {
  awayOf,
  currentEngine,
  engineChoices,
  liesIn,
  storesOf,
} from '../../../../../renderer/features/stores/use-stores.ts';
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

it('offers the engine that is the current one first, as the choice of nothing', () => {
  const [home, near, far] = [endpoint('default', 'healthy'), endpoint('near', 'healthy'), endpoint('far', 'healthy')];
  const still = driver({ name: 'docker', endpoints: [{ ...home, current: true }, near, far] });
  expect(currentEngine(still)).toBeUndefined();
  expect(engineChoices(still, 'Docker').map((one) => [one.value, one.label])).toEqual([
    ['', 'Docker'],
    ['near', 'Docker: near'],
    ['far', 'Docker: far'],
  ]);
  const moved = driver({ name: 'docker', endpoints: [home, near, { ...far, current: true }] });
  expect(currentEngine(moved)).toBe('far');
  expect(engineChoices(moved, 'Docker').map((one) => [one.value, one.label])).toEqual([
    ['', 'Docker: far'],
    ['default', 'Docker: default'],
    ['near', 'Docker: near'],
  ]);
  expect(currentEngine(undefined)).toBeUndefined();
});
