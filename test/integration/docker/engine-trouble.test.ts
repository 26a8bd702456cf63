import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type {
  Driver,
  DriverEvent,
  Observation,
  OperationContext,
  Probe,
  WorkloadRef,
} from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import { MiB, workloadSpecSchema } from '../../../drivers/spec.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { openLossyEngine } from '../../support/docker/lossy-engine.ts';
import { stopProcess } from '../../support/stopped.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
/** Longest wait for the engine on a busy machine, milliseconds. */
const limitMs = 60_000;

const context = (): OperationContext => ({
  signal: new AbortController().signal,
  progress: () => undefined,
  log: () => undefined,
  saveHandle: () => undefined,
});

describe.skipIf(reason !== null)(title('Docker engine in trouble'), () => {
  let daemon: TestDaemon;
  let root: string;
  let image: string;
  let driver: Driver;
  let count = 0;

  beforeAll(async () => {
    daemon = await startDaemon();
    image = await importBusybox(daemon.address);
    root = mkdtempSync(join(tmpdir(), 'nova-docker-'));
    driver = createDockerDriver({ root, env: { DOCKER_HOST: daemon.address } });
  }, 120_000);
  afterEach(async () => {
    const left = await execa('docker', ['-H', daemon.address, 'ps', '-aq']);
    for (const id of left.stdout.split('\n').filter(Boolean))
      await execa('docker', ['-H', daemon.address, 'rm', '-f', '-v', id]);
  });
  afterAll(async () => {
    await driver?.close();
    await daemon?.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  const make = async (
    settings: Record<string, unknown> = {},
    resources: Record<string, number> = {},
  ): Promise<WorkloadRef> => {
    count += 1;
    const id = `w${count}`;
    const parsed = workloadSpecSchema.parse({
      name: `web${count}`,
      driver: 'docker',
      resources,
      settings: { image, command: ['sleep', '1000'], ...settings },
    });
    const spec = await driver.resolve(parsed);
    return { id, name: spec.name, spec, handle: await driver.create(context(), id, spec) };
  };
  const until = async (ref: WorkloadRef, phase: string): Promise<Observation> => {
    let seen: Observation | undefined;
    await expect.poll(async () => (seen = await driver.inspect(ref)).phase, { timeout: limitMs }).toBe(phase);
    return seen as Observation;
  };

  it('fault 33: says that the engine is stopped, and finds everything when it is back', async () => {
    const ref = await make();
    await driver.start(context(), ref);
    const stop = new AbortController();
    const probes: Probe[] = [];
    const reading = (async () => {
      for await (const probe of driver.probe(stop.signal)) probes.push(probe);
    })();
    await expect.poll(() => probes.at(-1)?.health, { timeout: limitMs }).toBe('healthy');
    await daemon.stop();
    await expect(driver.inspect(ref)).rejects.toMatchObject({ code: 'engine_unavailable', retryable: true });
    await expect(driver.start(context(), ref)).rejects.toMatchObject({ code: 'engine_unavailable' });
    await expect.poll(() => probes.at(-1)?.health, { timeout: limitMs }).toBe('undetected');
    expect(probes.at(-1)?.fixes.length).toBeGreaterThan(0);
    await daemon.start();
    await expect.poll(() => probes.at(-1)?.health, { timeout: limitMs }).toBe('healthy');
    stop.abort();
    await reading;
    // Without live-restore a container ends with its engine.
    expect(['stopped', 'crashed']).toContain((await driver.inspect(ref)).phase);
    await driver.start(context(), ref);
    await until(ref, 'running');
  });

  it('fault 34: an engine that is killed comes back with its containers, and events go on', async () => {
    const ref = await make();
    await driver.start(context(), ref);
    const stop = new AbortController();
    const events: DriverEvent[] = [];
    const reading = (async () => {
      for await (const event of driver.events(stop.signal)) events.push(event);
    })();
    await expect.poll(() => events.some((event) => event.type === 'resync'), { timeout: limitMs }).toBe(true);
    await daemon.stop('SIGKILL');
    events.length = 0;
    await daemon.start();
    await expect.poll(() => events.some((event) => event.type === 'resync'), { timeout: limitMs }).toBe(true);
    const { observation } = await driver.recover(ref.id, ref.spec, ref.handle);
    expect(['running', 'stopped', 'crashed']).toContain(observation.phase);
    await driver.start(context(), ref);
    await expect
      .poll(
        () =>
          events.some(
            (event) => event.type === 'observed' && event.id === ref.id && event.observation.phase === 'running',
          ),
        { timeout: limitMs },
      )
      .toBe(true);
    stop.abort();
    await reading;
  });

  it('fault 35: an engine that hangs gets a time-out and not a hang, and answers again', async () => {
    const ref = await make();
    const pid = daemon.child().pid as number;
    stopProcess(pid);
    try {
      await expect(driver.inspect(ref)).rejects.toMatchObject({ code: 'timeout', retryable: true });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until(ref, 'stopped');
  });

  it('fault 36: answers that are no answers are told as such', async () => {
    const path = join(root, 'garbage.sock');
    for (const answer of [
      'garbage\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"trunc":',
    ]) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(answer));
      });
      await new Promise<void>((resolve) => {
        server.listen(path, resolve);
      });
      const other = createDockerDriver({ root: join(root, 'garbage'), env: { DOCKER_HOST: `unix://${path}` } });
      for await (const probe of other.probe(new AbortController().signal)) {
        expect(probe.health).not.toBe('healthy');
        expect(probe.summary).not.toBe('');
        break;
      }
      await other.close();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  });

  it('fault 37: a create whose answer was lost makes no second container', async () => {
    const lossy = await openLossyEngine(daemon.address, 'POST', /\/containers\/create/);
    const other = createDockerDriver({ root: join(root, 'lossy'), env: { DOCKER_HOST: lossy.address } });
    try {
      const spec = await other.resolve(
        workloadSpecSchema.parse({ name: 'lossy', driver: 'docker', settings: { image, command: ['sleep', '1000'] } }),
      );
      const handle = await other.create(context(), 'lossy', spec);
      expect(lossy.lost()).toBe(1);
      // Asked for again, as after the end of a host that had no answer: also with the record gone the label is enough.
      expect(await other.create(context(), 'lossy', spec)).toEqual(handle);
      rmSync(join(root, 'lossy', 'lossy.json'));
      expect(await other.create(context(), 'lossy', spec)).toEqual(handle);
      const ref = { id: 'lossy', name: 'lossy', spec, handle };
      const mine = ['-aq', '--filter', 'label=io.novacron.id=lossy'];
      const all = await execa('docker', ['-H', daemon.address, 'ps', ...mine]);
      expect(all.stdout.split('\n')).toHaveLength(1);
      await other.start(context(), ref);
      await other.remove(context(), ref);
      expect((await execa('docker', ['-H', daemon.address, 'ps', ...mine])).stdout).toBe('');
    } finally {
      await other.close();
      await lossy.close();
    }
  });

  it('fault 34: containerd is killed under the engine: containers run on, and all works when it is back', async () => {
    const ref = await make();
    await driver.start(context(), ref);
    const { pid } = await until(ref, 'running');
    const found = await execa('pgrep', ['-f', `^containerd --config ${daemon.directory}/`]);
    const before = found.stdout.split('\n').map(Number);
    expect(before).toHaveLength(1);
    process.kill(before[0] as number, 'SIGKILL');
    expect((await driver.inspect(ref)).pid).toBe(pid);
    // The engine starts another one by itself.
    await expect
      .poll(
        async () =>
          (await execa('pgrep', ['-f', `^containerd --config ${daemon.directory}/`], { reject: false })).stdout,
        { timeout: limitMs },
      )
      .toMatch(/^\d+$/);
    const stopped = async (): Promise<string> => {
      try {
        await driver.stop(context(), ref, { graceMs: 100, force: true });
      } catch (error) {
        // Told while it is away; tried again.
        expect(error).toBeInstanceOf(NovaError);
      }
      return (await driver.inspect(ref)).phase;
    };
    await expect.poll(stopped, { timeout: limitMs, interval: 500 }).toMatch(/stopped|crashed/);
    await expect
      .poll(() => driver.start(context(), ref).then(() => 'started', String), { timeout: limitMs, interval: 500 })
      .toBe('started');
    await until(ref, 'running');
  });

  it('fault 38: a container that was removed behind our back is lost, and removing it is success', async () => {
    const ref = await make();
    await execa('docker', ['-H', daemon.address, 'rm', '-f', ref.name]);
    expect((await driver.inspect(ref)).phase).toBe('lost');
    expect((await driver.recover(ref.id, ref.spec, ref.handle)).observation.phase).toBe('lost');
    await driver.remove(context(), ref);
    await driver.remove(context(), ref);
  });

  it('fault 39: a container whose shim is killed has ended, and starts again', async () => {
    const ref = await make();
    await driver.start(context(), ref);
    const { pid } = await until(ref, 'running');
    // The shim is the parent of a container's main process.
    const shim = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    process.kill(Number(shim), 'SIGKILL');
    await expect.poll(async () => (await driver.inspect(ref)).phase, { timeout: limitMs }).toMatch(/stopped|crashed/);
    await driver.start(context(), ref);
    await until(ref, 'running');
  });

  it('fault 52: out of memory is told as that', async () => {
    const ref = await make(
      { command: ['sh', '-c', 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done'], memorySwapBytes: 16 * MiB },
      { memoryBytes: 16 * MiB },
    );
    await driver.start(context(), ref);
    const seen = await until(ref, 'crashed');
    expect(seen.reason).toBe('killed: out of memory');
  });

  it('fault 54: a port that is taken is told as a conflict', async () => {
    const first = await make({ ports: [{ hostPort: 18_080, containerPort: 80 }] });
    await driver.start(context(), first);
    const second = await make({ ports: [{ hostPort: 18_080, containerPort: 80 }] });
    await expect(driver.start(context(), second)).rejects.toMatchObject({ code: 'conflict' });
    await until(first, 'running');
  });

  it('a name that is taken and an image that is missing are told as such', async () => {
    const ref = await make();
    await expect(driver.create(context(), 'other', ref.spec)).rejects.toMatchObject({ code: 'already_exists' });
    await expect(make({ image: 'no-such-image:1' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('adopts a container of somebody else without touching it', async () => {
    await execa('docker', ['-H', daemon.address, 'run', '-d', '--name', 'stranger', image, 'sleep', '1000']);
    const foreign = (await driver.discover?.())?.find((one) => one.name === 'stranger');
    expect(foreign).toMatchObject({ ours: false, observation: { phase: 'running' } });
    const adopted = await driver.adopt?.(String(foreign?.engineId), 'adopted');
    expect(adopted?.spec).toMatchObject({ name: 'stranger', settings: { image, command: ['sleep', '1000'] } });
    const ref: WorkloadRef = {
      id: 'adopted',
      name: 'stranger',
      spec: adopted?.spec as WorkloadRef['spec'],
      handle: adopted?.handle as WorkloadRef['handle'],
    };
    expect((await driver.inspect(ref)).phase).toBe('running');
    await driver.remove(context(), ref);
    expect((await driver.discover?.())?.some((one) => one.name === 'stranger')).toBe(false);
  });

  it('changes ports in place by a new container that keeps files and volumes', async () => {
    const ref = await make({ mounts: [{ type: 'volume', source: 'kept', target: '/data' }] });
    await driver.start(context(), ref);
    const run = async (line: string, on = ref): Promise<string> => {
      const channel = await driver.exec?.(on, { command: ['sh', '-c', line], tty: false });
      let text = '';
      for await (const bytes of channel?.output ?? []) text += Buffer.from(bytes).toString();
      return text.trim();
    };
    await run('echo one > /data/f; echo two > /f');
    const to = {
      ...ref.spec,
      settings: {
        ...ref.spec.settings,
        ports: [{ hostAddress: '127.0.0.1', hostPort: 0, containerPort: 80, protocol: 'tcp' }],
      },
    };
    await driver.update?.(context(), ref, to);
    const changed = { ...ref, spec: to };
    expect((await until(changed, 'running')).addresses?.some((one) => one.text.includes('80/tcp'))).toBe(true);
    expect(await run('cat /data/f /f', changed)).toBe('one\ntwo');
    await driver.remove(context(), changed);
    await execa('docker', ['-H', daemon.address, 'volume', 'rm', 'kept']);
  });
});
