import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerEndpoints } from '../../../drivers/docker/endpoints/driver.ts';
import type { Driver, DriverEvent, Probe, WorkloadRef } from '../../../drivers/driver.ts';
import { workloadSpecSchema } from '../../../drivers/spec.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { recordingContext } from '../../support/operation.ts';

const reason = await whyNoDocker();
const limitMs = 60_000;

/** A certificate authority with a server and a client, as files in a folder. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...words: string[]) => execa('openssl', words, { cwd: folder });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  await openssl('req', '-x509', ...key, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=test authority');
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    await openssl(
      'req',
      ...key.slice(0, 3),
      '-keyout',
      `${name}-key.pem`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2'];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`, '-extfile', 'server.ext');
  }
}

describe.skipIf(reason !== null)(
  `several Docker engines at once${reason === null ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let root: string;
    let near: TestDaemon;
    let far: TestDaemon;
    let driver: Driver;
    const servers: Server[] = [];
    const path = process.env['PATH'];
    const listen = async (server: Server, where: string | number): Promise<void> => {
      servers.push(server);
      if (typeof where === 'number') server.listen(where, '127.0.0.1');
      else server.listen(where);
      await once(server, 'listening');
    };
    /** A context as `docker context create` stores it. */
    const context = (name: string, host: string, certificates: string | null = null): void => {
      const digest = createHash('sha256').update(name).digest('hex');
      const meta = join(root, 'config/contexts/meta', digest);
      mkdirSync(meta, { recursive: true });
      writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
      if (certificates === null) return;
      const tls = join(root, 'config/contexts/tls', digest, 'docker');
      mkdirSync(tls, { recursive: true });
      for (const [from, to] of [
        ['ca', 'ca'],
        ['client', 'cert'],
        ['client-key', 'key'],
      ] as const) {
        writeFileSync(join(tls, `${to}.pem`), readFileSync(join(certificates, `${from}.pem`)));
      }
    };
    const drop = (name: string): void => {
      const digest = createHash('sha256').update(name).digest('hex');
      rmSync(join(root, 'config/contexts/meta', digest), { recursive: true, force: true });
    };
    const probed = async (until: (probe: Probe) => boolean): Promise<Probe> => {
      const stop = new AbortController();
      try {
        for await (const probe of driver.probe(stop.signal)) if (until(probe)) return probe;
      } finally {
        stop.abort();
      }
      throw new Error('The probe ended.');
    };
    const healthOf = (probe: Probe): Record<string, string> =>
      Object.fromEntries((probe.endpoints ?? []).map((one) => [one.name, one.health]));

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'nova-endpoints-'));
      // A trial of checkpoints would have images and containers of its own beside the test's.
      near = await startDaemon([], { checkpoints: false });
      far = await startDaemon([], { checkpoints: false });
      await importBusybox(near.address);
      await importBusybox(far.address);
      const farSocket = far.address.slice('unix://'.length);
      await makeCertificates(root);
      const tls = createTlsServer(
        {
          key: readFileSync(join(root, 'server-key.pem')),
          cert: readFileSync(join(root, 'server.pem')),
          ca: readFileSync(join(root, 'ca.pem')),
          requestCert: true,
          rejectUnauthorized: true,
        },
        (client) => {
          const engine = connect(farSocket);
          client.on('error', () => engine.destroy());
          engine.on('error', () => client.destroy());
          client.pipe(engine).pipe(client);
        },
      );
      await listen(tls, 0);
      context('by-tls', `tcp://127.0.0.1:${(tls.address() as AddressInfo).port}`, root);
      // An engine that takes connections and never answers.
      await listen(
        createServer(() => undefined),
        join(root, 'hung.sock'),
      );
      context('hung', `unix://${join(root, 'hung.sock')}`);
      // In place of ssh: a program that is given its words and reaches the far engine.
      mkdirSync(join(root, 'bin'));
      writeFileSync(
        join(root, 'bin/ssh'),
        `#!/bin/sh\necho "$@" >> ${root}/ssh.log\nexec docker -H ${far.address} system dial-stdio\n`,
        { mode: 0o755 },
      );
      process.env['PATH'] = `${join(root, 'bin')}:${path ?? ''}`;
      context('by-ssh', 'ssh://me@far.example');
      driver = createDockerEndpoints({
        root: join(root, 'records'),
        env: { DOCKER_HOST: near.address, DOCKER_CONFIG: join(root, 'config') },
      });
    }, 180_000);
    afterAll(async () => {
      process.env['PATH'] = path;
      await driver?.close();
      for (const server of servers) server.close();
      await near?.dispose();
      await far?.dispose();
      rmSync(root, { recursive: true, force: true });
    });

    it('tells the health of each; fault 36: one that hangs delays no other', { timeout: limitMs }, async () => {
      const begun = Date.now();
      const first = await probed((probe) => probe.health === 'healthy');
      expect(Date.now() - begun).toBeLessThan(5_000);
      expect(first.endpoints?.[0]).toMatchObject({ name: 'default', address: near.address });
      const settled = await probed(
        (probe) => healthOf(probe)['hung'] === 'unhealthy' && healthOf(probe)['by-ssh'] === 'healthy',
      );
      expect(healthOf(settled)).toMatchObject({
        default: 'healthy',
        'by-tls': 'healthy',
        'by-ssh': 'healthy',
        hung: 'unhealthy',
      });
      expect(settled.endpoints?.find((one) => one.name === 'by-tls')?.attributes).toMatchObject({
        apiVersion: expect.stringMatching(/^\d+\.\d+$/) as string,
        storageDriver: expect.any(String) as string,
        cgroupVersion: expect.any(String) as string,
        swarm: 'inactive',
      });
      expect(readFileSync(join(root, 'ssh.log'), 'utf8')).toContain('-l me -- far.example docker system dial-stdio');
    });

    it.each(['by-tls', 'by-ssh'])(
      'runs a container %s, and lists what is there',
      { timeout: limitMs },
      async (endpoint) => {
        await probed((probe) => healthOf(probe)[endpoint] === 'healthy');
        const spec = await driver.resolve(
          workloadSpecSchema.parse({
            name: `far-${endpoint}`,
            driver: 'docker',
            settings: { image: 'busybox:test', command: ['sh', '-c', 'echo from afar; sleep 1000'], endpoint },
          }),
        );
        const id = `id-${endpoint}`;
        const ref: WorkloadRef = {
          id,
          name: spec.name,
          spec,
          handle: await driver.create(recordingContext(), id, spec),
        };
        await driver.start(recordingContext(), ref);
        expect((await driver.inspect(ref)).phase).toBe('running');
        let said = '';
        for await (const chunk of driver.logs?.(ref, { follow: true }, AbortSignal.timeout(limitMs)) ?? []) {
          said += Buffer.from(chunk).toString('utf8');
          if (said.includes('from afar')) break;
        }
        expect(said).toContain('from afar');
        const shell = await driver.exec?.(ref, { command: ['sh', '-c', 'echo hello-inside'], tty: false });
        let output = '';
        for await (const chunk of shell?.output ?? []) output += Buffer.from(chunk).toString('utf8');
        expect(output).toContain('hello-inside');
        // Both ways lead to one engine, whose images are listed under one of its names.
        const images = (await driver.images?.list())?.filter((image) => image.endpoint?.startsWith('by-'));
        expect(images?.flatMap((image) => image.usedBy)).toContain(spec.name);
        const near1 = await execa('docker', ['-H', near.address, 'ps', '-aq']);
        expect(near1.stdout).toBe('');
        await driver.remove(recordingContext(), ref);
        expect((await execa('docker', ['-H', far.address, 'ps', '-aq'])).stdout).toBe('');
      },
    );

    it('sees a context that comes and goes; its workloads are unknown meanwhile and not lost', {
      timeout: 3 * limitMs,
    }, async () => {
      const stop = new AbortController();
      const probes: Probe[] = [];
      const events: DriverEvent[] = [];
      const reading = Promise.all([
        (async () => {
          for await (const probe of driver.probe(stop.signal)) probes.push(probe);
        })(),
        (async () => {
          for await (const event of driver.events(stop.signal)) events.push(event);
        })(),
      ]);
      const seen = () => probes.at(-1)?.endpoints?.find((one) => one.name === 'late')?.health ?? null;
      const turns = (health: string | null) => expect.poll(seen, { timeout: limitMs }).toBe(health);
      try {
        await turns(null);
        context('late', far.address);
        await turns('healthy');
        const settings = { image: 'busybox:test', command: ['sleep', '1000'], endpoint: 'late' };
        const spec = await driver.resolve(workloadSpecSchema.parse({ name: 'late-one', driver: 'docker', settings }));
        const handle = await driver.create(recordingContext(), 'id-late', spec);
        const ref: WorkloadRef = { id: 'id-late', name: spec.name, spec, handle };
        await driver.start(recordingContext(), ref);
        events.length = 0;
        drop('late');
        await turns(null);
        await expect.poll(() => events.some((event) => event.type === 'resync'), { timeout: limitMs }).toBe(true);
        expect(await driver.inspect(ref)).toMatchObject({
          phase: 'unknown',
          reason: expect.stringContaining('late') as string,
        });
        for (const work of [driver.recover(ref.id, spec, handle), driver.start(recordingContext(), ref)]) {
          await expect(work).rejects.toMatchObject({ code: 'engine_unavailable', retryable: true });
        }
        context('late', far.address);
        await turns('healthy');
        expect((await driver.recover(ref.id, spec, handle)).observation.phase).toBe('running');
        await driver.remove(recordingContext(), ref);
        expect((await execa('docker', ['-H', far.address, 'ps', '-aq'])).stdout).toBe('');
        drop('late');
        await turns(null);
      } finally {
        drop('late');
        stop.abort();
        await reading;
      }
    });

    it('finds what others made in any of them, and takes it into our care there', { timeout: limitMs }, async () => {
      await probed((probe) => healthOf(probe)['by-tls'] === 'healthy');
      await execa('docker', ['-H', far.address, 'run', '-d', '--name', 'stranger', 'busybox:test', 'sleep', '1000']);
      const found = (await driver.discover?.())?.find((one) => one.name === 'stranger');
      expect(found?.endpoint).toMatch(/^by-/);
      const adopted = await driver.adopt?.(found?.engineId ?? '', 'adopted');
      expect(adopted?.spec.settings['endpoint']).toMatch(/^by-/);
      const volume = await driver.volumes?.create(recordingContext(), { name: 'far-data', endpoint: 'by-tls' });
      expect(volume).toMatchObject({ name: 'far-data', endpoint: 'by-tls' });
      expect((await execa('docker', ['-H', far.address, 'volume', 'ls', '-q'])).stdout).toContain('far-data');
      expect((await execa('docker', ['-H', near.address, 'volume', 'ls', '-q'])).stdout).not.toContain('far-data');
      await expect(
        driver.volumes?.create(recordingContext(), { name: 'x', endpoint: 'nowhere' }) ?? Promise.resolve(),
      ).rejects.toMatchObject({ code: 'not_found' });
    });

    it('new containers go where `docker context use` points; those that are there keep their engine', {
      timeout: 3 * limitMs,
    }, async () => {
      const env = {
        ...process.env,
        DOCKER_HOST: undefined,
        DOCKER_CONTEXT: undefined,
        DOCKER_CONFIG: join(root, 'own'),
      };
      const docker = (...words: string[]) => execa('docker', words, { env, extendEnv: false });
      await docker('context', 'create', 'here', '--docker', `host=${near.address}`);
      await docker('context', 'create', 'there', '--docker', `host=${far.address}`);
      await docker('context', 'use', 'here');
      const open = () => createDockerEndpoints({ root: join(root, 'own-records'), env });
      let own = open();
      const make = async (name: string): Promise<WorkloadRef> => {
        const settings = { image: 'busybox:test', command: ['sleep', '1000'] };
        const asked = workloadSpecSchema.parse({ name, driver: 'docker', settings });
        const spec = await own.resolve(own.place?.(asked) ?? asked);
        return { id: name, name, spec, handle: await own.create(recordingContext(), name, spec) };
      };
      const names = async (address: string): Promise<string[]> =>
        (await execa('docker', ['-H', address, 'ps', '-a', '--format', '{{.Names}}'])).stdout
          .split('\n')
          .filter((name) => name.startsWith('moved-'));
      const made: WorkloadRef[] = [];
      try {
        made.push(await make('moved-before'));
        await docker('context', 'use', 'there');
        const probe = workloadSpecSchema.parse({ name: 'x', driver: 'docker', settings: { image: 'x' } });
        await expect.poll(() => own.place?.(probe).settings['endpoint'], { timeout: limitMs }).toBe('there');
        made.push(await make('moved-after'));
        expect([await names(near.address), await names(far.address)]).toEqual([['moved-before'], ['moved-after']]);
        // A host that starts now still finds each in its engine.
        await own.close();
        own = open();
        for (const ref of made) {
          expect((await own.recover(ref.id, ref.spec, ref.handle)).observation.phase).toBe('stopped');
          await own.start(recordingContext(), ref);
          expect((await own.inspect(ref)).phase).toBe('running');
        }
        expect([await names(near.address), await names(far.address)]).toEqual([['moved-before'], ['moved-after']]);
        expect(own.place?.(probe).settings['endpoint']).toBe('there');
      } finally {
        for (const ref of made) await own.remove(recordingContext(), ref);
        await own.close();
      }
    });
  },
);
