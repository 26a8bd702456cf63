import type { FieldChange } from '../driver.ts';
import type { WorkloadSpec } from '../spec.ts';
import { dockerSettingsSchema } from './settings.ts';

/** Limits that Docker changes on a running container. */
const liveSettings = new Set([
  'cpuShares',
  'cpuset',
  'memorySwapBytes',
  'memoryReservationBytes',
  'pidsLimit',
  'blkioWeight',
]);
/** Fields that only NovaCron knows. */
const ownFields = ['name', 'notes', 'restart', 'autostart', 'protected'] as const;

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** A limit that is taken away: an update with nothing in it leaves the old one. */
const isNone = (value: unknown): boolean => value === undefined || value === '' || value === 0;

/** Settings with defaults, or as they are where they are not valid: the check of the spec tells what is wrong with them. */
function shown(spec: WorkloadSpec): Record<string, unknown> {
  const parsed = dockerSettingsSchema.safeParse(spec.settings);
  return parsed.success ? parsed.data : spec.settings;
}

/** How each changed field takes effect. Pure. */
export function diffDocker(from: WorkloadSpec, to: WorkloadSpec): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of ownFields) if (!same(from[field], to[field])) changes.push({ field, effect: 'live' });
  if (!same(from.labels, to.labels)) {
    changes.push({
      field: 'labels',
      effect: 'live',
      why: "NovaCron's own list changes; the engine's labels stay until it is made anew.",
    });
  }
  for (const field of ['vcpus', 'memoryBytes'] as const) {
    if (same(from.resources[field], to.resources[field])) continue;
    changes.push(
      to.resources[field] === undefined
        ? { field: `resources.${field}`, effect: 'recreate', why: 'Docker can change a limit and cannot take it away.' }
        : { field: `resources.${field}`, effect: 'live' },
    );
  }
  for (const field of ['maxVcpus', 'maxMemoryBytes'] as const) {
    if (!same(from.resources[field], to.resources[field]))
      changes.push({ field: `resources.${field}`, effect: 'live' });
  }
  const before = shown(from);
  const after = shown(to);
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[field], after[field])) continue;
    const live = liveSettings.has(field) && !isNone(after[field]);
    changes.push({
      field: `settings.${field}`,
      effect: live ? 'live' : 'recreate',
      ...(live
        ? {}
        : {
            why: 'The container is made anew with its volumes kept; files outside volumes are carried over by an image.',
          }),
    });
  }
  return changes;
}
