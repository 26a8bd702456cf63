import type { Snapshot, SnapshotGroup, SnapshotKind } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Engine } from './engine.ts';
import { boot, fakeHandle, freshRecord, work } from './lifecycle.ts';
import type { Contents, FakeRecord, FakeSnapshot } from './record.ts';

const size = (contents: Contents | null): number => (contents === null ? 0 : JSON.stringify(contents).length);
const strip = (snapshot: FakeSnapshot): Snapshot => {
  const shown: Snapshot & Partial<FakeSnapshot> = { ...snapshot };
  delete shown.disk;
  delete shown.memory;
  return shown;
};
const running = (record: FakeRecord): boolean => record.phase === 'running' || record.phase === 'paused';
/** How much of the console a snapshot keeps, bytes. */
const tailBytes = 400;

function find(record: FakeRecord, id: string): FakeSnapshot {
  const found = record.snapshots.find((snapshot) => snapshot.id === id);
  if (found === undefined) {
    throw new NovaError('not_found', `${record.spec.name} has no snapshot ${id}.`);
  }
  return found;
}

function checkKind(record: FakeRecord, kind: SnapshotKind): void {
  if ((kind === 'disk+memory' || kind === 'memory') && !running(record)) {
    throw new NovaError('wrong_state', `${record.spec.name} does not run, so it has no memory to keep.`);
  }
}

/** Snapshots of the fake engine. Each is written together with the tree in one file, so it is whole or not there. */
export function createSnapshots(engine: Engine): SnapshotGroup {
  const { store } = engine;
  const told = (id: string): void => engine.events.send({ type: 'snapshots', id });
  const take = (record: FakeRecord, options: Parameters<SnapshotGroup['create']>[2]): FakeSnapshot => {
    const memory = options.kind === 'disk+memory' || options.kind === 'memory' ? record.memory : null;
    const disk = options.kind === 'config' ? {} : record.disk;
    return {
      id: options.id,
      name: options.name,
      notes: options.notes ?? '',
      kind: options.kind,
      parentId: record.currentId,
      createdAtMs: Date.now(),
      sizeBytes: size(disk),
      memoryBytes: size(memory),
      automatic: options.automatic ?? false,
      pauseMs: memory === null ? 0 : 1,
      consoleTail: Buffer.from(engine.consoles.tail(record.id, tailBytes)).toString('utf8'),
      spec: record.spec,
      disk,
      memory,
    };
  };

  const group: SnapshotGroup = {
    async list(ref) {
      const record = engine.look(ref);
      return { snapshots: record.snapshots.map(strip), currentId: record.currentId };
    },
    async estimate(ref) {
      const record = engine.look(ref);
      const reason = running(record) ? undefined : 'It does not run.';
      return {
        kinds: [
          { kind: 'disk', available: true, pauseMs: 0, sizeBytes: size(record.disk) },
          { kind: 'disk+memory', available: running(record), reason, pauseMs: 1, sizeBytes: size(record.memory) },
        ],
      };
    },
    async create(context, ref, options) {
      const record = engine.look(ref);
      const known = record.snapshots.find((snapshot) => snapshot.id === options.id);
      if (known !== undefined) {
        return strip(known);
      }
      checkKind(record, options.kind);
      await engine.pass('snapshot.begin', record, context.signal);
      await work(context, engine.settings(record.spec).snapshotMs, `Taking ${options.name}`);
      const now = engine.look(ref);
      checkKind(now, options.kind);
      const made = take(now, options);
      store.change(ref.id, { snapshots: [...now.snapshots, made], currentId: made.id });
      told(ref.id);
      await engine.pass('snapshot.written', record, context.signal).catch((error: unknown) => {
        store.change(ref.id, { snapshots: now.snapshots, currentId: now.currentId });
        told(ref.id);
        throw error;
      });
      return strip(made);
    },
    async restore(context, ref, snapshotId, options) {
      const record = engine.look(ref);
      const target = find(record, snapshotId);
      await engine.pass('restore.begin', record, context.signal);
      await work(context, engine.settings(record.spec).snapshotMs, `Going back to ${target.name}`);
      let kept: Snapshot | null = null;
      if (options.keep) {
        kept = await group.create(context, ref, {
          id: options.keepId,
          name: `Before ${target.name}`.slice(0, 63).trim(),
          kind: running(record) ? 'disk+memory' : 'disk',
          automatic: true,
        });
        await engine.pass('restore.kept', record, context.signal);
      }
      engine.finish(ref.id, { phase: 'stopped', reason: `Taken back to ${target.name}.`, exitCode: null });
      // The name is the present one: other workloads may have taken the old one.
      const spec = { ...target.spec, name: ref.spec.name };
      const next = store.change(ref.id, { spec, disk: target.disk, currentId: target.id });
      told(ref.id);
      await engine.pass('restore.written', record, context.signal);
      if (target.memory !== null) {
        await boot(engine, context, next, target.memory);
      }
      return { handle: fakeHandle(ref.id), spec, kept };
    },
    async planRemoval(ref, snapshotId) {
      const record = engine.look(ref);
      const target = find(record, snapshotId);
      const children = record.snapshots.filter((snapshot) => snapshot.parentId === snapshotId);
      return {
        deletes: [`${ref.id}.json#${target.id}`],
        merges: children.map((child) => `${ref.id}.json#${child.id}`),
        freesBytes: target.sizeBytes + target.memoryBytes,
      };
    },
    async remove(context, ref, snapshotId) {
      const record = engine.look(ref);
      const target = record.snapshots.find((snapshot) => snapshot.id === snapshotId);
      if (target === undefined) {
        return;
      }
      await engine.pass('removeSnapshot.begin', record, context.signal);
      const snapshots = record.snapshots
        .filter((snapshot) => snapshot !== target)
        .map((each) => (each.parentId === target.id ? { ...each, parentId: target.parentId } : each));
      const currentId = record.currentId === target.id ? target.parentId : record.currentId;
      store.change(ref.id, { snapshots, currentId });
      told(ref.id);
    },
    async update(ref, snapshotId, change) {
      const record = engine.look(ref);
      const target = find(record, snapshotId);
      const changed = { ...target, name: change.name ?? target.name, notes: change.notes ?? target.notes };
      store.change(ref.id, { snapshots: record.snapshots.map((each) => (each === target ? changed : each)) });
      told(ref.id);
      return strip(changed);
    },
    async clone(context, ref, snapshotId, target) {
      const record = engine.look(ref);
      const disk = snapshotId === null ? record.disk : find(record, snapshotId).disk;
      if (store.find(target.id)?.intent === null) {
        return fakeHandle(target.id);
      }
      await engine.pass('clone.begin', record, context.signal);
      try {
        store.put(freshRecord(target.id, target.spec, { disk, phase: 'creating', intent: 'clone' }));
        await work(context, engine.settings(record.spec).createMs, `Cloning ${ref.name}`);
        await engine.pass('clone.recorded', record, context.signal);
      } catch (error) {
        store.remove(target.id);
        throw error;
      }
      engine.change(target.id, { phase: 'stopped', reason: `Cloned from ${ref.name}.`, intent: null });
      return fakeHandle(target.id);
    },
  };
  return group;
}
