import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver, ImageGroup } from '../../../drivers/driver.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { recordingContext } from '../../support/operation.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);
const registryMissing = (await execa('docker-registry', ['--version'], { reject: false })).exitCode !== 0;
const registryPort = 5001;
/** `user` with the password `secret7`, as `htpasswd -B` writes it. */
const users = 'user:$2y$05$FKSFU2Krc4k40d05RfSkmuMJd/IaFRDMGeXNW.uEwrD43gIPbE.bu\n';
const limitMs = 60_000;

describe.skipIf(reason !== null)(title('Docker images as files'), () => {
  let daemon: TestDaemon;
  let root: string;
  let driver: Driver;
  let images: Required<ImageGroup>;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    daemon = await startDaemon();
    root = mkdtempSync(join(tmpdir(), 'nova-archives-'));
    await importBusybox(daemon.address);
    driver = createDockerDriver({
      root: join(root, 'records'),
      env: { ...process.env, DOCKER_HOST: daemon.address, DOCKER_CONFIG: join(root, 'config') },
    });
    images = driver.images as Required<ImageGroup>;
  }, 120_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await driver?.close();
    await daemon?.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  const docker = async (...words: string[]): Promise<string> =>
    (await execa('docker', ['-H', daemon.address, ...words])).stdout;
  const names = async (): Promise<string[]> => (await images.list()).flatMap((image) => image.names);
  const folderOf = (name: string, files: Record<string, string>): string => {
    const folder = mkdtempSync(join(root, `${name}-`));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    return folder;
  };

  it('saves, removes and loads again, with names', async () => {
    const tagged = await images.tag('busybox:test', 'team/box:2');
    expect(tagged.names).toContain('team/box:2');
    const file = join(root, 'box.tar');
    await images.save(recordingContext(), ['team/box:2'], file);
    await expect(images.save(recordingContext(), ['team/box:2'], file)).rejects.toMatchObject({
      code: 'already_exists',
    });
    await images.remove(recordingContext(), 'team/box:2');
    expect(await names()).not.toContain('team/box:2');
    const context = recordingContext();
    const loaded = await images.load(context, file);
    expect(loaded.flatMap((image) => image.names)).toContain('team/box:2');
    expect(context.progresses.at(-1)?.fraction).toBeGreaterThanOrEqual(0.5);
    await execa('gzip', ['-k', file]);
    expect((await images.load(recordingContext(), `${file}.gz`)).length).toBe(1);
    await expect(images.save(recordingContext(), ['nothing:1'], join(root, 'no.tar'))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(images.save(recordingContext(), ['team/box:2'], '/nonexistent/x.tar')).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(readdirSync(root).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('fault 58: an archive that is cut, damaged or leads outside is refused, and nothing of it is kept', async () => {
    await images.tag('busybox:test', 'bad/box:1');
    const file = join(root, 'whole.tar');
    await images.save(recordingContext(), ['bad/box:1'], file);
    await images.remove(recordingContext(), 'bad/box:1');
    const bytes = readFileSync(file);
    writeFileSync(join(root, 'cut.tar'), bytes.subarray(0, bytes.length / 2));
    writeFileSync(join(root, 'text.tar'), 'no archive at all');
    const evil = folderOf('evil', { 'manifest.json': '[]' });
    await execa('tar', ['-cf', join(root, 'evil.tar'), '-P', '--transform', 's,^,../../,', 'manifest.json'], {
      cwd: evil,
    });
    for (const name of ['cut.tar', 'text.tar', 'evil.tar']) {
      await expect(images.load(recordingContext(), join(root, name)), name).rejects.toMatchObject({
        code: 'invalid_spec',
      });
    }
    // The list is whole, yet a layer has other bytes than its image says.
    const parts = join(root, 'parts');
    mkdirSync(parts);
    await execa('tar', ['-xf', file, '-C', parts]);
    const [list] = JSON.parse(readFileSync(join(parts, 'manifest.json'), 'utf8')) as [{ Layers: string[] }];
    const layer = join(parts, list.Layers[0] ?? '');
    const content = readFileSync(layer);
    content.fill(7, 2000, 2100);
    writeFileSync(layer, content);
    await execa('tar', ['-cf', join(root, 'corrupt.tar'), '-C', parts, '.']);
    // What the engine has already it does not unpack again.
    await docker('rmi', '-f', 'busybox:test', 'team/box:2').catch(() => undefined);
    await expect(images.load(recordingContext(), join(root, 'corrupt.tar'))).rejects.toMatchObject({
      message: expect.stringContaining('corrupt.tar') as string,
    });
    expect(await names()).not.toContain('bad/box:1');
    await images.load(recordingContext(), file);
    await images.tag('bad/box:1', 'busybox:test');
    await images.remove(recordingContext(), 'bad/box:1');
  });

  it('makes an image of the root file system of a container, with its absolute links', async () => {
    await docker('run', '--name', 'origin', 'busybox:test', 'ln', '-s', '/proc/mounts', '/etc-mtab');
    const file = join(root, 'root.tar');
    await docker('export', '-o', file, 'origin');
    await docker('rm', 'origin');
    const imported = await images.import(recordingContext(), file, 'from/root:1');
    expect(imported.names).toEqual(['from/root:1']);
    expect(await docker('run', '--rm', 'from/root:1', 'readlink', '/etc-mtab')).toBe('/proc/mounts');
    await expect(images.load(recordingContext(), file)).rejects.toMatchObject({ code: 'invalid_spec' });
    await images.remove(recordingContext(), imported.id);
  });

  it('builds from a folder with its output in the log, and tells how the image was made', async () => {
    const folder = folderOf('build', {
      Dockerfile: 'FROM busybox:test\nARG who=nobody\nRUN echo hello-$who\nCOPY . /data/\n',
      '.dockerignore': 'secret*\n',
      'kept.txt': 'kept',
      'secret.txt': 'secret',
    });
    const context = recordingContext();
    const image = await images.build(context, {
      path: folder,
      names: ['built/box:1', 'built/box:latest'],
      arguments: { who: 'you' },
    });
    expect(image.names.sort()).toEqual(['built/box:1', 'built/box:latest']);
    expect(context.lines.join('\n')).toContain('hello-you');
    expect(context.progresses.some(({ message }) => message.startsWith('Step 4/4'))).toBe(true);
    expect((await docker('run', '--rm', 'built/box:1', 'ls', '/data')).split('\n')).toEqual(
      expect.arrayContaining(['kept.txt']) as string[],
    );
    expect(await docker('run', '--rm', 'built/box:1', 'ls', '/data')).not.toContain('secret');
    const steps = await images.history('built/box:1');
    expect(steps[0]?.command).toContain('COPY');
    expect(steps.length).toBeGreaterThanOrEqual(4);
    await images.remove(recordingContext(), image.id);
    expect(await names()).not.toContain('built/box:1');
  });

  it('a build that fails shows its last lines and leaves no container', async () => {
    const folder = folderOf('broken', { Dockerfile: 'FROM busybox:test\nRUN echo before-the-end; exit 3\n' });
    const error = await images
      .build(recordingContext(), { path: folder, names: ['broken:1'] })
      .catch((one: unknown) => one);
    expect(error).toMatchObject({
      message: expect.stringContaining('returned a non-zero code: 3') as string,
      details: { log: expect.arrayContaining(['before-the-end']) as string[] },
    });
    expect(await docker('ps', '-aq')).toBe('');
    await expect(
      images.build(recordingContext(), { path: folder, names: ['x'], recipe: '../outside' }),
    ).rejects.toMatchObject({ code: 'invalid_spec' });
  });

  it.each([
    ['FROM busybox:test\nRUN --mount=type=cache,target=/c echo hi\n', 'RUN --mount'],
    ['FROM busybox:test\nRUN <<EOF\necho hi\nEOF\n', 'RUN <<EOF'],
    ['FROM busybox:test\nCOPY --link --chmod=755 Dockerfile /x\n', 'COPY --link, COPY --chmod'],
  ])('a build that needs BuildKit says so: %j', async (recipe, needs) => {
    const folder = folderOf('buildkit', { Dockerfile: recipe });
    await expect(images.build(recordingContext(), { path: folder, names: ['kit:1'] })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(`needs BuildKit (${needs})`) as string,
      details: {
        fixes: expect.arrayContaining([
          expect.stringContaining('docker buildx build --load -t kit:1 .') as string,
        ]) as string[],
      },
    });
    expect(await names()).not.toContain('kit:1');
  });

  it('a syntax line is not read, which the log says', async () => {
    const folder = folderOf('syntax', { Dockerfile: '# syntax=docker/dockerfile:1\nFROM busybox:test\nENV a=b\n' });
    const context = recordingContext();
    const image = await images.build(context, { path: folder, names: ['syntax:1'] });
    expect(context.lines.join('\n')).toContain('# syntax=docker/dockerfile:1 is not read');
    await images.remove(recordingContext(), image.id);
  });

  it('a build is cancelled in the middle of a step', { timeout: limitMs }, async () => {
    const folder = folderOf('slow', { Dockerfile: 'FROM busybox:test\nRUN echo begun; sleep 1000\n' });
    const abort = new AbortController();
    const context = {
      ...recordingContext(abort.signal),
      log: (line: string) => {
        if (line === 'begun') abort.abort();
      },
    };
    await expect(images.build(context, { path: folder, names: ['slow:1'] })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect.poll(() => docker('ps', '-q'), { timeout: limitMs }).toBe('');
    expect(await names()).not.toContain('slow:1');
  });

  it.skipIf(registryMissing)(
    `pulls with the user's credentials, and says so when they are missing${registryMissing ? ' [skipped: docker-registry is not installed]' : ''}`,
    { timeout: 2 * limitMs },
    async () => {
      const name = `localhost:${registryPort}/private/box:1`;
      const config = join(root, 'registry.yml');
      writeFileSync(join(root, 'htpasswd'), users);
      writeFileSync(
        config,
        `version: 0.1
storage:
  filesystem:
    rootdirectory: ${join(root, 'registry')}
http:
  addr: 127.0.0.1:${registryPort}
auth:
  htpasswd:
    realm: test
    path: ${join(root, 'htpasswd')}
`,
      );
      const registry = daemon.run(['docker-registry', 'serve', config]);
      registry.stdout?.resume();
      children.push(registry);
      mkdirSync(join(root, 'config'), { recursive: true });
      const auth = {
        auths: { [`localhost:${registryPort}`]: { auth: Buffer.from('user:secret7').toString('base64') } },
      };
      writeFileSync(join(root, 'config/config.json'), JSON.stringify(auth));
      await docker('tag', 'busybox:test', name);
      await expect
        .poll(
          async () =>
            (
              await execa('docker', ['--config', join(root, 'config'), '-H', daemon.address, 'push', name], {
                reject: false,
              })
            ).exitCode,
          { timeout: limitMs, interval: 500 },
        )
        .toBe(0);
      await docker('rmi', name);
      const context = recordingContext();
      expect((await images.pull(context, name)).names).toContain(name);
      expect(context.lines.join('\n')).not.toContain('secret7');
      await docker('rmi', name);
      // The same by a helper that knows nothing, then without any credentials.
      writeFileSync(join(root, 'config/config.json'), '{}');
      await expect(images.pull(recordingContext(), name)).rejects.toMatchObject({
        code: 'permission_denied',
        details: { fixes: [expect.stringContaining('docker login') as string] },
      });
      expect(await names()).not.toContain(name);
      expect(existsSync(join(root, 'config/config.json'))).toBe(true);
    },
  );
});
