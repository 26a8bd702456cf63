import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFakeDriver } from '../../../drivers/conformance/fake/fake-driver.ts';
import { findFakes } from '../../../drivers/conformance/fake/process.ts';
import type { Driver } from '../../../drivers/driver.ts';
import { createQemuDriver } from '../../../drivers/qemu/driver.ts';
import { machinePaths } from '../../../drivers/qemu/machine/paths.ts';
import { machineRecordSchema } from '../../../drivers/qemu/machine/record.ts';
import { MiB, type WorkloadSpecInput } from '../../../drivers/spec.ts';
import type { Directories } from '../../../electron/host/directories.ts';
import { processesMentioning } from '../processes.ts';
import { dockerEngine } from './docker-engine.ts';
import type { Seen } from './messages.ts';

/** An engine under chaos. */
export type ChaosEngine = {
  driver: Driver;
  spec(name: string): WorkloadSpecInput;
  /** What is wrong outside of the host: processes without owner, stray files, damaged images. Called after recovery. */
  wrongs(workloads: Seen[]): Promise<string[]>;
};

const run = promisify(execFile);

/** The engines that chaos knows. */
export type ChaosName = 'fake' | 'qemu' | 'docker';

function fakeEngine(directories: Directories): ChaosEngine {
  const root = join(directories.data, 'fake');
  return {
    driver: createFakeDriver({ root }),
    spec: (name) => ({
      name,
      driver: 'fake',
      settings: { process: true, createMs: 20, startMs: 20, snapshotMs: 20, resizeMs: 10 },
    }),
    async wrongs(workloads) {
      const wrong: string[] = [];
      const known = new Map(workloads.map((each) => [each.id, each]));
      const files = readdirSync(root);
      for (const file of files) {
        const [id = '', ...ending] = file.split('.');
        if (!known.has(id) || !['json', 'log'].includes(ending.join('.'))) {
          wrong.push(`stray file ${file}`);
        }
      }
      for (const [id, mark] of findFakes(root)) {
        if (known.get(id)?.pid !== mark.pid) {
          wrong.push(`process ${mark.pid} of ${id} has no owner`);
        }
      }
      return wrong;
    },
  };
}

/** Wrongs of one machine's directory. */
async function machineWrongs(root: string, runtimeRoot: string, workload: Seen): Promise<string[]> {
  const paths = machinePaths(root, runtimeRoot, workload.id);
  if (!existsSync(paths.record)) {
    return [`${workload.name} has no record`];
  }
  const record = machineRecordSchema.parse(JSON.parse(readFileSync(paths.record, 'utf8')));
  const wrong: string[] = [];
  if (record.intent !== null) {
    wrong.push(`${workload.name} still has the intent ${record.intent.kind}`);
  }
  const disks = existsSync(paths.disks) ? readdirSync(paths.disks) : [];
  const layers = new Set(record.layers.map((layer) => layer.file));
  wrong.push(...disks.filter((file) => !layers.has(file)).map((file) => `${workload.name}: stray disk ${file}`));
  wrong.push(
    ...[...layers]
      .filter((file) => !file.startsWith('/') && !disks.includes(file))
      .map((file) => `${workload.name}: lost disk ${file}`),
  );
  const memory = existsSync(paths.memory) ? readdirSync(paths.memory) : [];
  const kept = new Set(record.snapshots.map((snapshot) => snapshot.memoryFile));
  wrong.push(...memory.filter((file) => !kept.has(file)).map((file) => `${workload.name}: stray memory ${file}`));
  if (workload.phase === 'stopped' || workload.phase === 'crashed') {
    const check = async (file: string): Promise<void> => {
      try {
        await run('qemu-img', ['check', '-f', 'qcow2', join(paths.disks, file)]);
      } catch (error) {
        wrong.push(`${workload.name}: ${file} is damaged: ${error instanceof Error ? error.message : ''}`);
      }
    };
    await Promise.all(
      record.layers.filter((each) => each.format === 'qcow2' && !each.external).map((layer) => check(layer.file)),
    );
  }
  return wrong;
}

function qemuEngine(directories: Directories): ChaosEngine {
  const root = join(directories.data, 'qemu');
  const runtimeRoot = join(directories.runtime, 'q');
  return {
    driver: createQemuDriver({ root, runtimeRoot, cacheDirectory: directories.cache }),
    spec: (name) => ({
      name,
      driver: 'qemu',
      resources: { vcpus: 1, maxVcpus: 4, memoryBytes: 64 * MiB, maxMemoryBytes: 512 * MiB },
      settings: { accelerator: 'tcg', network: 'none', disks: [{ sizeBytes: 16 * MiB }, { sizeBytes: 8 * MiB }] },
    }),
    async wrongs(workloads) {
      const each = workloads.map((workload) => machineWrongs(root, runtimeRoot, workload));
      const wrong = (await Promise.all(each)).flat();
      const ids = new Set(workloads.map((workload) => workload.id));
      const directoryNames = existsSync(root) ? readdirSync(root) : [];
      wrong.push(...directoryNames.filter((name) => !ids.has(name)).map((name) => `stray directory ${name}`));
      const runtimes = new Set(workloads.map((each) => machinePaths(root, runtimeRoot, each.id).runtime));
      const runtimeNames = existsSync(runtimeRoot) ? readdirSync(runtimeRoot) : [];
      wrong.push(
        ...runtimeNames
          .filter((name) => !runtimes.has(join(runtimeRoot, name)))
          .map((name) => `stray runtime directory ${name}`),
      );
      const pids = new Set(workloads.map((workload) => workload.pid));
      for (const each of processesMentioning(root).filter((one) => one.words[0]?.includes('qemu-') === true)) {
        if (!pids.has(each.pid)) {
          wrong.push(`process ${each.pid} has no owner: ${each.words.slice(0, 6).join(' ')}`);
        }
      }
      return wrong;
    },
  };
}

/** Opens an engine in the directories of a host. */
export function chaosEngine(name: ChaosName, directories: Directories): ChaosEngine {
  const engines = { fake: fakeEngine, qemu: qemuEngine, docker: dockerEngine };
  return engines[name](directories);
}
