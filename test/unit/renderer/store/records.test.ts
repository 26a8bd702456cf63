import { describe, expect, it } from 'vitest';
import type { State, StateMessage } from '../../../../electron/bridge/contract.ts';
import { applyMessage, noRecords } from '../../../../renderer/store/records.ts';
import { driver, job, workload } from '../../../support/renderer/records.ts';

const state: State = {
  host: {
    id: 'local',
    version: '1',
    platform: 'linux',
    dataDirectory: '/data',
    cpus: 2,
    memoryBytes: 8,
    freeMemoryBytes: 4,
    startedAtMs: 0,
    readOnly: null,
  },
  drivers: [driver()],
  workloads: [workload('a'), workload('b')],
  jobs: [job('j1')],
  snapshots: [{ workloadId: 'id-a', snapshots: [], currentId: null }],
  foreign: [
    { driver: 'fake', engineId: 'x', name: 'x', ours: false, observation: { phase: 'running', reason: '' } },
    { driver: 'docker', engineId: 'y', name: 'y', ours: false, observation: { phase: 'running', reason: '' } },
  ],
  settings: {
    theme: 'system',
    consoleFontSize: 13,
    consoleWriters: 'all',
    stopGraceSeconds: 30,
    trashHours: 24,
    automaticSnapshots: 5,
    mutedChecks: [],
    savedFilters: [],
    quitNoticeShown: false,
  },
};
const snapshot: StateMessage = { type: 'snapshot', epoch: 'e1', seq: 7, state };

describe('records', () => {
  it('takes a snapshot whole', () => {
    const records = applyMessage(noRecords, snapshot);
    expect(records).toMatchObject({ epoch: 'e1', seq: 7, host: { cpus: 2 } });
    expect(Object.keys(records.workloads)).toEqual(['id-a', 'id-b']);
    expect(records.foreign['docker']).toHaveLength(1);
    expect(records.snapshots['id-a']?.currentId).toBeNull();
  });

  it('forgets what a new snapshot does not hold', () => {
    const before = applyMessage(noRecords, snapshot);
    const after = applyMessage(before, {
      ...snapshot,
      epoch: 'e2',
      seq: 1,
      state: { ...state, workloads: [], jobs: [] },
    });
    expect(after).toMatchObject({ epoch: 'e2', seq: 1, workloads: {}, jobs: {} });
  });

  it('applies a delta and keeps the identity of what did not change', () => {
    const before = applyMessage(noRecords, snapshot);
    const changed = workload('a', { phase: 'running' });
    const after = applyMessage(before, {
      type: 'delta',
      epoch: 'e1',
      seq: 8,
      changes: [
        { collection: 'workloads', key: 'id-a', value: changed },
        { collection: 'jobs', key: 'j1', value: null },
        { collection: 'foreign', key: 'docker', value: [] },
        { collection: 'settings', key: '', value: { ...state.settings, theme: 'dark' } },
      ],
    });
    expect(after.seq).toBe(8);
    expect(after.workloads['id-a']).toBe(changed);
    expect(after.workloads['id-b']).toBe(before.workloads['id-b']);
    expect(after.jobs).toEqual({});
    expect(after.foreign['docker']).toEqual([]);
    expect(after.settings?.theme).toBe('dark');
    expect(after.drivers).toBe(before.drivers);
    expect(before.workloads['id-a']?.observation.phase).toBe('stopped');
  });

  it('removes a workload and adds another', () => {
    const before = applyMessage(noRecords, snapshot);
    const after = applyMessage(before, {
      type: 'delta',
      epoch: 'e1',
      seq: 8,
      changes: [
        { collection: 'workloads', key: 'id-a', value: null },
        { collection: 'workloads', key: 'id-c', value: workload('c') },
      ],
    });
    expect(Object.keys(after.workloads).sort()).toEqual(['id-b', 'id-c']);
  });
});
