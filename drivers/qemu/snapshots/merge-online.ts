import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineRecord } from '../machine/record.ts';
import { nodeName } from '../plan/block.ts';
import type { QmpClient } from '../qmp/types.ts';
import { afterStep, type CollectStep } from './collect-plan.ts';
import { newIntent } from './intent.ts';
import { activeNodes, letRun, runState } from './status.ts';
import { monitorOrGone } from './undo.ts';

/** How often a job is asked for its progress, milliseconds. */
const askEveryMs = 50;

const jobsSchema = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    'current-progress': z.number(),
    'total-progress': z.number(),
    error: z.string().optional(),
  }),
);

/** Waits until a block job has one of the states; null when it is over and gone. Throws what it failed with. */
async function waitForJob(
  context: OperationContext,
  client: QmpClient,
  id: string,
  states: readonly string[],
): Promise<void> {
  for (;;) {
    const job = jobsSchema.parse(await client.execute('query-jobs')).find((entry) => entry.id === id);
    if (job === undefined) {
      throw new NovaError('internal', 'QEMU lost the merge of two disk layers; nothing was changed by it.');
    }
    if (
      job.error !== undefined ||
      job.status === 'aborting' ||
      (job.status === 'concluded' && job.error !== undefined)
    ) {
      throw new NovaError('internal', `QEMU could not merge two disk layers: ${job.error ?? job.status}.`);
    }
    if (states.includes(job.status)) {
      return;
    }
    if (context.signal.aborted) {
      throw new NovaError('cancelled', 'The operation was cancelled.');
    }
    context.progress(
      job['total-progress'] > 0 ? job['current-progress'] / job['total-progress'] : null,
      'Merging disk layers',
    );
    await sleep(askEveryMs);
  }
}

/** Ends a job of ours that may exist, without its effect, and forgets it. Idempotent. */
export async function dropJob(client: QmpClient, id: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const job = jobsSchema.parse(await client.execute('query-jobs')).find((entry) => entry.id === id);
    if (job === undefined) {
      return;
    }
    try {
      await client.execute(
        job.status === 'concluded' ? 'job-dismiss' : 'block-job-cancel',
        job.status === 'concluded' ? { id } : { device: id, force: true },
      );
    } catch {
      // It went on to its next state in this moment; it is asked again.
    }
    await sleep(askEveryMs);
  }
  throw new NovaError('timeout', 'QEMU does not end the merge of two disk layers.');
}

/** The id of our job in QEMU; there is one at a time in each machine. */
export const mergeJob = 'novacron-merge';

/** Layers that a running QEMU has open, top first for each disk, as node names. */
export async function openNodes(client: QmpClient): Promise<Set<string>> {
  const nodes = z
    .array(z.object({ 'node-name': z.string().optional() }))
    .parse(await client.execute('query-named-block-nodes', { flat: true }));
  return new Set(nodes.map((node) => node['node-name'] ?? ''));
}

/** Closes a layer that no disk uses any more. */
async function closeNode(client: QmpClient, layerId: string): Promise<void> {
  try {
    await client.execute('blockdev-del', { 'node-name': nodeName(layerId) });
  } catch {
    // It was part of a chain and went with it.
  }
}

/**
 * Carries a merge out inside the running QEMU and notes it. A `commit` changes the disk's top: that moment is passed with the guest standing,
 * so that the record and the disks agree whatever dies.
 */
export async function mergeOnline(
  context: OperationContext,
  machine: Machine,
  client: QmpClient,
  step: Exclude<CollectStep, { kind: 'drop' }>,
): Promise<void> {
  const { lower, upper } = step;
  const common = { 'job-id': mergeJob, 'auto-dismiss': false };
  try {
    if (step.kind === 'stream') {
      const base = lower.backing === null ? {} : { 'base-node': nodeName(lower.backing) };
      await client.execute('block-stream', { ...common, device: nodeName(upper.id), ...base });
      await waitForJob(context, client, mergeJob, ['concluded']);
      await client.execute('job-dismiss', { id: mergeJob });
      await closeNode(client, lower.id);
      machine.save((record) => afterStep(record, step));
      return;
    }
    await client.execute('block-commit', {
      ...common,
      device: nodeName(upper.id),
      'base-node': nodeName(lower.id),
    });
    await waitForJob(context, client, mergeJob, ['ready']);
  } catch (error) {
    // A lost connection says nothing of the job, which goes on in QEMU: it is ended by a new one.
    const again = await monitorOrGone(machine);
    if (again !== null) {
      await dropJob(again, mergeJob);
    }
    throw error;
  }
  await pivot(context, machine, client, step);
}

/**
 * Notes what a merge has become, then lets the guest go on: in this order, so that it never writes to a disk that the record does
 * not name. Until it runs the intent stays, so that the next host lets it go on if this one dies in between.
 */
async function goOn(
  machine: Machine,
  client: QmpClient,
  wasRunning: boolean,
  become: (record: MachineRecord) => MachineRecord,
): Promise<void> {
  const rest = wasRunning ? newIntent('removeSnapshot', [], { wasRunning }) : null;
  machine.save((record) => ({ ...become(record), intent: rest }));
  if (wasRunning) {
    try {
      await letRun(client);
    } catch (error) {
      // Not for want of one connection may a guest stand.
      const again = await monitorOrGone(machine);
      if (again === null || again === client) {
        throw error;
      }
      await letRun(again);
    }
    machine.save((record) => ({ ...record, intent: null }));
  }
}

async function pivot(
  context: OperationContext,
  machine: Machine,
  client: QmpClient,
  step: Extract<CollectStep, { kind: 'commit' }>,
): Promise<void> {
  const { lower, upper } = step;
  const wasRunning = (await runState(client)) === 'running';
  machine.save((record) => ({
    ...record,
    intent: newIntent('removeSnapshot', [], { stage: 'pivot', wasRunning, lowerId: lower.id, upperId: upper.id }),
  }));
  try {
    if (wasRunning) {
      await client.execute('stop', undefined, { timeoutMs: 60_000 });
    }
    await client.execute('job-complete', { id: mergeJob }, { timeoutMs: 60_000 });
    // From here there is no way back: an abort does not count any more.
    await waitForJob({ ...context, signal: new AbortController().signal }, client, mergeJob, ['concluded']);
    await client.execute('job-dismiss', { id: mergeJob });
  } catch (error) {
    // Where the connection was lost the job may be on its way through: it is ended first, then looked at.
    const again = await monitorOrGone(machine);
    if (again === null) {
      throw error;
    }
    await dropJob(again, mergeJob);
    if (!(await noteMerge(machine, again, step, wasRunning))) {
      throw error;
    }
    return;
  }
  await noteMerge(machine, client, step, wasRunning);
}

/** Notes on which layer the disk stands and lets the guest go on. True when the merge is through. */
export async function noteMerge(
  machine: Machine,
  client: QmpClient,
  step: Extract<CollectStep, { kind: 'commit' }>,
  wasRunning: boolean,
): Promise<boolean> {
  const merged = (await activeNodes(client))[step.upper.diskId] === nodeName(step.lower.id);
  if (merged) {
    // Before the record says that it is over: the old top keeps the new one from being frozen again.
    await closeNode(client, step.upper.id);
  }
  await goOn(machine, client, wasRunning, (record) => (merged ? afterStep(record, step) : record));
  return merged;
}
