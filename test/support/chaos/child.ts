import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveDirectories } from '../../../electron/host/directories.ts';
import { openHost } from '../../../electron/host/host.ts';
import { createRandom } from '../random.ts';
import { chaosEngine } from './engines.ts';
import type { Message, Seen } from './messages.ts';
import { nextOperation } from './operations.ts';

/** `node child.ts fake|qemu|docker SEED HOME`: a host that works at random until it is killed. NOVACRON_HOME says where; HOME is the same, for whoever looks for it. */
const [engineName, seed] = process.argv.slice(2);
// Whoever is killed keeps no compiled code for the next one; loading it was half of a round's time.
flushCompileCache();
// One write call for a line: nothing is lost in a buffer when the kill comes.
const tell = (message: Message): void => void writeSync(1, `${JSON.stringify(message)}\n`);

const begun = performance.now();
const random = createRandom(Number(seed));
const directories = resolveDirectories(process.env);
const engine = chaosEngine(engineName === 'qemu' || engineName === 'docker' ? engineName : 'fake', directories);
const host = await openHost({ directories, drivers: [engine.driver], version: '0.0.0' });
await host.recovered;
const tookMs = Math.round(performance.now() - begun);
const context = { signal: new AbortController().signal };
const look = async (): Promise<Seen[]> =>
  (await host.handlers['workloads.list']({}, context)).map((each) => ({
    id: each.id,
    name: each.spec.name,
    phase: each.observation.phase,
    reason: each.observation.reason,
    pid: each.observation.pid ?? null,
  }));

// The first look at an engine takes seconds and is remembered.
while (!(await host.handlers['drivers.list']({}, context)).every((driver) => driver.health === 'healthy')) {
  await sleep(20);
}
/** Jobs that did not end: of the host that was killed none may go on, and those that this one begins by itself end soon. */
const unended = async (): Promise<string[]> =>
  (await host.handlers['jobs.list']({ limit: 50 }, context))
    .filter((job) => job.state === 'running' || job.state === 'queued')
    .map((job) => `the job ${job.verb} of ${job.subject} is ${job.state} after a restart`);
let workloads = await look();
const wrongNow = async (): Promise<string[]> => [...(await engine.wrongs(workloads)), ...(await unended())];
let wrong = await wrongNow();
// Layers are merged in the background after a recovery: only what stays wrong is wrong.
const settleEnd = performance.now() + 20_000;
while (wrong.length > 0 && performance.now() < settleEnd) {
  await sleep(100);
  // A machine whose cut-off restore goes on is started only now.
  workloads = await look();
  wrong = await wrongNow();
}
tell({ type: 'recovered', workloads, wrong, tookMs });

/** Two at a time, on different workloads: what one kill cuts off is not always alone. */
const busy = new Set<string>();
const work = async (): Promise<void> => {
  for (;;) {
    const free = (await look()).filter((each) => !busy.has(each.name));
    const operation = await nextOperation(random, host.handlers, engine, free);
    const { verb, names } = operation;
    if (names.some((name) => busy.has(name))) {
      continue;
    }
    for (const name of names) {
      busy.add(name);
    }
    tell({ type: 'begin', verb, names });
    let error: string | null;
    try {
      const { job } = await operation.begin();
      const ended = await host.handlers['jobs.wait']({ job: job.id }, context);
      error = ended.error === null ? null : `${ended.error.code}: ${ended.error.message}`;
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : 'unknown';
    }
    for (const name of names) {
      busy.delete(name);
    }
    tell({ type: 'end', verb, names, error, workloads: await look() });
  }
};
setInterval(() => undefined, 60_000);
await Promise.all([work(), work()]);
