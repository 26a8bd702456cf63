import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../../electron/bridge/contract.ts';
import { awayRefusal, keptRefusal, mainVerb, refusal, type VerbName } from '../../../../renderer/verbs/verbs.ts';
import { driver, workload } from '../../../support/renderer/records.ts';

const key = (verb: VerbName, one: Parameters<typeof refusal>[1], host = driver()) => {
  const why = refusal(verb, one, host);
  return why === null ? null : 'key' in why ? why.key : why.text;
};

describe('a verb says why it can not be used', () => {
  it.each<[VerbName, Phase, string | null]>([
    ['start', 'stopped', null],
    ['start', 'crashed', null],
    ['start', 'running', 'refusal.runs'],
    ['start', 'paused', 'refusal.paused'],
    ['stop', 'running', null],
    ['stop', 'paused', null],
    ['stop', 'unknown', null],
    ['stop', 'stopped', 'refusal.notRunning'],
    ['stop', 'saved', 'refusal.notRunning'],
    ['forceOff', 'saved', null],
    ['forceOff', 'stopped', 'refusal.notRunning'],
    ['pause', 'running', null],
    ['pause', 'paused', 'refusal.notRunning'],
    ['resume', 'paused', null],
    ['resume', 'running', 'refusal.notPaused'],
    ['reset', 'paused', null],
    ['snapshot', 'stopped', null],
    ['snapshot', 'lost', 'refusal.notThere'],
    ['clone', 'creating', 'refusal.notThere'],
    ['remove', 'lost', null],
    ['restoreFromTrash', 'stopped', 'refusal.notInTrash'],
  ])('%s while %s', (verb, phase, expected) => {
    expect(key(verb, workload('a', { phase }))).toBe(expected);
  });

  it('is busy while another operation runs, but force off stays', () => {
    const busy = workload('a', { phase: 'running', pendingVerb: 'stop' });
    expect(key('pause', busy)).toBe('refusal.busy');
    expect(key('forceOff', busy)).toBeNull();
  });

  it('while the host is away', () => {
    expect((['joining', 'connected', 'lost', 'closed'] as const).map((one) => awayRefusal(one) !== null)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it.each([
    ['all is well', workload('a', { phase: 'stopped' }), driver(), null],
    ['what is lost can be brought back', workload('a', { phase: 'lost' }), driver(), null],
    ['in the trash', workload('a', { trashedUntilMs: 1 }), driver(), 'refusal.inTrash'],
    ['busy', workload('a', { pendingVerb: 'stop' }), driver(), 'refusal.busy'],
    ['the engine is away', workload('a'), driver({ health: 'unhealthy' }), 'refusal.engine'],
    ['no engine is known', workload('a'), undefined, 'refusal.engine'],
  ])('with what a workload keeps: %s', (_, one, host, expected) => {
    expect(keptRefusal(one, host)).toEqual(expected === null ? null : expect.objectContaining({ key: expected }));
  });

  it('offers only two verbs in the trash', () => {
    const gone = workload('a', { trashedUntilMs: 1 });
    expect(key('start', gone)).toBe('refusal.inTrash');
    expect(key('removeNow', gone)).toBeNull();
    expect(mainVerb(gone)).toBe('restoreFromTrash');
  });

  it('names the protection, the engine and the missing feature', () => {
    expect(key('remove', workload('a', { spec: { protected: true } }))).toBe('refusal.protected');
    expect(key('start', workload('a'), driver({ health: 'unhealthy' }))).toBe('refusal.engine');
    const running = workload('a', { phase: 'running' });
    expect(key('pause', running, driver({}, { pause: 'No freezer here.' }))).toBe('No freezer here.');
    expect(key('snapshot', running, driver({}, { snapshotDisk: 'No disks.' }))).toBeNull();
    const neither = driver({}, { snapshotDisk: 'No disks.', snapshotMemory: 'No CRIU.' });
    expect(key('snapshot', running, neither)).toBe('No disks.');
  });
});

it.each<[Phase, VerbName]>([
  ['stopped', 'start'],
  ['running', 'stop'],
  ['paused', 'resume'],
  ['crashed', 'start'],
])('the main verb while %s is %s', (phase, verb) => {
  expect(mainVerb(workload('a', { phase }))).toBe(verb);
});
