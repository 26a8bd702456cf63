import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import type { Doctor } from '../doctor/doctor.ts';
import type { Metrics } from '../metrics/metrics.ts';

type ActivityMethod =
  | Extract<keyof Handlers, `jobs.${string}` | `metrics.${string}` | `events.${string}`>
  | 'state.subscribe'
  | 'doctor.run';

/** Jobs, metrics, events, state and the doctor. */
export function activityHandlers(host: HostContext, metrics: Metrics, doctor: Doctor): Pick<Handlers, ActivityMethod> {
  const { registry } = host;
  return {
    'jobs.list': async ({ limit }) => host.jobs.list(limit),
    'jobs.get': async ({ job }) => host.jobs.get(job),
    'jobs.wait': async ({ job }, { signal }) => host.jobs.wait(job, signal),
    'jobs.cancel': async ({ job }) => host.jobs.cancel(job),
    'metrics.history': async ({ workload, sinceMs, untilMs }) => {
      const record = registry.find(workload);
      const until = untilMs ?? Date.now();
      return {
        points: metrics.history(record, sinceMs, until),
        marks: host.inventory.events.between(record.id, sinceMs, until),
      };
    },
    'metrics.subscribe': ({ workloads }, { signal }) =>
      metrics.subscribe(
        workloads.map((key) => registry.find(key).id),
        either(signal, host.signal),
      ),
    'events.list': async ({ workload, limit }) =>
      host.inventory.events.list(host.hostId, {
        limit,
        ...(workload === undefined ? {} : { workloadId: registry.find(workload).id }),
      }),
    'events.subscribe': (_, { signal }) => host.events.subscribe(either(signal, host.signal)),
    'state.subscribe': (input, { signal }) => host.state.subscribe(input, either(signal, host.signal)),
    'doctor.run': async () => doctor.run(),
  };
}

function either(a: AbortSignal, b: AbortSignal): AbortSignal {
  return AbortSignal.any([a, b]);
}
