import { describe, expect, it } from 'vitest';
import { inAnyView, savedOf, savedView, toSave } from '../../../../../renderer/features/filters/saved.ts';
import { workload } from '../../../../support/renderer/records.ts';

const saved = [{ id: 'a', name: 'Web of core', view: 'running', filter: 'web label:team=core' }];
const core = workload('web-1', { phase: 'running', spec: { labels: { team: 'core' } } });
const stopped = workload('web-2', { phase: 'stopped', spec: { labels: { team: 'core' } } });
const other = workload('db', { phase: 'running', spec: { labels: { team: 'core' } } });

describe('a saved filter', () => {
  it('holds what fits both its view and its text', () => {
    expect([core, stopped, other].map((one) => inAnyView(one, savedView('a'), saved))).toEqual([true, false, false]);
  });

  it('that is gone shows everything, and other views are as they were', () => {
    expect([core, stopped].map((one) => inAnyView(one, savedView('gone'), saved))).toEqual([true, true]);
    expect(inAnyView(stopped, 'running', saved)).toBe(false);
    expect(savedOf('running', saved)).toBeUndefined();
  });

  it('is made of the view below and all of the text', () => {
    expect(toSave('all', ' state:run ', saved)).toEqual({ view: 'all', filter: 'state:run' });
    expect(toSave(savedView('a'), '-old', saved)).toEqual({ view: 'running', filter: 'web label:team=core -old' });
    expect(toSave(savedView('gone'), 'x', saved)).toEqual({ view: 'all', filter: 'x' });
  });
});
