import type { Workload } from '../../../electron/bridge/contract.ts';
import { livePhases } from '../list/views.ts';

/** What stays in the engine when a workload is only taken off the list: text keys of `removal` with their values. */
export type LeftBehind = { key: string; values: Record<string, string | number> };

/** Each thing that stays, the workload itself first. Pure. */
export function leftBehind(workload: Workload, snapshots: number): LeftBehind[] {
  const { spec, observation } = workload;
  const live = livePhases.has(observation.phase) ? 'runs' : observation.phase === 'unknown' ? 'may' : 'rests';
  const volumes = volumesOf(spec.settings['mounts']);
  return [
    { key: `left.${live}`, values: { driver: spec.driver, name: spec.name } },
    ...(snapshots > 0 ? [{ key: 'left.snapshots', values: { count: snapshots } }] : []),
    ...(volumes.length > 0
      ? [{ key: 'left.volumes', values: { names: volumes.join(', '), count: volumes.length } }]
      : []),
  ];
}

/** Names of the volumes among a container's mounts. Pure. */
function volumesOf(mounts: unknown): string[] {
  if (!Array.isArray(mounts)) return [];
  return (mounts as { type?: unknown; source?: unknown }[]).flatMap(({ type, source }) =>
    type === 'volume' && typeof source === 'string' && source !== '' ? [source] : [],
  );
}
