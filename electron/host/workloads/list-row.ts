import type { Workload, WorkloadListRow } from '../../bridge/contract.ts';
import { keepJson } from '../../bridge/json-text.ts';

/** A view never changes, so its row is made once. */
const rows = new WeakMap<Workload, WorkloadListRow>();

/** The short row of a workload as clients see it. */
export function listRow(view: Workload): WorkloadListRow {
  const known = rows.get(view);
  if (known !== undefined) {
    return known;
  }
  const { spec, observation } = view;
  const resources = { ...spec.resources, ...observation.confirmed };
  const row = keepJson<WorkloadListRow>({
    id: view.id,
    name: spec.name,
    driver: spec.driver,
    phase: observation.phase,
    reason: observation.reason,
    desired: view.desired,
    pendingVerb: view.pendingVerb,
    startedAtMs: observation.startedAtMs ?? null,
    vcpus: resources.vcpus ?? null,
    memoryBytes: resources.memoryBytes ?? null,
    labels: spec.labels,
    addresses: (observation.addresses ?? []).map((address) => address.text),
    attention: observation.attention ?? null,
    trashed: view.trashedUntilMs !== null,
  });
  rows.set(view, row);
  return row;
}
