import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, SnapshotGroup, WorkloadRef } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import { findCriu } from '../../../scripts/setup/criu.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { openStepEngine, type StepEngine } from '../../support/docker/hanging-engine.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
const criu = reason === null ? findCriu() : null;
const noMemory = criu !== null && 'program' in criu ? null : 'no CRIU works here';
/** Longest wait for what the driver does by itself, on a busy machine, milliseconds. */
const limitMs = 60_000;

/** All commands of each operation take a quarter of an hour: usually it hangs at one of each. */
const everyStep = process.env['NOVACRON_HUNG_STEPS'] === 'all';
/** Longest time for all commands of one operation, milliseconds. */
const walkMs = 900_000;

/** One operation in whose middle the engine hangs. */
type Operation = {
  memory?: boolean;
  /** The command at which it hangs unless it does at every one. */
  at: number;
  /** What is there before. */
  before?(ref: WorkloadRef): Promise<void>;
  /** `tries` is 0 for the one that meets the hang. */
  run(ref: WorkloadRef, tries: number): Promise<unknown> | undefined;
  /** What is there after it was tried again. */
  after(ref: WorkloadRef): Promise<void>;
};

describe.skipIf(reason !== null)(title('Docker: an engine that hangs in each step of an operation'), () => {
  let rig: DockerRig;
  let engine: StepEngine;
  let root: string;
  let driver: Driver;
  let snapshots: SnapshotGroup;
  let count = 0;
  beforeAll(async () => {
    rig = await openDockerRig([], noMemory === null ? {} : { checkpoints: false });
  }, 120_000);
  afterAll(() => rig?.dispose());
  beforeEach(async () => {
    engine = await openStepEngine(rig.daemon);
    root = mkdtempSync(join(tmpdir(), 'nova-steps-'));
    driver = createDockerDriver({ root, env: { DOCKER_HOST: engine.address }, limits: engine.limits });
    snapshots = driver.snapshots as SnapshotGroup;
  });
  afterEach(async () => {
    await driver.close();
    await engine.close();
    await rig.clean();
    rmSync(root, { recursive: true, force: true });
  });

  const shell = async (ref: WorkloadRef, line: string): Promise<string> =>
    (await rig.docker('exec', ref.name, 'sh', '-c', line)).join('\n');
  const make = async (): Promise<WorkloadRef> => {
    count += 1;
    const [id, name] = [`s${count}`, `step${count}`];
    const spec = await driver.resolve(
      workloadSpecSchema.parse({
        name,
        driver: 'docker',
        settings: {
          image: rig.image,
          command: ['sh', '-c', 'trap exit TERM; i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.1; done'],
          mounts: [{ type: 'volume', source: `${name}-data`, target: '/data' }],
        },
      }),
    );
    const ref = { id, name, spec, handle: await driver.create(rig.context(), id, spec) };
    await driver.start(rig.context(), ref);
    await shell(ref, 'echo one > /data/f; echo one > /f');
    return ref;
  };
  const take = (ref: WorkloadRef, id: string, kind: 'disk' | 'disk+memory' = 'disk') =>
    snapshots.create(rig.context(), ref, { id, name: id, kind });
  const changed = (ref: WorkloadRef) => ({ ...ref.spec, settings: { ...ref.spec.settings, hostname: 'changed' } });
  const change = (ref: WorkloadRef) => driver.update?.(rig.context(), ref, changed(ref));
  const revert = (ref: WorkloadRef) => driver.kept?.revert(rig.context(), { ...ref, spec: changed(ref) });
  const restore = (ref: WorkloadRef, keep: boolean, tries: number) =>
    snapshots.restore(rig.context(), ref, 'base', { keep, keepId: `way${tries}` });
  const files = async (ref: WorkloadRef, text: string): Promise<void> =>
    expect(await shell(ref, 'cat /data/f /f')).toBe(`${text}\n${text}`);
  const two = (ref: WorkloadRef) => shell(ref, 'echo two > /data/f; echo two > /f');
  const listed = async (ref: WorkloadRef): Promise<string[]> =>
    (await snapshots.list(ref)).snapshots.map((one) => one.id).toSorted();
  const copyOf = (ref: WorkloadRef, tries: number): WorkloadRef => {
    const name = `${ref.name}-too`;
    return { ...ref, id: `${ref.id}c${tries}`, name, spec: { ...ref.spec, name } };
  };
  let copy: WorkloadRef | null = null;
  const clone = async (ref: WorkloadRef, from: string | null, tries: number): Promise<void> => {
    const target = copyOf(ref, tries);
    const handle = await snapshots.clone(rig.context(), ref, from, target, { linked: false });
    copy = { ...target, handle };
  };
  const cloned = async (): Promise<void> => {
    const made = copy as WorkloadRef;
    await driver.start(rig.context(), made);
    await files(made, 'one');
    await driver.remove(rig.context(), made);
  };

  const operations: Record<string, Operation> = {
    'a change that makes it anew': {
      at: 3,
      run: change,
      async after(ref) {
        expect(await shell(ref, 'hostname')).toBe('changed');
        await files(ref, 'one');
      },
    },
    'the way back from a change': {
      at: 2,
      async before(ref) {
        await change(ref);
        await two(ref);
      },
      run: revert,
      async after(ref) {
        expect(await shell(ref, 'hostname')).not.toBe('changed');
        expect(await shell(ref, 'cat /data/f /f')).toBe('two\none');
      },
    },
    'the removal of what a change kept': {
      at: 1,
      before: async (ref) => void (await change(ref)),
      run: (ref) => driver.kept?.drop(rig.context(), ref),
      after: async (ref) => expect(await driver.kept?.get(ref)).toBeNull(),
    },
    'a snapshot': {
      at: 7,
      run: (ref, tries) => take(ref, `p${tries}`),
      async after(ref) {
        expect(await listed(ref)).toHaveLength(1);
        await two(ref);
        await snapshots.restore(rig.context(), ref, (await listed(ref))[0] ?? '', { keep: false, keepId: '' });
        await files(ref, 'one');
      },
    },
    'going back to a snapshot, with a restore point': {
      at: 18,
      async before(ref) {
        await take(ref, 'base');
        await two(ref);
      },
      run: (ref, tries) => restore(ref, true, tries),
      async after(ref) {
        await files(ref, 'one');
        // Of some restore point that it was made when all was as before.
        const way = (await listed(ref)).find((id) => id.startsWith('way')) ?? '';
        await snapshots.restore(rig.context(), ref, way, { keep: false, keepId: '' });
        await files(ref, 'two');
      },
    },
    'the removal of a snapshot': {
      at: 2,
      before: async (ref) => void (await take(ref, 'base')),
      run: (ref) => snapshots.remove(rig.context(), ref, 'base'),
      after: async (ref) => expect(await listed(ref)).toEqual([]),
    },
    'a clone of a snapshot': {
      at: 7,
      before: async (ref) => void (await take(ref, 'base')),
      run: (ref, tries) => clone(ref, 'base', tries),
      after: cloned,
    },
    'a clone of the present state': {
      at: 12,
      run: (ref, tries) => clone(ref, null, tries),
      async after(ref) {
        await cloned();
        expect(await listed(ref)).toEqual([]);
      },
    },
    'a snapshot with memory': {
      at: 7,
      memory: true,
      run: (ref, tries) => take(ref, `m${tries}`, 'disk+memory'),
      async after(ref) {
        expect(await listed(ref)).toHaveLength(1);
        expect((await driver.inspect(ref)).phase).toBe('running');
      },
    },
    'going back to a snapshot with memory': {
      at: 10,
      memory: true,
      async before(ref) {
        await take(ref, 'base', 'disk+memory');
        await two(ref);
      },
      run: (ref, tries) => restore(ref, false, tries),
      async after(ref) {
        expect((await driver.inspect(ref)).phase).toBe('running');
        await files(ref, 'one');
      },
    },
    'a removal': {
      at: 1,
      before: async (ref) => void (await take(ref, 'base')),
      run: (ref) => driver.remove(rig.context(), ref),
      after: () => Promise.resolve(),
    },
  };

  /** Does it once with the engine hanging at that command, then until it succeeds. False when it has fewer commands. */
  const step = async (name: string, at: number): Promise<boolean> => {
    const operation = operations[name] as Operation;
    copy = null;
    const ref = await make();
    await operation.before?.(ref);
    const met = await engine.hung(at, async () => operation.run(ref, 0));
    if (met.command === null) {
      if (met.error !== null) throw met.error;
      if (copy !== null) await driver.remove(rig.context(), copy);
      await driver.remove(rig.context(), ref);
      return false;
    }
    const where = `${name}, command ${at}: ${met.command}`;
    if (met.error !== null) {
      expect(met.error, where).toBeInstanceOf(NovaError);
      expect(met.error, where).toMatchObject({ code: 'timeout', retryable: true });
    }
    try {
      if (met.error !== null) await operation.run(ref, 1);
      await operation.after(ref);
      await driver.remove(rig.context(), ref);
      await expect.poll(() => rig.ours(), { timeout: limitMs, interval: 200 }).toEqual([]);
      const left = (await rig.docker('volume', 'ls', '-q')).filter((one) => !/^step\d+-data/.test(one));
      expect(left).toEqual([]);
    } catch (cause) {
      throw new Error(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
    return true;
  };

  const names = Object.keys(operations).map((name) => {
    const why = operations[name]?.memory === true ? noMemory : null;
    return [name, why] as const;
  });
  for (const [name, why] of names) {
    it.skipIf(why !== null)(
      `fault 35: in ${name}: tried again it is done, nothing is lost and nothing is left${why === null ? '' : ` [skipped: ${why}]`}`,
      async () => {
        if (!everyStep) {
          expect(await step(name, operations[name]?.at ?? 1)).toBe(true);
          return;
        }
        const failures: string[] = [];
        for (let at = 1; ; at += 1) {
          try {
            if (!(await step(name, at))) break;
          } catch (error) {
            failures.push(error instanceof Error ? error.message : String(error));
            await rig.clean();
          }
        }
        expect(failures).toEqual([]);
      },
      walkMs,
    );
  }
});
