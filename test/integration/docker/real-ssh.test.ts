import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import type { Driver } from '../../../drivers/driver.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';

const sshd = '/usr/sbin/sshd';
const why = (await whyNoDocker()) ?? (existsSync(sshd) ? null : 'sshd is not installed (package openssh-server)');
const limit = { timeout: 60_000, interval: 200 };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

describe.skipIf(why !== null)(`Docker behind a real sshd${why === null ? '' : ` [skipped: ${why}]`}`, () => {
  let folder: string;
  let daemon: TestDaemon;
  let server: ChildProcess;
  let driver: Driver;
  let address: string;
  const path = process.env['PATH'];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nova-sshd-'));
    daemon = await startDaemon([], { checkpoints: false });
    await importBusybox(daemon.address);
    for (const name of ['host', 'user']) {
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
    }
    const port = await freePort();
    const publicKey = (name: string): string => readFileSync(join(folder, `${name}.pub`), 'utf8');
    // The key may run one thing: what reaches this engine.
    writeFileSync(
      join(folder, 'authorized_keys'),
      `command="docker -H ${daemon.address} system dial-stdio",restrict ${publicKey('user')}`,
    );
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${publicKey('host')}`);
    writeFileSync(
      join(folder, 'sshd_config'),
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${join(folder, 'host')}`,
        `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
        'PasswordAuthentication no',
        'PermitRootLogin prohibit-password',
        'StrictModes no',
        'UsePAM no',
        `PidFile ${join(folder, 'pid')}`,
      ].join('\n'),
    );
    // Where sshd separates its rights; a service manager would make it.
    mkdirSync('/run/sshd', { recursive: true });
    server = spawn(sshd, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
    // The user's own ssh with a configuration of the test's own.
    mkdirSync(join(folder, 'bin'));
    const options = `-F none -i ${join(folder, 'user')} -o IdentitiesOnly=yes -o UserKnownHostsFile=${join(folder, 'known_hosts')}`;
    writeFileSync(join(folder, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${options} "$@"\n`);
    chmodSync(join(folder, 'bin/ssh'), 0o755);
    process.env['PATH'] = `${join(folder, 'bin')}:${path ?? ''}`;
    address = `ssh://${userInfo().username}@127.0.0.1:${port}`;
    driver = createDockerDriver({ root: join(folder, 'records'), env: { DOCKER_HOST: address } });
  }, 180_000);
  afterAll(async () => {
    process.env['PATH'] = path;
    await driver?.close();
    server?.kill();
    await daemon?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists, makes a volume and tells when the host is not the known one', async () => {
    const images = async () => (await driver.images?.list().catch(() => []))?.flatMap((image) => image.names);
    // It listens a moment after its start.
    await expect.poll(images, limit).toContain('busybox:test');
    await execa('docker', ['-H', daemon.address, 'volume', 'create', 'behind-ssh']);
    expect((await driver.volumes?.list())?.map((volume) => volume.name)).toContain('behind-ssh');
    const known = readFileSync(join(folder, 'known_hosts'));
    writeFileSync(join(folder, 'known_hosts'), '');
    const other = createDockerDriver({ root: join(folder, 'other'), env: { DOCKER_HOST: address } });
    try {
      await expect(other.volumes?.list() ?? Promise.resolve()).rejects.toMatchObject({
        code: 'engine_unavailable',
        message: expect.stringMatching(/host key verification failed/i) as string,
      });
    } finally {
      await other.close();
      writeFileSync(join(folder, 'known_hosts'), known);
    }
  });
});
