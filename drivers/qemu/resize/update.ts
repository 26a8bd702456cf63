import type { Handle, OperationContext } from '../../driver.ts';
import { errorData, NovaError, throwIfCancelled } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import { MiB, type Resources, type WorkloadSpec } from '../../spec.ts';
import { confirmedResources } from '../lifecycle/confirm.ts';
import { handleOf } from '../lifecycle/create.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import { qemuSettingsSchema } from '../settings.ts';
import { recoverIntent } from '../snapshots/recover.ts';
import { type Answers, awaitAnswers } from './answers.ts';
import { noteDevices, pluggedIds } from './devices.ts';
import { diffMachine } from './diff.ts';
import { growDisks } from './disks.ts';
import { applyForwards } from './forwards.ts';
import { balloonBytes, resizeMemory } from './memory.ts';
import { isCpuId, isEmulated, resizeVcpus } from './vcpus.ts';
import { applyWatchdog } from './watchdog.ts';

/** What a live change came to. */
export type Updated = { handle: Handle; confirmed: Resources; lagging?: string };

const mebibytes = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;

/** One sentence for each value that the guest has not followed. */
function lagOf(wanted: Resources, confirmed: Resources, emulator: boolean): string[] {
  const lags: string[] = [];
  if (wanted.vcpus !== undefined && confirmed.vcpus !== undefined && wanted.vcpus !== confirmed.vcpus) {
    const why = emulator
      ? "QEMU's emulator (TCG) cannot take a CPU out and go on safely; the next start gives that number."
      : confirmed.vcpus > wanted.vcpus
        ? 'It has not let go of the others.'
        : 'This run has no room for more.';
    lags.push(`The guest has ${confirmed.vcpus} CPUs and not ${wanted.vcpus}. ${why}`);
  }
  const { memoryBytes } = wanted;
  if (memoryBytes !== undefined && confirmed.memoryBytes !== undefined && memoryBytes !== confirmed.memoryBytes) {
    lags.push(
      `The guest has ${mebibytes(confirmed.memoryBytes)} of memory and not ${mebibytes(memoryBytes)}; the guest uses the rest, or has no balloon driver that follows.`,
    );
  }
  return lags;
}

/** What the guest says to the parts that were plugged in, in the words for `lagging`. */
function answerLags(answers: Answers): string[] {
  const say = (ids: readonly string[], text: (parts: string) => string): string[] =>
    ids.length === 0 ? [] : [text(ids.join(', '))];
  return [
    ...say(answers.refused, (parts) => `The guest refused ${parts}.`),
    ...say(
      answers.silent.filter((id) => !answers.refused.includes(id)),
      (parts) => `The guest has not taken up ${parts} yet.`,
    ),
  ];
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
  const patienceMs = context.patienceMs ?? Number.POSITIVE_INFINITY;
  // A guest that stands still follows when it runs on.
  const moves = (await client.execute<{ status: string }>('query-status')).status === 'running';
  const had = new Set(pluggedIds(machine.record.run));
  const confirmed: Resources = {};
  const wanted: Resources = {};
  let emulator = false;
  if (to.resources.vcpus !== undefined && live.has('resources.vcpus')) {
    wanted.vcpus = to.resources.vcpus;
    context.progress(null, 'Changing CPUs');
    const done = await resizeVcpus(machine, client, wanted.vcpus, {
      signal: context.signal,
      patienceMs: moves ? patienceMs : 0,
    });
    confirmed.vcpus = done.vcpus;
    emulator = done.emulator;
  }
  if (to.resources.memoryBytes !== undefined && live.has('resources.memoryBytes')) {
    wanted.memoryBytes = to.resources.memoryBytes;
    context.progress(null, 'Changing memory');
    confirmed.memoryBytes = await resizeMemory(machine, client, wanted.memoryBytes, {
      signal: context.signal,
      moves,
      patienceMs,
    });
  }
  const added = pluggedIds(machine.record.run).filter((id) => !had.has(id));
  const answers = await awaitAnswers(client, added, context.signal, moves ? patienceMs : 0);
  return { confirmed, lags: [...lagOf(wanted, confirmed, emulator), ...answerLags(answers)] };
}

/** Takes back what a cancelled change has asked of the guest so far, without waiting for it. Grown disks stay. */
async function takeBack(
  context: OperationContext,
  machine: Machine,
  client: QmpClient,
  before: { devices: string[]; balloon: number | null },
): Promise<void> {
  try {
    const added = pluggedIds(machine.record.run).filter((id) => isCpuId(id) && !before.devices.includes(id));
    for (const id of isEmulated(machine.record.run) ? [] : added) {
      await client.execute('device_del', { id });
    }
    if (before.balloon !== null) {
      await client.execute('balloon', { value: before.balloon });
    }
  } catch (error) {
    context.log(`Not all of it could be taken back: ${errorData(error).message}`);
  }
}

/**
 * Applies a changed spec: what can be changed live at once, the rest with the next start. Returns what the machine confirms once the
 * guest has come to rest, and in `lagging` what it does not follow. A step that fails leaves the earlier ones done and the spec as it was;
 * on `cancelled` CPUs and the balloon are set back.
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
  const present = {
    devices: pluggedIds(machine.record.run),
    balloon: client === null ? null : await balloonBytes(client),
  };
  machine.save((record) => ({ ...record, intent: { kind: 'resize', startedAtMs: Date.now(), newFiles: [] } }));
  try {
    await failpoint('qemu.resize.intent');
    await growDisks(context, machine, client, qemuSettingsSchema.parse(to.settings));
    const done = client === null ? null : await applyLive(context, machine, client, to);
    throwIfCancelled(context.signal);
    if (
      client !== null &&
      changes.some(({ field, effect }) => field === 'settings.portForwards' && effect === 'live')
    ) {
      await applyForwards(machine, client, qemuSettingsSchema.parse(to.settings).portForwards);
    }
    if (client !== null) {
      await applyWatchdog(machine, client, qemuSettingsSchema.parse(to.settings));
      await noteDevices(machine, client);
    }
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
    if (context.signal.aborted && client !== null) {
      await takeBack(context, machine, client, present);
    }
    machine.save((record) => ({ ...record, intent: null }));
    throw context.signal.aborted
      ? new NovaError('cancelled', `The change of "${before.name}" was cancelled.`, { cause: error })
      : error;
  }
}
