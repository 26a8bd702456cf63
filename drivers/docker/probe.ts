import { setTimeout as sleep } from 'node:timers/promises';
import { type Capability, type CapabilityName, capabilityNames, type Fix, type Probe } from '../driver.ts';
import { NovaError } from '../errors.ts';
import { findBuildx, findCompose } from './compose/command.ts';
import type { Engine } from './engine/engine.ts';
import type { Trial } from './snapshots/trial.ts';

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
  'volumes',
  'networks',
  'portForwards',
  'discover',
  'files',
  'signal',
]);

const reasons: Partial<Record<CapabilityName, string>> = {
  reset: 'A container has no reset button; restart it.',
  consoleSerial: 'A container has no serial line; it has a shell, its main process and its log.',
  consoleVnc: 'A container has no display.',
  transfer: 'Moves between isolations are not there yet.',
  migrate: 'Moves between machines are not there yet.',
};

/** Capabilities that depend on how the engine is set up and on what is installed beside it. */
type Found = { snapshotMemory: Capability; services: Capability; compose: Capability };

function capabilities(away: string | null, found?: Found): Record<CapabilityName, Capability> {
  return Object.fromEntries(
    capabilityNames.map((name): [CapabilityName, Capability] => {
      if (name === 'snapshotMemory' || name === 'services' || name === 'compose') {
        return [name, found?.[name] ?? { available: false, reason: away ?? 'Not known yet.' }];
      }
      if (!yes.has(name)) return [name, { available: false, reason: reasons[name] ?? 'Not there yet.' }];
      return [name, away === null ? { available: true } : { available: false, reason: away }];
    }),
  ) as Record<CapabilityName, Capability>;
}

/** What `images.build` builds with, and what else this machine has. */
function builderWords(env: Record<string, string | undefined>): string {
  const buildx =
    findBuildx(env) === null
      ? 'docker buildx, which is not installed (package docker-buildx)'
      : '`docker buildx build --load`';
  return `classic; a Dockerfile that needs BuildKit (RUN --mount, here-documents, COPY --link) is for ${buildx}`;
}

/**
 * What tells an engine from all others, whatever leads to it. The id is that of a key in /etc/docker, which several engines of one machine share,
 * and machines that were cloned: their directory and their name tell them apart.
 */
const identityOf = (info: Record<string, unknown>): string | undefined =>
  typeof info['ID'] === 'string' && info['ID'] !== ''
    ? [info['ID'], info['Name'], info['DockerRootDir']].join(' ')
    : undefined;

/** Services belong to the managers of a swarm. */
function servicesCapability(info: Record<string, unknown>): Capability {
  const swarm = info['Swarm'] as { LocalNodeState?: string; ControlAvailable?: boolean } | undefined;
  if (swarm?.ControlAvailable === true) return { available: true };
  return swarm?.LocalNodeState === 'active'
    ? { available: false, reason: 'This engine is a worker of its swarm; only managers list services.' }
    : {
        available: false,
        reason: 'This engine is in no swarm.',
        fixes: [{ text: 'Make it the manager of a swarm of its own.', command: 'docker swarm init' }],
      };
}

function composeCapability(env: Record<string, string | undefined>): Capability {
  const command = findCompose(env);
  return command === null
    ? {
        available: false,
        reason: 'Docker Compose is not installed.',
        fixes: [{ text: 'Install Docker Compose.', command: 'sudo apt-get install docker-compose' }],
      }
    : { available: true, note: command.join(' ') };
}

const install: Fix = { text: 'Install the Docker engine and start it.', command: 'sudo apt-get install docker.io' };

/** One look at the engine. `trial` knows whether it can keep memory; `env` says where programs are. */
export async function probeDocker(
  engine: Engine,
  trial: Trial,
  env: Record<string, string | undefined>,
): Promise<Probe> {
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
    const memory = trial.capability(info);
    return {
      health: 'healthy',
      summary: `Docker ${version.Version} at ${address}`,
      version: version.Version,
      attributes: {
        address,
        engineId: identityOf(info),
        apiVersion: version.ApiVersion,
        storageDriver: info['Driver'],
        cgroupVersion: info['CgroupVersion'],
        experimental: info['ExperimentalBuild'],
        runtimes: Object.keys(info['Runtimes'] ?? {}),
        logDrivers: (info['Plugins'] as { Log?: string[] } | undefined)?.Log,
        swarm: (info['Swarm'] as { LocalNodeState?: string } | undefined)?.LocalNodeState,
        liveRestore: info['LiveRestoreEnabled'],
        cpus: info['NCPU'],
        memoryBytes: info['MemTotal'],
        rootDirectory: info['DockerRootDir'],
        builder: builderWords(env),
        // A capability may still turn true.
        ...(trial.running() === null ? {} : { trying: true }),
      },
      capabilities: capabilities(null, {
        snapshotMemory: memory,
        services: servicesCapability(info),
        compose: composeCapability(env),
      }),
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
export async function* watchDocker(
  engine: Engine,
  trial: Trial,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): AsyncIterable<Probe> {
  let told = '';
  while (!signal.aborted) {
    const probe = await probeDocker(engine, trial, env);
    const text = JSON.stringify(probe);
    if (text !== told) {
      told = text;
      yield probe;
    }
    const wait = probe.health === 'healthy' ? everyMs.healthy : everyMs.away;
    const rest = sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
    // What a trial found is told at once.
    await Promise.race([rest, ...(trial.running() === null ? [] : [trial.running()])]);
  }
}
