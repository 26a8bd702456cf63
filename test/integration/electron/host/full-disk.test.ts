import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeDriver } from '../../../../drivers/conformance/fake/fake-driver.ts';
import { openHost } from '../../../../electron/host/host.ts';
import { fakeSpec } from '../../../support/host/open-test-host.ts';

let root = '';
let mounted = false;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'novacron-full-'));
  mkdirSync(join(root, 'data'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', join(root, 'data')], { stdio: 'pipe' });
    mounted = true;
  } catch {
    mounted = false;
  }
});
afterEach(() => {
  if (mounted) {
    execFileSync('umount', ['-l', join(root, 'data')]);
  }
  rmSync(root, { recursive: true, force: true });
});

/** Fills the small disk to the last byte. */
function fill(): () => void {
  const file = join(root, 'data', 'filler');
  let size = 8 * 1024 * 1024;
  let written = 0;
  const parts: string[] = [];
  while (size >= 512) {
    try {
      const part = `${file}-${written}`;
      parts.push(part);
      writeFileSync(part, Buffer.alloc(size));
      written += 1;
    } catch {
      written += 1;
      size = Math.floor(size / 2);
    }
  }
  return () => parts.forEach((part) => rmSync(part, { force: true }));
}

test('fault 25: on a full disk the host is read-only, workloads go on and can be stopped, and it heals by itself', async (context) => {
  context.skip(!mounted, 'a small file system can only be mounted by root');
  const fake = createFakeDriver({ root: join(root, 'engine') });
  const host = await openHost({
    directories: { data: join(root, 'data'), runtime: join(root, 'run'), cache: join(root, 'cache') },
    drivers: [fake],
    version: '0',
  });
  const call = { signal: new AbortController().signal };
  const { handlers } = host;
  const make = async (name: string) => {
    const { job } = await handlers['workloads.create']({ spec: fakeSpec(name), start: false }, call);
    return handlers['jobs.wait']({ job: job.id }, call);
  };
  const start = async (name: string) => {
    const { job } = await handlers['workloads.start']({ workload: name }, call);
    return handlers['jobs.wait']({ job: job.id }, call);
  };
  try {
    await make('a');
    await start('a');
    const free = fill();
    // The write-ahead log may still have room in pages that it holds: writes go on until it is full too.
    let refused: unknown = null;
    for (let round = 0; refused === null && round < 2000; round += 1) {
      try {
        const job = await make(`filler${round}`);
        refused = job.state === 'succeeded' ? null : job.error;
      } catch (error) {
        refused = error;
      }
    }
    expect(refused).toMatchObject({ code: 'resource_exhausted' });
    expect((await handlers['host.info']({}, call)).readOnly).toContain('full');
    expect((await handlers['workloads.get']({ workload: 'a' }, call)).observation.phase).toBe('running');
    const { job } = await handlers['workloads.stop']({ workload: 'a', force: true }, call);
    expect(await handlers['jobs.wait']({ job: job.id }, call)).toMatchObject({ state: 'succeeded' });
    expect((await handlers['workloads.get']({ workload: 'a' }, call)).observation.phase).toBe('stopped');
    const engine = fake.controls.states().map((each) => each.name);
    const listed = (await handlers['workloads.list']({}, call)).map((each) => each.spec.name);
    expect(engine.toSorted()).toEqual(listed.toSorted());
    free();
    await healed(() => handlers['host.info']({}, call));
    expect(await make('after')).toMatchObject({ state: 'succeeded' });
  } finally {
    await host.close();
  }
});

async function healed(info: () => Promise<{ readOnly: string | null }>): Promise<void> {
  await expect.poll(async () => (await info()).readOnly, { timeout: 30_000, interval: 200 }).toBeNull();
}
