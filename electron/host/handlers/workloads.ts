import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { clone, dropKept, rename, resize, revert, update } from '../workloads/change.ts';
import { adopt, checkSettings, create, resolveNew } from '../workloads/create.ts';
import { refreshForeign } from '../workloads/foreign.ts';
import { forget } from '../workloads/forget.ts';
import { restart, signalOperation, start, stop, stopPolicy } from '../workloads/lifecycle.ts';
import { listRow } from '../workloads/list-row.ts';
import { refreshSnapshots } from '../workloads/observe.ts';
import { workloadView } from '../workloads/registry.ts';
import { remove, restoreFromTrash } from '../workloads/remove.ts';
import { createWaitForEnd } from '../workloads/wait.ts';
import { pictureOf } from './picture.ts';

type WorkloadMethod = Extract<keyof Handlers, `workloads.${string}`>;

/** All methods on workloads. */
export function workloadHandlers(host: HostContext): Pick<Handlers, WorkloadMethod> {
  const { registry } = host;
  const find = (key: string) => registry.find(key);
  const waitForEnd = createWaitForEnd(registry);
  return {
    'workloads.list': async () => registry.all().map(workloadView),
    'workloads.rows': async () => registry.all().map((record) => listRow(workloadView(record))),
    'workloads.foreign': async () => {
      const asked = host.drivers.views().map(({ name }) => refreshForeign(host, host.drivers.get(name)));
      return (await Promise.all(asked)).flatMap((found) => found ?? []);
    },
    'workloads.get': async ({ workload }) => workloadView(find(workload)),
    'workloads.describe': async ({ workload }) => {
      const record = find(workload);
      return registry.driver(record).describe(registry.ref(record));
    },
    'workloads.screenshot': async ({ workload }) => {
      const record = find(workload);
      return pictureOf((await registry.driver(record).screenshot?.(registry.ref(record))) ?? null);
    },
    'workloads.plan': async ({ spec }) => {
      const driver = host.drivers.get(spec.driver);
      const complete = await resolveNew(driver, spec);
      return { spec: complete, plan: await driver.plan(complete) };
    },
    'workloads.diff': async ({ workload, spec }) => {
      const record = find(workload);
      const driver = registry.driver(record);
      return driver.diff(record.row.spec, checkSettings(driver, spec));
    },
    'workloads.create': async (input) => create(host, input),
    'workloads.start': async ({ workload }) => start(host, find(workload)),
    'workloads.stop': async ({ workload, ...options }) => stop(host, find(workload), stopPolicy(host, options)),
    'workloads.restart': async ({ workload }) => restart(host, find(workload)),
    'workloads.pause': async ({ workload }) => signalOperation(host, find(workload), 'pause'),
    'workloads.resume': async ({ workload }) => signalOperation(host, find(workload), 'resume'),
    'workloads.reset': async ({ workload }) => signalOperation(host, find(workload), 'reset'),
    'workloads.signal': async ({ workload, signal }) => {
      const record = find(workload);
      const driver = registry.driver(record);
      if (!driver.signal) {
        host.drivers.refuse(driver.name, 'signal');
      }
      const plain = signal.replace(/^SIG/, '');
      await driver.signal(registry.ref(record), plain);
      host.events.add({
        workloadId: record.id,
        kind: 'signal',
        message: `SIG${plain} sent to ${record.row.spec.name}.`,
      });
      return {};
    },
    'workloads.wait': async ({ workload }, { signal }) => waitForEnd(find(workload), signal),
    'workloads.remove': async ({ workload, ...options }) => remove(host, find(workload), options),
    'workloads.forget': async ({ workload }) => forget(host, find(workload)),
    'workloads.restoreFromTrash': async ({ workload }) => {
      restoreFromTrash(host, find(workload));
      return {};
    },
    'workloads.rename': async ({ workload, name }) => rename(host, find(workload), name),
    'workloads.update': async ({ workload, spec }) => update(host, find(workload), spec),
    'workloads.kept': async ({ workload }) => {
      const record = find(workload);
      const kept = await registry.driver(record).kept?.get(registry.ref(record));
      return kept ?? null;
    },
    'workloads.revert': async ({ workload }) => revert(host, find(workload)),
    'workloads.dropKept': async ({ workload }) => dropKept(host, find(workload)),
    'workloads.resize': async ({ workload, resources }) => resize(host, find(workload), resources),
    'workloads.clone': async ({ workload, ...options }) => clone(host, find(workload), options),
    'workloads.adopt': async (input) => {
      // One of ours comes back as itself, with its snapshots.
      const known = host.state.state().foreign;
      const ours = known.some((one) => one.ours && one.driver === input.driver && one.engineId === input.engineId);
      const record = await adopt(host, input, ours ? input.engineId : undefined);
      const driver = registry.driver(record);
      if (ours && driver.snapshots) {
        await refreshSnapshots(host, record);
      }
      void refreshForeign(host, driver);
      return workloadView(record);
    },
  };
}
