import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Target } from '../../../drivers/conformance/suite/target.ts';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { MiB, type WorkloadSpecInput } from '../../../drivers/spec.ts';
import { importBusybox, startDaemon } from '../docker/daemon.ts';
import { carried } from './codec.ts';

/** Real Docker: a dockerd of the test's own with an image of BusyBox. */
export async function dockerTarget(): Promise<Target> {
  const daemon = await startDaemon();
  const root = mkdtempSync(join(tmpdir(), 'nvc-docker-'));
  const image = await importBusybox(daemon.address);
  const list = async (...args: string[]): Promise<string[]> =>
    (await execa('docker', ['-H', daemon.address, ...args])).stdout.split('\n').filter((line) => line !== '');
  return {
    name: 'docker',
    open: () => carried(createDockerDriver({ root, env: { DOCKER_HOST: daemon.address } })),
    // A shell that ignores the polite signal.
    small: (name) => ({
      name,
      driver: 'docker',
      settings: { image, command: ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"] },
    }),
    guest: (name): WorkloadSpecInput => ({
      name,
      driver: 'docker',
      resources: { vcpus: 1, memoryBytes: 128 * MiB },
      settings: {
        image,
        command: ['sh'],
        tty: true,
        stdin: true,
        mounts: [{ type: 'volume', source: `${name}-data`, target: '/data' }],
      },
    }),
    shellConsole: 'attach',
    async leftovers(id) {
      const label = `label=io.novacron.id=${id}`;
      return [
        ...(await list('ps', '-aq', '--filter', label)).map((one) => `container ${one}`),
        ...(await list('images', '-q', '--filter', label)).map((one) => `image ${one}`),
        ...(await list('volume', 'ls', '-q', '--filter', label)).map((one) => `volume ${one}`),
      ];
    },
    async dispose() {
      await daemon.dispose();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
