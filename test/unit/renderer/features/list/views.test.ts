import { describe, expect, it } from 'vitest';
import { countViews, fitsFilter, inView } from '../../../../../renderer/features/list/views.ts';
import { workload } from '../../../../support/renderer/records.ts';

const web = workload('web-01', {
  phase: 'running',
  spec: { driver: 'qemu', labels: { team: 'core', prod: '' } },
  observation: { addresses: [{ kind: 'port', text: '127.0.0.1:8080' }] },
});
const db = workload('db', { phase: 'crashed', spec: { driver: 'docker', settings: { endpoint: 'builder' } } });
const gone = workload('old', { trashedUntilMs: 5000, spec: { labels: { team: 'core' } } });

describe('views', () => {
  it('counts what nobody knows neither as running nor as stopped', () => {
    const dark = workload('dark', { phase: 'unknown' });
    expect(['all', 'running', 'stopped', 'attention'].filter((view) => inView(dark, view))).toEqual([
      'all',
      'attention',
    ]);
  });

  it.each([
    ['all', [true, true, false]],
    ['running', [true, false, false]],
    ['stopped', [false, true, false]],
    ['attention', [false, true, false]],
    ['trash', [false, false, true]],
    ['driver:qemu', [true, false, false]],
    ['engine:docker/builder', [false, true, false]],
    ['engine:qemu/default', [true, false, false]],
    ['engine:qemu/builder', [false, false, false]],
    ['label:team=core', [true, false, false]],
    ['label:prod', [true, false, false]],
    ['label:team', [false, false, false]],
    ['nonsense', [false, false, false]],
  ])('%s', (view, expected) => {
    expect([web, db, gone].map((one) => inView(one, view))).toEqual(expected);
  });

  it('counts each view', () => {
    const counts = countViews([web, db, gone]);
    expect(Object.fromEntries(counts)).toEqual({
      all: 2,
      running: 1,
      stopped: 1,
      attention: 1,
      trash: 1,
      'driver:qemu': 1,
      'driver:docker': 1,
      'engine:qemu/default': 1,
      'engine:docker/builder': 1,
      'label:team=core': 1,
      'label:prod': 1,
    });
  });

  it('takes a notice of the driver for attention', () => {
    expect(inView(workload('x', { observation: { attention: 'Look.' } }), 'attention')).toBe(true);
  });
});

it.each([
  ['', true],
  ['WEB', true],
  ['web core', true],
  ['web data', false],
  ['state:run', true],
  ['state:stop', false],
  ['driver:qemu label:prod', true],
  ['name:01', true],
  ['engine:def', true],
  ['engine:builder', false],
  ['name:qemu', false],
  ['8080', true],
  ['-web', false],
  ['-state:stopped', true],
  ['-', true],
])('filter %j', (filter, expected) => {
  expect(fitsFilter(web, filter)).toBe(expected);
});
