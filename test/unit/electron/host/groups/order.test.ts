import { expect, test } from 'vitest';
import { startSteps } from '../../../../../electron/host/groups/order.ts';

const service = (name: string, needs = '') => ({
  'com.docker.compose.service': name,
  'com.docker.compose.depends_on': needs,
});
const steps = (...members: Record<string, string>[]) =>
  startSteps(members, (member) => member).map((step) => step.map((each) => each['com.docker.compose.service'] ?? '-'));

test.each([
  ['no labels', [{}, {}], [['-', '-']]],
  [
    'a chain',
    [service('web', 'api:service_started:false'), service('api', 'db:service_healthy:true'), service('db')],
    [['db'], ['api'], ['web']],
  ],
  ['a need that is not in the group', [service('web', 'elsewhere:service_started:true')], [['web']]],
  ['a circle', [service('a', 'b:x:true'), service('b', 'a:x:true'), service('c')], [['c'], ['a', 'b']]],
  [
    'two containers of one service',
    [service('web', 'db:x:true'), service('db'), service('db')],
    [['db', 'db'], ['web']],
  ],
  ['nobody', [], []],
] as [string, Record<string, string>[], string[][]][])('%s', (_, members, expected) => {
  expect(steps(...members)).toEqual(expected);
});
