import { setTimeout as sleep } from 'node:timers/promises';
import { type Capability, type CapabilityName, capabilityNames, type Fix, type Probe } from '../driver.ts';
import { NovaError } from '../errors.ts';
import type { Engine } from './engine/engine.ts';

/** How often the engine is asked whether it is there, milliseconds: while it answers, and while it does not. */
const everyMs = { healthy: 15_000, away: 3_000 };
/** An engine that has not answered for so long counts as hung, milliseconds. */
const answerMs = 5_000;

const yes: ReadonlySet<CapabilityName> = new Set([
  'pause',
  'resize',
  'resizeLive',
  'snapshotDisk',
  'clone',
  'exec',
  'logs',
  'images',
  'portForwards',
  'discover',
]);

const reasons: Partial<Record<CapabilityName, string>> = {
  reset: 'A container has no reset button; restart it.',
  snapshotMemory: 'Memory of containers is not kept yet.',
  consoleSerial: 'A container has no serial line; it has a shell, its main process and its log.',
  consoleVnc: 'A container has no display.',
  files: 'The file browser is not there yet.',
  volumes: 'Volumes are not listed yet.',
  networks: 'Networks are not listed yet.',
  transfer: 'Moves between isolations are not there yet.',
  migrate: 'Moves between machines are not there yet.',
  signal: 'Signals are not there yet.',
  services: 'Services are not there yet.',
  compose: 'Compose is not there yet.',
};

function capabilities(away: string | null): Record<CapabilityName, Capability> {
  return Object.fromEntries(
    capabilityNames.map((name): [CapabilityName, Capability] => {
      if (!yes.has(name)) return [name, { available: false, reason: reasons[name] ?? 'Not there yet.' }];
      return [name, away === null ? { available: true } : { available: false, reason: away }];
    }),
  ) as Record<CapabilityName, Capability>;
}

const install: Fix = { text: 'Install the Docker engine and start it.', command: 'sudo apt-get install docker.io' };

/** One look at the engine. */
export async function probeDocker(engine: Engine): Promise<Probe> {
  const address = engine.endpoint.address;
  try {
    const [version, info] = await Promise.all([
      engine.ask('Docker', () => engine.docker.version(), answerMs),
      engine.ask('Docker', () => engine.docker.info() as Promise<Record<string, unknown>>, answerMs),
    ]);
    // A cut or foreign answer is passed on as text by the client.
    if (typeof version.Version !== 'string' || typeof info !== 'object') {
      throw new NovaError('internal', 'What answers there is no Docker engine, or its answer was cut.');
    }
    return {
      health: 'healthy',
      summary: `Docker ${version.Version} at ${address}`,
      version: version.Version,
      attributes: {
        address,
        apiVersion: version.ApiVersion,
        storageDriver: info['Driver'],
        cgroupVersion: info['CgroupVersion'],
        experimental: info['ExperimentalBuild'],
        runtimes: Object.keys(info['Runtimes'] ?? {}),
        swarm: (info['Swarm'] as { LocalNodeState?: string } | undefined)?.LocalNodeState,
        liveRestore: info['LiveRestoreEnabled'],
        cpus: info['NCPU'],
        memoryBytes: info['MemTotal'],
        rootDirectory: info['DockerRootDir'],
      },
      capabilities: capabilities(null),
      fixes: [],
    };
  } catch (error) {
    const failure = error instanceof NovaError ? error : new NovaError('internal', String(error));
    const missing = failure.code === 'engine_unavailable';
    const fixes = missing ? [install] : (failure.details.fixes ?? []).map((text): Fix => ({ text }));
    return {
      health: missing ? 'undetected' : 'unhealthy',
      summary: `${failure.message} (${address})`,
      attributes: { address },
      capabilities: capabilities(failure.message),
      fixes,
    };
  }
}

/** Looks again and again; tells the first value at once, then each change. */
export async function* watchDocker(engine: Engine, signal: AbortSignal): AsyncIterable<Probe> {
  let told = '';
  while (!signal.aborted) {
    const probe = await probeDocker(engine);
    const text = JSON.stringify(probe);
    if (text !== told) {
      told = text;
      yield probe;
    }
    await sleep(probe.health === 'healthy' ? everyMs.healthy : everyMs.away, undefined, { signal, ref: false }).catch(
      () => undefined,
    );
  }
}
