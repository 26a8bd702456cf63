import { type CapabilityName, capabilityNames, type Driver, type Probe, type WorkloadRef } from '../../../driver.ts';
import type { Check } from '../check.ts';
import { ensure, isGone, isJson, refuses, same } from '../expect.ts';
import { atOnce, type Kit } from '../kit.ts';
import { within } from '../until.ts';

/** A first value comes at once, the window waits for it; limit in milliseconds on a busy machine. */
const firstProbeMs = 5000;

async function firstProbe(driver: Driver): Promise<Probe> {
  const stop = new AbortController();
  const values = driver.probe(stop.signal)[Symbol.asyncIterator]();
  const first = await within('the first probe', firstProbeMs, values.next());
  stop.abort();
  await within('the end of the probe after an abort', firstProbeMs, Promise.resolve(values.return?.()));
  ensure(first.done !== true, 'the probe ended without a value');
  return first.value;
}

/** The members of a driver that a capability stands for. */
function groups(driver: Driver): [string, boolean, CapabilityName[]][] {
  return [
    ['pause', driver.pause !== undefined, ['pause']],
    ['resume', driver.resume !== undefined, ['pause']],
    ['reset', driver.reset !== undefined, ['reset']],
    ['update', driver.update !== undefined, ['resize', 'resizeLive']],
    ['snapshots', driver.snapshots !== undefined, ['snapshotDisk', 'snapshotMemory', 'clone']],
    ['images', driver.images !== undefined, ['images']],
    ['volumes', driver.volumes !== undefined, ['volumes']],
    ['networks', driver.networks !== undefined, ['networks']],
    ['exec', driver.exec !== undefined, ['exec']],
    ['logs', driver.logs !== undefined, ['logs']],
    ['discover', driver.discover !== undefined, ['discover']],
    ['files', driver.files !== undefined, ['files']],
    ['signal', driver.signal !== undefined, ['signal']],
    ['services', driver.services !== undefined, ['services']],
    ['compose', driver.compose !== undefined, ['compose']],
  ];
}

/** A reference to something that was never made. */
async function stranger(kit: Kit): Promise<WorkloadRef> {
  const spec = await kit.smallSpec();
  return { id: kit.newId(), name: spec.name, spec, handle: { version: 1 } };
}

/** Probe, plan, names, and what is told of things that are not there. */
export const contractChecks: Check[] = [
  {
    id: 'probe',
    title: 'probes at once, with every capability and a reason for each that is missing',
    needs: [],
    async run(kit) {
      const probe = await firstProbe(kit.driver);
      isJson(probe, 'the probe');
      ensure(probe.summary !== '', 'the summary is empty');
      same(Object.keys(probe.capabilities).sort(), [...capabilityNames].sort(), 'the reported capabilities');
      for (const [name, capability] of Object.entries(probe.capabilities)) {
        ensure(capability.available || (capability.reason ?? '') !== '', `${name} is missing without a reason`);
      }
    },
  },
  {
    id: 'groups',
    title: 'has a group exactly when its capability can be true',
    needs: [],
    async run(kit) {
      const { capabilities } = await firstProbe(kit.driver);
      for (const [member, present, names] of groups(kit.driver)) {
        const available = names.filter((name) => capabilities[name].available);
        ensure(present || available.length === 0, `${available.join(', ')} is told, but the driver has no ${member}`);
      }
      ensure((kit.driver.pause === undefined) === (kit.driver.resume === undefined), 'pause and resume come together');
    },
  },
  {
    id: 'resolve',
    title: 'completes a spec once and for all',
    needs: [],
    async run(kit) {
      const spec = await kit.smallSpec();
      isJson(spec, 'the spec');
      same(await kit.driver.resolve(spec), spec, 'a spec that was resolved twice');
    },
  },
  {
    id: 'resolve-refuses',
    title: 'refuses settings that it does not know, and names the field',
    needs: [],
    async run(kit) {
      const spec = await kit.smallSpec();
      const wrong = { ...spec, settings: { ...spec.settings, nonsense: 1 } };
      const error = await refuses(kit.driver.resolve(wrong), 'an unknown setting', 'invalid_spec');
      ensure((error.details.field ?? '').startsWith('settings'), `the field is told as ${error.details.field}`);
    },
  },
  {
    id: 'plan',
    title: 'plans without making anything',
    needs: [],
    async run(kit) {
      const spec = await kit.smallSpec();
      const plan = await kit.driver.plan(spec);
      isJson(plan, 'the plan');
      ensure(plan.commands.length + plan.requests.length > 0, 'the plan is empty');
      const found = (await kit.driver.discover?.()) ?? [];
      ensure(!found.some((each) => each.name === spec.name), 'the plan made a workload');
    },
  },
  {
    id: 'diff',
    title: 'tells how each changed field takes effect',
    needs: [],
    async run(kit) {
      const spec = await kit.smallSpec();
      same(kit.driver.diff(spec, spec), [], 'the difference to itself');
      const noted = kit.driver.diff(spec, { ...spec, notes: 'other', labels: { a: 'b' } });
      ensure(
        noted.every((change) => change.effect === 'live'),
        `notes and labels take effect as ${JSON.stringify(noted)}`,
      );
      const other = kit.driver.diff(spec, { ...spec, settings: { ...spec.settings, nonsense: 1 } });
      isJson(other, 'the difference');
    },
  },
  {
    id: 'unknown',
    title: 'says of a workload that is not there: not found, and removing it is success',
    needs: [],
    async run(kit) {
      const ref = await stranger(kit);
      await refuses(kit.driver.start(kit.context(), ref), 'starting', 'not_found');
      await isGone(kit.driver, ref);
      await refuses(kit.driver.describe(ref), 'describing', 'not_found');
      await refuses(kit.driver.openConsole(ref, 'serial0', {}), 'opening a console', 'not_found');
      await kit.driver.remove(kit.context(), ref);
      await kit.driver.remove(kit.context(), ref);
    },
  },
  {
    id: 'evil-id',
    title: 'makes no file of an id that is a path',
    needs: [],
    async run(kit) {
      const spec = await kit.smallSpec();
      for (const id of ['../escape', 'a/b', '.', '', 'nul\0l', '-x']) {
        await refuses(kit.driver.create(kit.context(), id, spec), `the id ${JSON.stringify(id)}`);
      }
    },
  },
  {
    id: 'recover-unknown',
    title: 'recovers a workload that the engine lost as lost, without an error',
    needs: [],
    async run(kit) {
      const ref = await stranger(kit);
      const found = await kit.driver.recover(ref.id, ref.spec, ref.handle);
      same(found.observation.phase, 'lost', 'the phase');
      ensure(found.observation.reason !== '', 'the reason is empty');
    },
  },
  {
    id: 'close',
    title: 'closes twice, and workloads go on',
    needs: [],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const { driver } = kit;
      await kit.restartHost();
      await driver.close();
      await kit.driver.recover(ref.id, ref.spec, ref.handle);
      await kit.phase(ref, 'running');
      await kit.driver.stop(kit.context(), ref, atOnce);
    },
  },
];
