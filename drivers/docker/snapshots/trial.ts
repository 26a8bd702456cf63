import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Capability, Fix } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { type Engine, homeLabel, idLabel, roleLabel } from '../engine/engine.ts';
import { readLines } from '../engine/lines.ts';
import { checkpointName, checkpointsOf } from './memory.ts';
import { pauseProgram } from './pause-program.ts';
import { checkpointFolder, fromCheckpoint, makeDistinct } from './resume.ts';

/** A trial that failed is believed for so long, milliseconds: CRIU may have been installed since. */
const failureMs = 10 * 60_000;
/** Longest wait for one step, milliseconds. */
const stepMs = 60_000;
/** Stands for a workload's id on what serves a trial for moments. */
const trialId = 'trial';
/** The trial brings a program for one kind of processor only. */
const tried = ['x86_64', 'amd64'];

const experimentalFix: Fix = { text: 'Put "experimental": true into /etc/docker/daemon.json and restart Docker.' };
const criuFix: Fix = {
  text: "Install CRIU 4 or newer on the engine's machine; `sudo criu check` tells whether it works with its kernel.",
  command: 'sudo apt-get install criu',
};

/** Whether an engine can keep and restore memory, found out by doing it once with a container of no use. */
export type Trial = {
  /** What is known; begins a trial where it is not. `info` is the engine's. */
  capability(info: Record<string, unknown>): Capability;
  /** What was known last. */
  last(): Capability;
  /** The trial that is running, or null. Never rejects. */
  running(): Promise<void> | null;
};

/** Opens the memory of trials in the driver's directory: one that succeeded is not done again on the same engine and kernel. */
export function openTrial(engine: Engine, home: string, root: string): Trial {
  const file = join(root, 'checkpoint-trial');
  let running: Promise<void> | null = null;
  let known: { key: string; capability: Capability; atMs: number } | null = null;
  let last: Capability = { available: false, reason: 'The engine has not answered yet.' };
  const read = (): string | null => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return null; // no trial has succeeded here
    }
  };
  const attempt = async (key: string): Promise<void> => {
    try {
      const capability = await tryOnce(engine, home);
      known = { key, capability, atMs: Date.now() };
      if (capability.available) writeFileSync(file, key);
    } catch {
      // An engine that went away is asked again with the next look.
    } finally {
      running = null;
    }
  };
  const decide = (info: Record<string, unknown>): Capability => {
    if (info['ExperimentalBuild'] !== true) {
      return {
        available: false,
        reason: 'The engine keeps the memory of containers in its experimental mode only.',
        fixes: [experimentalFix],
      };
    }
    const key = ['ID', 'ServerVersion', 'KernelVersion'].map((field) => String(info[field])).join(' ');
    if (!tried.includes(String(info['Architecture']))) return { available: true, note: 'Not tried on this processor.' };
    if (read() === key) return { available: true };
    const fresh = known?.key === key && Date.now() - known.atMs < failureMs ? known : null;
    if (fresh !== null) return fresh.capability;
    running ??= attempt(key);
    return { available: false, reason: 'It is being tried whether this engine can keep memory.' };
  };
  return {
    capability: (info) => (last = decide(info)),
    last: () => last,
    running: () => running,
  };
}

/** Keeps and restores the memory of a container of no use. Throws when the engine went away meanwhile. */
async function tryOnce(engine: Engine, home: string): Promise<Capability> {
  const what = 'Trying a checkpoint';
  const labels = { [homeLabel]: home, [roleLabel]: 'trial' };
  await dropTrials(engine, home);
  try {
    // Loaded only when a trial is due, which is once for an engine.
    const { pack } = await import('../../tar-stream.ts');
    const archive = pack();
    archive.entry({ name: 'pause', mode: 0o755 }, pauseProgram());
    archive.finalize();
    const answer = await engine.ask(
      what,
      () =>
        engine.docker.importImage(Readable.from(archive), {
          changes: Object.entries(labels).map(([k, v]) => `LABEL ${k}=${v}`),
        }),
      stepMs,
    );
    let image = '';
    for await (const line of readLines(answer as Readable, AbortSignal.timeout(stepMs))) {
      image = (JSON.parse(line) as { status?: string }).status ?? image;
    }
    const container = await engine.ask(
      what,
      () =>
        engine.docker.createContainer({
          name: `novacron-trial-${randomUUID().slice(0, 8)}`,
          Image: image,
          Cmd: ['/pause'],
          Labels: labels,
        }),
      stepMs,
    );
    await engine.ask(what, () => container.start(), stepMs);
    const ended = engine.ask(what, () => container.wait(), stepMs);
    await Promise.all([
      ended,
      engine.ask(
        what,
        () => checkpointsOf(container).createCheckpoint({ CheckpointID: checkpointName, Exit: true }),
        stepMs,
      ),
    ]);
    const folder = `${await checkpointFolder(engine, container.id)}/${checkpointName}`;
    await makeDistinct({ engine, home }, trialId, image, folder);
    await engine.ask(what, () => container.start(fromCheckpoint), stepMs);
    const { State } = await engine.ask(what, () => container.inspect(), stepMs);
    if (!State.Running) throw new NovaError('internal', `${what}: what was restored does not run.`);
    return { available: true };
  } catch (error) {
    if (!(error instanceof NovaError) || error.retryable) throw error;
    return { available: false, reason: `It was tried and failed. ${error.message}`, fixes: [criuFix] };
  } finally {
    await dropTrials(engine, home).catch(() => undefined);
  }
}

/** Removes what a trial made, also one that was cut off. */
async function dropTrials(engine: Engine, home: string): Promise<void> {
  const what = 'Removing a trial';
  const filters = { label: [`${homeLabel}=${home}`, `${roleLabel}=trial`] };
  const helpers = { label: [`${homeLabel}=${home}`, `${idLabel}=${trialId}`] };
  for (const each of [filters, helpers]) {
    for (const one of await engine.ask(what, () => engine.docker.listContainers({ all: true, filters: each }))) {
      await engine.ask(what, () => engine.docker.getContainer(one.Id).remove({ force: true, v: true }), stepMs);
    }
  }
  for (const one of await engine.ask(what, () => engine.docker.listImages({ all: true, filters }))) {
    await engine.ask(what, () => engine.docker.getImage(one.Id).remove({ force: true }), stepMs);
  }
}
