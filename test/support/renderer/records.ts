import type { DriverState, Job, Phase, Workload } from '../../../electron/bridge/contract.ts';
import { capabilityNames } from '../../../electron/bridge/contract.ts';

/** A workload with the given parts; stopped, on the fake driver. */
export function workload(
  name: string,
  part: Partial<Omit<Workload, 'spec' | 'observation'>> & {
    phase?: Phase;
    spec?: Partial<Workload['spec']>;
    observation?: Partial<Workload['observation']>;
  } = {},
): Workload {
  const { phase = 'stopped', spec, observation, ...rest } = part;
  return {
    id: `id-${name}`,
    hostId: 'local',
    desired: 'stopped',
    pendingVerb: null,
    createdAtMs: 1000,
    trashedUntilMs: null,
    ...rest,
    observation: { phase, reason: '', ...observation },
    spec: {
      name,
      driver: 'fake',
      resources: {},
      labels: {},
      notes: '',
      restart: 'no',
      autostart: false,
      protected: false,
      settings: {},
      ...spec,
    },
  };
}

/** A healthy driver that can do everything but what is named. */
export function driver(part: Partial<DriverState> = {}, missing: Record<string, string> = {}): DriverState {
  return {
    name: 'fake',
    health: 'healthy',
    summary: 'All well.',
    attributes: {},
    fixes: [],
    ...part,
    capabilities: Object.fromEntries(
      capabilityNames.map((name) => [
        name,
        name in missing ? { available: false, reason: missing[name] } : { available: true },
      ]),
    ) as DriverState['capabilities'],
  };
}

/** A job in a state. */
export function job(id: string, part: Partial<Job> = {}): Job {
  return {
    id,
    verb: 'start',
    workloadId: null,
    subject: 'web',
    state: 'running',
    fraction: null,
    message: '',
    createdAtMs: 1000,
    startedAtMs: 1000,
    endedAtMs: null,
    error: null,
    log: [],
    result: null,
    ...part,
  };
}
