import type { Driver, FieldChange } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Resources, WorkloadSpec } from '../../spec.ts';
import type { Engine } from './engine.ts';
import { fakeHandle, work } from './lifecycle.ts';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function resourceChange(field: keyof Resources, from: WorkloadSpec, to: WorkloadSpec): FieldChange {
  const name = `resources.${field}`;
  if (field === 'maxVcpus' || field === 'maxMemoryBytes') {
    return { field: name, effect: 'restart', why: 'The upper end is fixed while it runs.' };
  }
  const limit = field === 'vcpus' ? from.resources.maxVcpus : from.resources.maxMemoryBytes;
  const value = to.resources[field];
  if (value !== undefined && limit !== undefined && value > limit) {
    return { field: name, effect: 'restart', why: `It runs with an upper end of ${limit}.` };
  }
  return { field: name, effect: 'live' };
}

/** How each changed field takes effect. */
export function diffFake(from: WorkloadSpec, to: WorkloadSpec): FieldChange[] {
  const changes: FieldChange[] = [];
  if (from.driver !== to.driver) {
    changes.push({ field: 'driver', effect: 'refused', why: 'A workload stays with its driver.' });
  }
  for (const field of ['vcpus', 'maxVcpus', 'memoryBytes', 'maxMemoryBytes'] as const) {
    if (from.resources[field] !== to.resources[field]) {
      changes.push(resourceChange(field, from, to));
    }
  }
  for (const field of ['name', 'labels', 'notes', 'restart', 'autostart', 'protected'] as const) {
    if (!same(from[field], to[field])) {
      changes.push({ field, effect: 'live' });
    }
  }
  for (const field of new Set([...Object.keys(from.settings), ...Object.keys(to.settings)])) {
    if (!same(from.settings[field], to.settings[field])) {
      changes.push(
        field === 'image'
          ? { field: 'settings.image', effect: 'recreate', why: 'It was made from its image.' }
          : { field: `settings.${field}`, effect: 'restart' },
      );
    }
  }
  return changes;
}

/** Live changes and names. */
export function createChanges(engine: Engine): Required<Pick<Driver, 'update' | 'rename'>> {
  return {
    async update(context, ref, to) {
      const record = engine.look(ref);
      const changes = diffFake(record.spec, to);
      const refused = changes.find((change) => change.effect === 'refused' || change.effect === 'recreate');
      if (refused !== undefined) {
        throw new NovaError('invalid_spec', `${refused.field} of ${ref.name} can't be changed. ${refused.why ?? ''}`, {
          details: { field: refused.field },
        });
      }
      await engine.pass('update.begin', record, context.signal);
      const runs = record.phase === 'running' || record.phase === 'paused';
      const settings = engine.settings(record.spec);
      await work(context, runs ? settings.resizeMs : 0, `Resizing ${ref.name}`);
      const live = new Set(changes.filter((change) => change.effect === 'live').map((change) => change.field));
      const { memoryBytes, vcpus } = to.resources;
      const lags = runs && settings.ignoreResize && live.has('resources.memoryBytes');
      const resources: Resources = !runs
        ? to.resources
        : {
            ...record.spec.resources,
            ...(live.has('resources.vcpus') ? { vcpus } : {}),
            ...(live.has('resources.memoryBytes') && !lags ? { memoryBytes } : {}),
          };
      const { name, labels, notes, restart, autostart, protected: kept } = to;
      const spec = runs
        ? { ...record.spec, name, labels, notes, restart, autostart, protected: kept, resources }
        : { ...to, resources };
      const pending = runs ? changes.filter((change) => change.effect === 'restart').map((change) => change.field) : [];
      engine.change(ref.id, { spec, pending });
      await engine.pass('update.applied', record, context.signal);
      return {
        handle: fakeHandle(ref.id),
        confirmed: resources,
        ...(lags ? { lagging: 'The guest does not give memory back or take more.' } : {}),
      };
    },
    async rename(ref, name) {
      const record = engine.look(ref);
      engine.store.change(ref.id, { spec: { ...record.spec, name } });
    },
  };
}
