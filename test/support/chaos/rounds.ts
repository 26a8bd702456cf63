import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRandom } from '../random.ts';
import type { ChaosName } from './engines.ts';
import type { Message, Seen } from './messages.ts';

/** What chaos found. */
export type ChaosResult = {
  kills: number;
  /** Operations that were cut off, by verb. */
  cut: Record<string, number>;
  /** Operations that ended, and those that failed, by verb. */
  ended: Record<string, number>;
  failed: string[];
  /** Everything that was not as it must be, with the seed of its round. */
  wrong: string[];
  slowestRecoveryMs: number;
  /** What had been cut off before it. */
  slowestAfter: string;
};

/** What must be found again after a kill. */
type Expectation = { present: Map<string, Seen>; busy: Map<string, string> };

/** Longest recovery and longest life of one host, milliseconds. */
const recoveryLimitMs = 60_000;
const longestLifeMs = 1200;
/** From the start of a host until it has recovered on a quiet machine, milliseconds: on a busier one its life is as much longer, else no operation would ever end. */
const quietStartMs = 1200;
/** The most that a life is drawn out. */
const longestDrawn = 8;
/** Code that the hosts have compiled, shared by all of them. */
const codeDirectory = join(tmpdir(), `novacron-test-cache-${userInfo().uid}`, 'code');
const count = (table: Record<string, number>, key: string): void => {
  table[key] = (table[key] ?? 0) + 1;
};

/** A create that starts ends before its start has. */
const settled = (seen: Seen): boolean => !['creating', 'starting', 'stopping', 'saved'].includes(seen.phase);

/** Compares what was known with what was found. */
function compare(expected: Expectation, found: Seen[]): string[] {
  const wrong: string[] = [];
  const names = new Map(found.map((each) => [each.name, each]));
  for (const [name, before] of expected.present) {
    const verb = expected.busy.get(name);
    const after = names.get(name);
    if (after === undefined) {
      if (verb !== 'remove' && verb !== 'create' && verb !== 'clone') {
        wrong.push(`${name} is gone (it was ${before.phase}, ${verb ?? 'idle'})`);
      }
    } else if (verb === undefined && settled(before) && (after.phase !== before.phase || after.pid !== before.pid)) {
      wrong.push(`${name} was ${before.phase} as ${before.pid} and is ${after.phase} as ${after.pid}`);
    }
  }
  for (const each of found) {
    // A memory that was being loaded is loaded by a start of its own after the recovery, where the machine ran before.
    const loads =
      (each.phase === 'saved' || each.phase === 'starting') &&
      (['restore', 'start'].includes(expected.busy.get(each.name) ?? '') ||
        ['saved', 'starting'].includes(expected.present.get(each.name)?.phase ?? ''));
    if (!loads && !['running', 'stopped', 'paused'].includes(each.phase)) {
      wrong.push(
        `${each.name} is ${each.phase} (${expected.busy.get(each.name) ?? 'idle'} was cut off): ${each.reason}`,
      );
    }
    if (!expected.present.has(each.name) && !expected.busy.has(each.name)) {
      wrong.push(`${each.name} came from nowhere`);
    }
  }
  return wrong;
}

/** What the kills of a house are made of. */
export type ChaosOptions = {
  engine: ChaosName;
  /** The data directory. */
  home: string;
  kills: number;
  seed: number;
  /** Share of the kills that hit a host while it still recovers from the one before. */
  inRecovery?: number;
  /** Added to the environment of the hosts. */
  env?: Record<string, string>;
  /** No further round is begun after this time, milliseconds. */
  budgetMs: number;
};

const sum = (tables: Record<string, number>[]): Record<string, number> => {
  const all: Record<string, number> = {};
  for (const [key, value] of tables.flatMap(Object.entries)) all[key] = (all[key] ?? 0) + Number(value);
  return all;
};

/** `chaosRounds` in several houses side by side, below `home`: while one waits for its engine another one is killed. */
export async function chaosHouses(houses: number, options: ChaosOptions): Promise<ChaosResult> {
  const results = await Promise.all(
    Array.from({ length: houses }, (_, index) =>
      chaosRounds({
        ...options,
        home: join(options.home, `${index}`),
        kills: Math.ceil(options.kills / houses),
        seed: options.seed + index,
      }),
    ),
  );
  return {
    kills: results.reduce((all, each) => all + each.kills, 0),
    cut: sum(results.map((each) => each.cut)),
    ended: sum(results.map((each) => each.ended)),
    failed: results.flatMap((each) => each.failed),
    wrong: results.flatMap((each, index) => each.wrong.map((text) => `house ${index}: ${text}`)),
    slowestRecoveryMs: Math.max(...results.map((each) => each.slowestRecoveryMs)),
    slowestAfter:
      results.toSorted((one, other) => other.slowestRecoveryMs - one.slowestRecoveryMs)[0]?.slowestAfter ?? '',
  };
}

/** Kills a host again and again, and looks each time at what the next one finds. The last host is killed too. */
async function chaosRounds(options: ChaosOptions): Promise<ChaosResult> {
  const end = performance.now() + options.budgetMs;
  const result: ChaosResult = {
    kills: 0,
    cut: {},
    ended: {},
    failed: [],
    wrong: [],
    slowestRecoveryMs: 0,
    slowestAfter: '',
  };
  const random = createRandom(options.seed);
  let expected: Expectation | null = null;
  for (let round = 0; round < options.kills && performance.now() < end; round += 1) {
    const seed = random.below(1_000_000_000);
    const program = join(import.meta.dirname, 'child.ts');
    // It reads its directory from the environment; among its words it can be found by it.
    const child = spawn(process.execPath, [program, options.engine, String(seed), options.home], {
      env: { ...process.env, NODE_COMPILE_CACHE: codeDirectory, ...options.env, NOVACRON_HOME: options.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = once(child, 'exit');
    let errors = '';
    child.stderr.on('data', (bytes: Buffer) => {
      errors += bytes.toString();
    });
    const now: Expectation = { present: new Map(), busy: new Map() };
    // With a host that is killed in its recovery nothing more is known than before.
    const early = expected !== null && random.next() < (options.inRecovery ?? 0);
    let timer = setTimeout(() => child.kill('SIGKILL'), early ? random.below(longestLifeMs) : recoveryLimitMs);
    const begun = performance.now();
    let recovered = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const message: Message = JSON.parse(line);
      switch (message.type) {
        case 'recovered': {
          recovered = true;
          clearTimeout(timer);
          const drawn = Math.min(longestDrawn, Math.max(1, (performance.now() - begun) / quietStartMs));
          timer = setTimeout(() => child.kill('SIGKILL'), random.next() * longestLifeMs * drawn);
          const compared = expected === null ? [] : compare(expected, message.workloads);
          const cutOff = [...(expected?.busy ?? [])].map(([name, verb]) => `${verb} ${name}`).join(', ');
          if (message.tookMs > result.slowestRecoveryMs) {
            result.slowestRecoveryMs = message.tookMs;
            result.slowestAfter = `round ${round} seed ${seed} after [${cutOff}]`;
          }
          result.wrong.push(
            ...[...message.wrong, ...compared].map((text) => `round ${round} seed ${seed} after [${cutOff}]: ${text}`),
          );
          now.present = new Map(message.workloads.map((each) => [each.name, each]));
          break;
        }
        case 'begin':
          for (const name of message.names) {
            now.busy.set(name, message.verb);
          }
          break;
        case 'end':
          count(result.ended, message.verb);
          if (message.error !== null) {
            result.failed.push(`${message.verb}: ${message.error}`);
          }
          for (const name of message.names) {
            now.busy.delete(name);
          }
          now.present = new Map(message.workloads.map((each) => [each.name, each]));
          break;
      }
    }
    await exit;
    clearTimeout(timer);
    if (!recovered && early) {
      result.kills += 1;
      count(result.cut, 'recovery');
      continue;
    }
    if (!recovered) {
      result.wrong.push(`round ${round} seed ${seed}: the host did not recover: ${errors.slice(-1500)}`);
    } else if (child.signalCode !== 'SIGKILL') {
      result.wrong.push(`round ${round} seed ${seed}: the host ended by itself: ${errors.slice(-1500)}`);
    }
    for (const verb of now.busy.values()) {
      count(result.cut, verb);
    }
    result.kills += 1;
    expected = now;
  }
  return result;
}
