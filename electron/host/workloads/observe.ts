import type { Observation, SnapshotTree } from '../../../drivers/driver.ts';
import type { SnapshotTreeView } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { within } from '../time.ts';
import type { WorkloadRecord } from './registry.ts';

/** An engine that has not answered a look at one workload after this time is called unresponsive, milliseconds. */
const inspectLimitMs = 10_000;

/**
 * Asks the driver about one workload and takes the answer, unless an event told something newer meanwhile. Never
 * throws: an engine that does not answer makes it `unknown` with the reason.
 */
export async function refresh(host: HostContext, record: WorkloadRecord): Promise<void> {
  if (record.row.handle === null || record.row.intent?.kind === 'create') {
    return;
  }
  const before = record.observedCount;
  let observation: Observation;
  try {
    observation = await within(
      host.registry.driver(record).inspect(host.registry.ref(record)),
      inspectLimitMs,
      `${record.row.spec.driver} did not answer within ${inspectLimitMs / 1000} s.`,
    );
  } catch (error) {
    observation = { phase: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
  if (record.observedCount === before && host.registry.get(record.id) === record) {
    host.registry.observe(record, observation);
  }
}

/** Reads the tree of one workload from its driver into state and inventory. Throws what the driver throws. */
export async function refreshSnapshots(host: HostContext, record: WorkloadRecord): Promise<SnapshotTreeView> {
  const group = host.registry.driver(record).snapshots;
  const empty: SnapshotTree = { snapshots: [], currentId: null };
  const tree = group ? await group.list(host.registry.ref(record)) : empty;
  const view = treeView(record.id, tree);
  const shown = host.state.snapshots(record.id) ?? treeView(record.id, empty);
  if (host.registry.get(record.id) !== record || JSON.stringify(shown) === JSON.stringify(view)) {
    return view;
  }
  host.state.apply({ collection: 'snapshots', key: record.id, value: view });
  try {
    host.inventory.snapshots.replace(host.hostId, record.id, tree);
    record.row = { ...record.row, currentSnapshotId: tree.currentId };
  } catch (error) {
    // A mirror only: the driver keeps the tree.
    host.logger.warn({ err: error, workload: record.id }, 'a snapshot tree could not be stored');
  }
  return view;
}

/** A tree as clients see it. */
export function treeView(workloadId: string, tree: SnapshotTree): SnapshotTreeView {
  return {
    workloadId,
    currentId: tree.currentId,
    snapshots: tree.snapshots.map((snapshot) => ({ ...snapshot, workloadId })),
  };
}
