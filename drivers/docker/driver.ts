import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, WorkloadRef } from '../driver.ts';
import { checkDockerSpec } from './check.ts';
import { createDockerCompose } from './compose/group.ts';
import { dockerConsoles, openDockerConsole } from './console/consoles.ts';
import { dockerExec } from './console/exec.ts';
import { dockerLogs } from './console/log.ts';
import { diffDocker } from './diff.ts';
import { adoptContainer, discoverContainers } from './discover.ts';
import { type Endpoint, resolveEndpoint } from './engine/endpoint.ts';
import { createEngine, homeOf } from './engine/engine.ts';
import type { EngineLimits } from './engine/limits.ts';
import { type DockerEnvironment, inspectContainer, isGone } from './environment.ts';
import { dockerEvents } from './events/events.ts';
import { amongNotices, openNotices } from './events/notices.ts';
import { openRuns } from './events/runs.ts';
import { createDockerFiles } from './files/group.ts';
import { createFreezeGate } from './freeze-gate.ts';
import { createDockerImages } from './images/group.ts';
import { createDockerWorkload } from './lifecycle/create.ts';
import { observed } from './lifecycle/frozen.ts';
import { createDockerKept } from './lifecycle/kept.ts';
import { sweepNoted } from './lifecycle/late.ts';
import { openNotes } from './lifecycle/notes.ts';
import { recoverContainer } from './lifecycle/recover.ts';
import { removeDockerWorkload } from './lifecycle/remove.ts';
import { renameContainer } from './lifecycle/rename.ts';
import { pauseContainer, resumeContainer, startContainer, stopContainer } from './lifecycle/run.ts';
import { settle } from './lifecycle/settle.ts';
import { updateContainer } from './lifecycle/update.ts';
import { adoptOwn, ownContainers } from './own.ts';
import { createBody } from './plan.ts';
import { watchDocker } from './probe.ts';
import { openRecords } from './record.ts';
import { dockerSettingsSchema } from './settings.ts';
import { signalContainer } from './signal.ts';
import { createDockerSnapshots } from './snapshots/group.ts';
import { openTrial } from './snapshots/trial.ts';
import { containerStats } from './stats.ts';
import { createDockerNetworks } from './stores/networks.ts';
import { createDockerVolumes } from './stores/volumes.ts';
import { createDockerServices } from './swarm/services.ts';

/** Where the driver keeps its records and which engine it asks. */
export type DockerDriverOptions = {
  /** Directory of the records, made when it is missing. */
  root: string;
  /** Environment with DOCKER_HOST and the like. */
  env: Record<string, string | undefined>;
  /** The engine; the one that the environment names where absent. */
  endpoint?: Endpoint;
  /** How long the engine may take, read with each request; the usual where absent. */
  limits?: Readonly<EngineLimits>;
};

/** How long a close waits for commands that are being left, milliseconds. */
const leaveMs = 2_000;

/** The driver of Docker containers. Opens no connection before it is asked for something. */
export function createDockerDriver(options: DockerDriverOptions): Driver {
  const home = homeOf(options.root);
  const engine = createEngine(options.endpoint ?? resolveEndpoint(options.env), options.limits);
  const records = openRecords(options.root);
  const trial = openTrial(engine, home, options.root);
  const closing = new AbortController();
  const leaving = new Set<Promise<void>>();
  const environment: DockerEnvironment = {
    engine,
    records,
    home,
    instance: randomBytes(6).toString('hex'),
    gate: createFreezeGate(),
    leave: (work) => {
      leaving.add(work);
      const forget = () => leaving.delete(work);
      work.then(forget, forget);
    },
    closing: closing.signal,
    unfinished: new Map(),
    notes: openNotes(options.root),
    settling: new Map(),
    undoing: new Map(),
    checkpoints: () => trial.last(),
    notices: openNotices(),
    runs: openRuns(),
  };
  const stores = { volumes: createDockerVolumes(environment), networks: createDockerNetworks(environment) };
  let swept = false;
  const recovering = new Map<string, ReturnType<Driver['recover']>>();
  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);
  const observeNow = async (ref: WorkloadRef) => {
    try {
      const info = await inspectContainer(environment, ref);
      environment.runs.see(info.Id, info.State);
      return await observed(environment, records.get(ref.id), info);
    } catch (error) {
      if (!isGone(error)) throw error;
      return records.get(ref.id).intent?.kind === 'replace'
        ? { phase: 'stopped' as const, reason: 'going back to a snapshot was cut off; a start goes on with it' }
        : { phase: 'lost' as const, reason: 'the container was removed by somebody else' };
    }
  };
  return {
    name: 'docker',
    settingsSchema: dockerSettingsSchema,
    recoversAgain: true,
    probe(signal) {
      if (!swept) environment.leave(sweepNoted(environment));
      swept = true;
      return watchDocker(engine, trial, options.env, until(signal));
    },
    resolve: async (spec) => checkDockerSpec(spec),
    plan: async (spec) => ({
      commands: [],
      requests: [
        {
          request: `POST /containers/create?name=${spec.name}`,
          body: createBody('ID', environment.home, checkDockerSpec(spec)),
        },
        { request: 'POST /containers/{id}/start' },
      ],
      warnings:
        engine.endpoint.socketPath === undefined ? [`The engine is another machine: ${engine.endpoint.address}.`] : [],
    }),
    diff: diffDocker,
    create: (context, id, spec) => createDockerWorkload(environment, context, id, spec),
    async start(context, ref) {
      await settle(environment, ref.id);
      return startContainer(environment, context, ref);
    },
    stop: (context, ref, policy) => stopContainer(environment, context, ref, policy),
    remove: (context, ref) => removeDockerWorkload(environment, context, ref),
    // One that takes longer than its caller waits goes on, and is joined by the next.
    recover(id, spec, handle, last) {
      const running = recovering.get(id) ?? recoverContainer(environment, id, spec, handle, last);
      recovering.set(id, running);
      const forget = () => recovering.delete(id);
      running.then(forget, forget);
      return running;
    },
    inspect: observeNow,
    async describe(ref) {
      const info = await inspectContainer(environment, ref);
      return { record: records.get(ref.id), container: info };
    },
    events: (signal) => amongNotices(environment.notices, (over) => dockerEvents(environment, over), until(signal)),
    stats: (ref, everyMs, signal) => containerStats(environment, ref, everyMs, until(signal)),
    consoles: (ref) => dockerConsoles(environment, ref),
    openConsole: (ref, consoleId, open) => openDockerConsole(environment, ref, consoleId, open),
    rename: (ref, name) => renameContainer(environment, ref, name),
    pause: (_context, ref) => pauseContainer(environment, ref),
    resume: (_context, ref) => resumeContainer(environment, ref),
    update: (context, ref, to) => updateContainer(environment, context, ref, to),
    kept: createDockerKept(environment),
    snapshots: createDockerSnapshots(environment),
    images: createDockerImages(environment, options.env),
    ...stores,
    files: createDockerFiles(environment),
    signal: (ref, signal) => signalContainer(environment, ref, signal),
    services: createDockerServices(engine),
    compose: createDockerCompose(environment, options.env, stores),
    exec: (ref, exec) => dockerExec(environment, ref, exec),
    logs: (ref, read, signal) => dockerLogs(environment, ref, read, until(signal)),
    discover: async (asked) => [
      ...(asked?.own === true ? await ownContainers(environment) : []),
      ...(await discoverContainers(environment)),
    ],
    adopt: async (engineId, id) =>
      (engineId === id ? await adoptOwn(environment, engineId) : null) ??
      (await adoptContainer(environment, engineId, id)),
    async close() {
      closing.abort();
      await Promise.race([Promise.allSettled(leaving), sleep(leaveMs, undefined, { ref: false })]);
    },
  };
}
