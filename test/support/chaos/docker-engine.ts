import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDockerDriver } from '../../../drivers/docker/driver.ts';
import { homeLabel, homeOf } from '../../../drivers/docker/engine/engine.ts';
import { type DockerRecord, dockerRecordSchema } from '../../../drivers/docker/record.ts';
import { MiB } from '../../../drivers/spec.ts';
import type { Directories } from '../../../electron/host/directories.ts';
import type { ChaosEngine } from './engines.ts';
import type { Seen } from './messages.ts';

type Labelled = { key: string; id: string; role: string; snapshot: string };

const run = promisify(execFile);

/** The engine's answer to a question about what a house of ours has; `null` for none. */
async function ask(path: string, home: string): Promise<unknown> {
  const socket = (process.env['DOCKER_HOST'] ?? '').replace('unix://', '');
  const filters = encodeURIComponent(JSON.stringify({ label: [`${homeLabel}=${home}`] }));
  const url = `http://localhost/${path}${path.includes('?') ? '&' : '?'}filters=${filters}`;
  return JSON.parse((await run('curl', ['-s', '--unix-socket', socket, url])).stdout);
}

/** What the engine has with a label of ours, but for the trial that each first host makes. */
async function labelled(home: string): Promise<Labelled[]> {
  type Thing = { Id?: string; Name?: string; Labels: Record<string, string> };
  const things = (kind: string, list: Thing[] | null): Labelled[] =>
    (list ?? []).map(({ Id, Name, Labels }) => ({
      key: `${kind} ${Id ?? Name ?? ''}`,
      id: Labels['io.novacron.id'] ?? '',
      role: Labels['io.novacron.role'] ?? '',
      snapshot: Labels['io.novacron.snapshot'] ?? '',
    }));
  const [containers, images, volumes] = await Promise.all(
    ['containers/json?all=1', 'images/json?all=1', 'volumes'].map((path) => ask(path, home)),
  );
  return [
    ...things('container', containers as Thing[]),
    ...things('image', images as Thing[]),
    ...things('volume', (volumes as { Volumes: Thing[] | null }).Volumes),
  ].filter((one) => one.role !== 'trial');
}

/** What is wrong between the records and the engine. */
async function wrongsOf(root: string, workloads: Seen[]): Promise<string[]> {
  const wrong: string[] = [];
  const read = (id: string): DockerRecord | null => {
    const file = join(root, `${id}.json`);
    return existsSync(file) ? dockerRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  };
  const known = new Map<string, DockerRecord>();
  for (const workload of workloads) {
    const record = read(workload.id);
    if (record === null) wrong.push(`${workload.name} has no record`);
    else known.set(workload.id, record);
    if (record?.intent) wrong.push(`${workload.name} still has the intent ${record.intent.kind}`);
  }
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    if (name.endsWith('.new') || (name.endsWith('.json') && !known.has(name.slice(0, -'.json'.length)))) {
      wrong.push(`stray file ${name}`);
    }
  }
  const all = await labelled(homeOf(root));
  for (const one of all.filter((each) => each.key.startsWith('container'))) {
    if (one.role !== 'workload') wrong.push(`stray ${one.role} ${one.key}`);
    else if (known.get(one.id)?.containerId !== one.key.split(' ')[1])
      wrong.push(`${one.key} of ${one.id} has no owner`);
  }
  for (const one of all.filter((each) => !each.key.startsWith('container'))) {
    const record = known.get(one.id);
    const kept = one.snapshot === '' || record?.snapshots.some((each) => each.id === one.snapshot) === true;
    // What a container or a clone stands on stays nameless until that is gone.
    const stoodOn = one.key.startsWith('image') && [...known.values()].some((each) => each.imageId !== null);
    if ((record === undefined || !kept) && !stoodOn) wrong.push(`${one.key} (${one.role} of ${one.id}) has no owner`);
  }
  const there = new Set(all.map((one) => one.key));
  for (const { id, snapshots } of known.values()) {
    for (const snapshot of snapshots) {
      const needs = [
        `image ${snapshot.imageId}`,
        ...Object.values(snapshot.copies).map((name) => `volume ${name}`),
        ...(snapshot.memory === undefined ? [] : [`volume ${snapshot.memory.volume}`]),
      ];
      wrong.push(...needs.filter((key) => !there.has(key)).map((key) => `${id}: ${snapshot.name} lost its ${key}`));
    }
  }
  return wrong;
}

/** Real containers on the daemon that DOCKER_HOST names. */
export function dockerEngine(directories: Directories): ChaosEngine {
  const root = join(directories.data, 'docker');
  return {
    driver: createDockerDriver({ root, env: process.env }),
    spec: (name) => ({
      name,
      driver: 'docker',
      resources: { vcpus: 1, memoryBytes: 64 * MiB },
      settings: {
        image: 'busybox:test',
        command: ['sh', '-c', 'i=0; while :; do i=$((i+1)); echo $i > /data/i; sleep 0.2; done'],
        mounts: [{ type: 'volume', source: `${name}-data`, target: '/data' }],
      },
    }),
    wrongs: (workloads) => wrongsOf(root, workloads),
  };
}
