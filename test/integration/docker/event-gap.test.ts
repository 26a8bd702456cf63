import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { MiB, workloadSpecSchema } from '../../../drivers/spec.ts';
import { type Host, openHost } from '../../../electron/host/host.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { openEventGap } from '../../support/docker/gap.ts';
import { openWatchingHost } from '../../support/docker/watching-host.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
/** Longest wait for the engine on a busy machine, milliseconds. */
const limitMs = 60_000;

describe.skipIf(reason !== null)(title('A gap in the events of Docker'), () => {
  let daemon: TestDaemon;
  let image: string;

  beforeAll(async () => {
    daemon = await startDaemon([], { checkpoints: false });
    image = await importBusybox(daemon.address);
  }, 120_000);
  afterAll(async () => {
    await daemon?.dispose();
  });

  /** A host behind a way that can be cut; all is taken away at the end. */
  const withHost = async (use: (host: Host, gap: Awaited<ReturnType<typeof openEventGap>>) => Promise<void>) => {
    const root = mkdtempSync(join(tmpdir(), 'nova-gap-host-'));
    const gap = await openEventGap(daemon.address);
    const host = await openHost({
      directories: { data: join(root, 'data'), runtime: join(root, 'run'), cache: join(root, 'cache') },
      drivers: [createDockerDriver({ root: join(root, 'docker'), env: { DOCKER_HOST: gap.address } })],
      version: '0.0.0-test',
    });
    try {
      await use(host, gap);
    } finally {
      await host.close();
      await gap.close();
      const { stdout } = await docker('ps', '-aq');
      for (const id of stdout.split('\n').filter(Boolean)) await docker('rm', '-f', '-v', id);
      rmSync(root, { recursive: true, force: true });
    }
  };
  const docker = (...words: string[]) => execa('docker', ['-H', daemon.address, ...words]);
  const context = { signal: new AbortController().signal };
  const run = async (host: Host, name: string, command: string[]): Promise<void> => {
    const spec = workloadSpecSchema.parse({ name, driver: 'docker', settings: { image, command } });
    const { job } = await host.handlers['workloads.create']({ spec, start: true }, context);
    expect((await host.handlers['jobs.wait']({ job: job.id }, context)).error).toBeNull();
  };
  const history = async (host: Host, workload: string): Promise<string[]> =>
    (await host.handlers['events.list']({ workload, limit: 100 }, context))
      .filter((event) => event.kind === 'crashed' || event.kind === 'ended')
      .map((event) => event.message)
      .reverse();
  const phase = async (host: Host, workload: string) =>
    (await host.handlers['workloads.get']({ workload }, context)).observation;
  const runs = async (name: string, starts: number): Promise<void> => {
    await expect
      .poll(async () => (await docker('inspect', '-f', '{{.RestartCount}} {{.State.Running}}', name)).stdout, {
        timeout: limitMs,
      })
      .toBe(`${starts} true`);
  };

  it('tells what ended and began again meanwhile, each once, and what is now', { timeout: 4 * limitMs }, async () => {
    await withHost(async (host, gap) => {
      // Its first run ends with 137, as by a kill for want of memory; the next one stays.
      const once = 'if [ -e /gone ]; then exec sleep 1000; fi; touch /gone; read line < /tmp/go; exit 137';
      await run(host, 'phoenix', ['sh', '-c', `mkfifo /tmp/go 2>/dev/null; ${once}`]);
      await run(host, 'fallen', ['sleep', '1000']);
      await run(host, 'steady', ['sleep', '1000']);
      await docker('update', '--restart=always', 'phoenix');
      await expect.poll(() => gap.open(), { timeout: limitMs }).toBe(1);
      await expect.poll(async () => (await phase(host, 'phoenix')).phase, { timeout: limitMs }).toBe('running');

      gap.cut();
      await docker('exec', 'phoenix', 'sh', '-c', 'echo > /tmp/go');
      await runs('phoenix', 1);
      await docker('stop', '-t', '0', 'fallen');
      gap.mend();

      await expect
        .poll(() => history(host, 'phoenix'), { timeout: limitMs })
        .toEqual(['phoenix crashed: exit code 137. It was started again.']);
      await expect.poll(async () => (await phase(host, 'fallen')).phase, { timeout: limitMs }).toBe('stopped');
      expect(await phase(host, 'phoenix')).toMatchObject({ phase: 'running', reason: 'running' });
      expect(gap.asked().at(-1)).toMatch(/since=\d+\.\d{9}/);

      // A second gap without anything in it tells nothing again.
      const before = gap.asked().length;
      gap.cut();
      gap.mend();
      await expect.poll(() => gap.asked().length, { timeout: limitMs }).toBeGreaterThan(before);
      await expect.poll(() => gap.open(), { timeout: limitMs }).toBe(1);
      // What is told after the stream is open again comes after all that the gap held.
      await docker('kill', 'steady');
      await expect.poll(() => history(host, 'steady'), { timeout: limitMs }).toHaveLength(1);
      expect(await history(host, 'phoenix')).toHaveLength(1);
      expect(await history(host, 'fallen')).toEqual(['fallen ended: exit code 137']);
    });
  });

  it('tells what ended for want of memory while the streams were cut, and while no host was there', {
    timeout: 4 * limitMs,
  }, async () => {
    const gap = await openEventGap(daemon.address);
    const watching = await openWatchingHost(daemon.address, image, gap.address);
    const messages = async () => (await watching.ends('eater')).map((event) => event.message);
    const told = 'eater crashed: killed: out of memory. It was started again.';
    // Each run waits for a word and then takes more memory than it may; a mark in a file says how many have begun.
    const eat = 'echo >> /runs; mkfifo /go 2>/dev/null; read x < /go; x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done';
    const begun = async (runs: number): Promise<void> => {
      await expect
        .poll(() => watching.docker('exec', 'eater', 'sh', '-c', 'wc -l < /runs').catch(String), { timeout: limitMs })
        .toBe(String(runs));
    };
    const go = () => watching.docker('exec', 'eater', 'sh', '-c', 'echo go > /go');
    try {
      await watching.run('eater', ['sh', '-c', eat], { memoryBytes: 16 * MiB });
      await watching.docker('update', '--restart=always', '--memory-swap', '16m', 'eater');
      await begun(1);
      await expect.poll(() => gap.open(), { timeout: limitMs }).toBe(1);
      gap.cut();
      await go();
      await begun(2);
      gap.mend();
      await expect.poll(messages, { timeout: limitMs }).toEqual([told]);

      await watching.close();
      const beginMs = Date.now();
      for (const runs of [3, 4]) {
        await go();
        await begun(runs);
      }
      const endMs = Date.now();
      await watching.open();
      await expect.poll(messages, { timeout: limitMs }).toEqual([told, told, told]);
      for (const { atMs } of (await watching.ends('eater')).slice(1)) {
        expect(atMs).toBeGreaterThanOrEqual(beginMs);
        expect(atMs).toBeLessThanOrEqual(endMs);
      }
      // One that ends for good while nobody is there is told as that.
      await watching.close();
      await watching.docker('update', '--restart=no', 'eater');
      await go();
      await expect
        .poll(() => watching.docker('inspect', '-f', '{{.State.Running}}', 'eater'), { timeout: limitMs })
        .toBe('false');
      await watching.open();
      await expect
        .poll(messages, { timeout: limitMs })
        .toEqual([told, told, told, 'eater crashed: killed: out of memory']);
      expect(await watching.shown('eater')).toMatchObject({ phase: 'crashed', reason: 'killed: out of memory' });
    } finally {
      await watching.dispose();
      await gap.close();
      await watching.docker('rm', '-f', '-v', 'eater');
    }
  });

  it('tells it also when it is restarted before anybody looks, without a gap', { timeout: 4 * limitMs }, async () => {
    await withHost(async (host, gap) => {
      const thrice = 'n=$(ls /tmp | wc -l); if [ $n -ge 3 ]; then exec sleep 1000; fi; touch /tmp/$n; exit $((n + 3))';
      await expect.poll(() => gap.open(), { timeout: limitMs }).toBe(1);
      const spec = workloadSpecSchema.parse({
        name: 'looper',
        driver: 'docker',
        settings: { image, command: ['sh', '-c', thrice] },
      });
      const { job } = await host.handlers['workloads.create']({ spec, start: false }, context);
      await host.handlers['jobs.wait']({ job: job.id }, context);
      await docker('update', '--restart=always', 'looper');
      await docker('start', 'looper');
      await runs('looper', 3);
      await expect
        .poll(() => history(host, 'looper'), { timeout: limitMs })
        .toEqual([3, 4, 5].map((code) => `looper crashed: exit code ${code}. It was started again.`));
      await expect.poll(async () => (await phase(host, 'looper')).phase, { timeout: limitMs }).toBe('running');
    });
  });
});
