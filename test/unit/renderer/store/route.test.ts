import { expect, it } from 'vitest';
import { formatRoute, parseRoute, type Route } from '../../../../renderer/store/route.ts';

const list = (view: string, id: string | null = null, tab: string | null = null): Route => ({
  page: 'list',
  view,
  id,
  tab,
});

it.each<[string, Route]>([
  ['', list('all')],
  ['#/', list('all')],
  ['#/running', list('running')],
  ['#/all/w1', list('all', 'w1')],
  ['#/all/w1/console', list('all', 'w1', 'console')],
  ['#/label%3Aa%3Db%2Fc', list('label:a=b/c')],
  ['#/doctor', { page: 'doctor' }],
  ['#/%E0%A4%A', list('all')],
])('reads %s', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

it.each<Route>([list('all'), list('label:a=b/c', 'w1', 'snapshots'), { page: 'settings' }])(
  'writes what it reads: %o',
  (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  },
);
