import type { Snapshot, SnapshotGroup, SnapshotKind, WorkloadRef } from '../../../driver.ts';
import type { Check } from '../check.ts';
import { ensure, isJson, refuses, same } from '../expect.ts';
import { atOnce, type Kit } from '../kit.ts';

function group(kit: Kit): SnapshotGroup {
  ensure(kit.driver.snapshots !== undefined, 'the driver has no snapshots');
  return kit.driver.snapshots;
}

async function take(kit: Kit, ref: WorkloadRef, name: string, kind: SnapshotKind = 'disk'): Promise<Snapshot> {
  return await group(kit).create(kit.context(), ref, { id: kit.newId(), name, kind });
}

async function goBack(kit: Kit, ref: WorkloadRef, id: string, keep = false): Promise<[WorkloadRef, Snapshot | null]> {
  const done = await group(kit).restore(kit.context(), ref, id, { keep, keepId: kit.newId() });
  return [kit.keep({ ...ref, spec: done.spec, handle: done.handle }), done.kept];
}

/** `a<-b` for each snapshot with its parent's name, and where it stands. */
async function tree(kit: Kit, ref: WorkloadRef): Promise<string[]> {
  const { snapshots, currentId } = await group(kit).list(ref);
  const name = (id: string | null): string => snapshots.find((each) => each.id === id)?.name ?? 'none';
  return [...snapshots.map((each) => `${name(each.parentId)}<-${each.name}`).sort(), `at ${name(currentId)}`];
}

/** Snapshots, clones. */
export const snapshotChecks: Check[] = [
  {
    id: 'snapshot',
    title: 'takes one snapshot for one id, tells it, renames and removes it',
    needs: ['snapshotDisk'],
    async run(kit) {
      const ref = await kit.small();
      same(await tree(kit, ref), ['at none'], 'the tree before');
      const options = { id: kit.newId(), name: 'first', notes: 'why', kind: 'disk' as const };
      const made = await group(kit).create(kit.context(), ref, options);
      isJson(made, 'the snapshot');
      same([made.id, made.name, made.notes, made.kind], [options.id, 'first', 'why', 'disk'], 'the snapshot');
      same((await group(kit).create(kit.context(), ref, options)).id, made.id, 'a second one of the same id');
      same(await tree(kit, ref), ['none<-first', 'at first'], 'the tree');
      isJson(await group(kit).estimate(ref), 'the estimate');
      const renamed = await group(kit).update(ref, made.id, { name: 'renamed' });
      same([renamed.name, renamed.notes], ['renamed', 'why'], 'the renamed snapshot');
      isJson(await group(kit).planRemoval(ref, made.id), 'the plan of a removal');
      await group(kit).remove(kit.context(), ref, made.id);
      await group(kit).remove(kit.context(), ref, made.id);
      same(await tree(kit, ref), ['at none'], 'the tree after the removal');
    },
  },
  {
    id: 'snapshot-unknown',
    title: 'refuses to go back to a snapshot that is not there, and memory of what does not run',
    needs: ['snapshotDisk'],
    async run(kit) {
      const ref = await kit.small();
      await refuses(goBack(kit, ref, kit.newId()), 'going back to nowhere', 'not_found');
      await refuses(take(kit, ref, 'memory', 'disk+memory'), 'memory of what is stopped', 'wrong_state', 'unsupported');
      same(await tree(kit, ref), ['at none'], 'the tree');
    },
  },
  {
    id: 'snapshot-tree',
    title: 'grows a tree, keeps the present before it goes back, and finds it all after a host restart',
    needs: ['snapshotDisk'],
    async run(kit) {
      let ref = await kit.small();
      const a = await take(kit, ref, 'a');
      await take(kit, ref, 'b');
      const [again, kept] = await goBack(kit, ref, a.id, true);
      ref = again;
      ensure(kept !== null && kept.automatic, 'the present state was not kept');
      await take(kit, ref, 'c');
      const expected = [`b<-${kept.name}`, 'a<-b', 'a<-c', 'none<-a', 'at c'].sort();
      same((await tree(kit, ref)).sort(), expected, 'the tree');
      await kit.restartHost();
      await kit.driver.recover(ref.id, ref.spec, ref.handle);
      same((await tree(kit, ref)).sort(), expected, 'the tree after a host restart');
      await group(kit).remove(kit.context(), ref, a.id);
      const left = (await tree(kit, ref)).sort();
      same(left, [`b<-${kept.name}`, 'none<-b', 'none<-c', 'at c'].sort(), 'the tree without its root');
      await kit.start(ref);
    },
  },
  {
    id: 'snapshot-cancelled',
    title: 'leaves the tree as it was when a snapshot is cancelled',
    needs: ['snapshotDisk'],
    async run(kit) {
      const ref = await kit.small();
      await take(kit, ref, 'a');
      const before = await tree(kit, ref);
      const options = { id: kit.newId(), name: 'b', kind: 'disk' as const };
      const cut = group(kit).create(kit.context(AbortSignal.abort()), ref, options);
      await refuses(cut, 'the snapshot', 'cancelled');
      same(await tree(kit, ref), before, 'the tree');
      await kit.start(ref);
    },
  },
  {
    id: 'snapshot-data',
    title: 'brings back the files of the disk, and a removal in between changes none of them',
    needs: ['snapshotDisk'],
    guest: true,
    async run(kit) {
      let ref = await kit.guest();
      let shell = await kit.boot(ref);
      await shell.run('echo one > /data/file; sync');
      const one = await take(kit, ref, 'one');
      await shell.run('echo two > /data/file; sync');
      const two = await take(kit, ref, 'two');
      await shell.run('echo three > /data/file; sync');
      shell.close();
      await kit.driver.stop(kit.context(), ref, atOnce);
      await kit.phase(ref, 'stopped');
      await group(kit).remove(kit.context(), ref, one.id);
      [ref] = await goBack(kit, ref, two.id);
      shell = await kit.boot(ref);
      same(await shell.run('cat /data/file'), 'two', 'the file');
    },
  },
  {
    id: 'snapshot-memory',
    title: 'brings back memory and disk of one instant, running',
    needs: ['snapshotMemory'],
    guest: true,
    async run(kit) {
      let ref = await kit.guest();
      let shell = await kit.boot(ref);
      await shell.run('NOVA=before; echo before > /data/file; sync');
      const taken = await take(kit, ref, 'live', 'disk+memory');
      same(taken.kind, 'disk+memory', 'the kind');
      ensure(taken.memoryBytes > 0, 'the snapshot holds no memory');
      await kit.phase(ref, 'running');
      await shell.run('NOVA=after; echo after > /data/file; sync');
      shell.close();
      [ref] = await goBack(kit, ref, taken.id);
      await kit.phase(ref, 'running');
      shell = await kit.shell(ref);
      same(await shell.run('echo "$NOVA"; cat /data/file'), 'before\nbefore', 'memory and disk');
    },
  },
  {
    id: 'clone',
    title: 'clones what outlives its origin or keeps it from going, linked and full',
    needs: ['clone'],
    async run(kit) {
      const ref = await kit.small();
      const taken = await take(kit, ref, 'base');
      for (const linked of [true, false]) {
        const spec = await kit.smallSpec();
        const target = { id: kit.newId(), spec };
        const snapshotId = linked ? taken.id : null;
        const handle = await group(kit).clone(kit.context(), ref, snapshotId, target, { linked });
        const copy = kit.keep({ id: target.id, name: spec.name, spec, handle });
        same((await kit.driver.inspect(copy)).phase, 'stopped', 'the phase of the clone');
        await group(kit).clone(kit.context(), ref, snapshotId, target, { linked });
        await kit.start(copy);
        await take(kit, copy, 'of the clone');
        same(await tree(kit, ref), ['none<-base', 'at base'], 'the tree of the origin');
      }
      await kit.start(ref);
    },
  },
];
