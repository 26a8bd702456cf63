import type { Handle, OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { MiB, type Resources, type WorkloadSpec } from '../../spec.ts';
import { confirmedResources } from '../lifecycle/confirm.ts';
import { handleOf } from '../lifecycle/create.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { qemuSettingsSchema } from '../settings.ts';
import { recoverIntent } from '../snapshots/recover.ts';
import { diffMachine } from './diff.ts';
import { growDisks } from './disks.ts';
import { resizeMemory } from './memory.ts';
import { resizeVcpus } from './vcpus.ts';

/** What a live change came to. */
export type Updated = { handle: Handle; confirmed: Resources; lagging?: string };

const mebibytes = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;

/** One sentence for each value that the guest has not followed. */
function lagOf(wanted: Resources, confirmed: Resources, full: boolean): string[] {
  const lags: string[] = [];
  if (wanted.vcpus !== undefined && confirmed.vcpus !== undefined && wanted.vcpus !== confirmed.vcpus) {
    lags.push(
      confirmed.vcpus > wanted.vcpus
        ? `The guest keeps ${confirmed.vcpus} CPUs; those that it was started with stay until the next start.`
        : `The guest has ${confirmed.vcpus} of ${wanted.vcpus} CPUs.${
            full
              ? " QEMU's emulator cannot plug in a CPU again that was plugged out; the next start gives them all."
              : ''
          }`,
    );
  }
  const { memoryBytes } = wanted;
  if (memoryBytes !== undefined && confirmed.memoryBytes !== undefined && memoryBytes !== confirmed.memoryBytes) {
    lags.push(
      `The guest has ${mebibytes(confirmed.memoryBytes)} of memory and not ${mebibytes(memoryBytes)}; its balloon driver does not follow further.`,
    );
  }
  return lags;
}

/** What is asked of the running machine: fields that can be changed live. The rest stays as it was started. */
async function applyLive(
  context: OperationContext,
  machine: Machine,
  client: QmpClient,
  to: WorkloadSpec,
): Promise<{ confirmed: Resources; lags: string[] }> {
  const started = machine.record.run?.spec ?? machine.record.spec;
  const live = new Set(
    diffMachine({ ...started, resources: { ...started.resources, vcpus: -1, memoryBytes: -1 } }, to)
      .filter((change) => change.effect === 'live')
      .map((change) => change.field),
  );
  const confirmed: Resources = {};
  const wanted: Resources = {};
  let full = false;
  if (to.resources.vcpus !== undefined && live.has('resources.vcpus')) {
    wanted.vcpus = to.resources.vcpus;
    context.progress(null, 'Changing CPUs');
    const done = await resizeVcpus(machine, client, wanted.vcpus, context.signal);
    confirmed.vcpus = done.vcpus;
    full = done.full;
  }
  if (to.resources.memoryBytes !== undefined && live.has('resources.memoryBytes')) {
    wanted.memoryBytes = to.resources.memoryBytes;
    context.progress(null, 'Changing memory');
    confirmed.memoryBytes = await resizeMemory(machine, client, wanted.memoryBytes, context.signal);
  }
  return { confirmed, lags: lagOf(wanted, confirmed, full) };
}

/**
 * Applies a changed spec: what can be changed live at once, the rest with the next start. Returns what the machine confirms once the
 * guest has come to rest, and in `lagging` what it does not follow. A step that fails leaves the earlier ones done and the spec as it was.
 */
export async function updateMachine(
  context: OperationContext,
  env: MachineEnvironment,
  machine: Machine,
  to: WorkloadSpec,
): Promise<Updated> {
  if (machine.record.intent !== null) {
    await recoverIntent(env, machine);
  }
  const before = machine.record.spec;
  const changes = diffMachine(before, to);
  const refused = changes.find((change) => change.effect === 'refused' || change.effect === 'recreate');
  if (refused !== undefined) {
    throw new NovaError('unsupported', refused.why ?? `${refused.field} cannot be changed.`, {
      details: { field: refused.field },
    });
  }
  const client = machine.record.run === null ? null : await machine.qmp();
  machine.save((record) => ({ ...record, intent: { kind: 'resize', startedAtMs: Date.now(), newFiles: [] } }));
  try {
    await failpoint('qemu.resize.intent');
    await growDisks(context, machine, client, qemuSettingsSchema.parse(to.settings));
    const done = client === null ? null : await applyLive(context, machine, client, to);
    machine.save((record) => ({ ...record, spec: to, intent: null }));
    if (done === null || client === null) {
      return { handle: handleOf(machine), confirmed: to.resources };
    }
    await env.confirm(machine);
    return {
      handle: handleOf(machine),
      // Not what was asked for: a field that waits for the next start is confirmed as it runs.
      confirmed: { ...(await confirmedResources(client)), ...done.confirmed },
      ...(done.lags.length === 0 ? {} : { lagging: done.lags.join(' ') }),
    };
  } catch (error) {
    machine.save((record) => ({ ...record, intent: null }));
    throw error;
  }
}
