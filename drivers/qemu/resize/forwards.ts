import { NovaError } from '../../errors.ts';
import { forwardsOf, type RunningForward } from '../lifecycle/addresses.ts';
import { settleForwards } from '../lifecycle/ports.ts';
import type { Machine } from '../machine/machine.ts';
import type { QmpClient } from '../qmp/types.ts';
import type { QemuSettings } from '../settings.ts';

type Rule = QemuSettings['portForwards'][number];

/** The name of the network in QEMU's arguments. */
const netdev = 'net0';

/** QEMU has no other way to change forwards than its command line for people; nothing that a user typed can stand in it but checked addresses and numbers. */
async function say(client: QmpClient, line: string): Promise<string> {
  return (await client.execute<string>('human-monitor-command', { 'command-line': line })).trim();
}

/** The forwards in the answer to `info usernet`. Pure. */
export function readUsernet(text: string): RunningForward[] {
  return [...text.matchAll(/^\s*(TCP|UDP)\[HOST_FORWARD\]\s+\S+\s+([\d.]+)\s+(\d+)\s+\S+\s+(\d+)/gm)].map((match) => ({
    protocol: (match[1] ?? '').toLowerCase(),
    hostAddress: match[2] ?? '',
    hostPort: Number(match[3]),
    guestPort: Number(match[4]),
  }));
}

const key = (rule: Omit<RunningForward, 'guestPort'>): string =>
  `${rule.protocol}:${rule.hostAddress}:${rule.hostPort}`;

/** What has to go and to come so that the wanted forwards are there. Pure. A wanted port 0 is served by any that leads to the same place. */
export function forwardChanges(
  present: readonly RunningForward[],
  wanted: readonly Rule[],
): { remove: RunningForward[]; add: Rule[] } {
  const left = [...present];
  const take = (match: (rule: RunningForward) => boolean): boolean => {
    const at = left.findIndex(match);
    if (at !== -1) {
      left.splice(at, 1);
    }
    return at !== -1;
  };
  const same = (rule: Rule, running: RunningForward): boolean =>
    running.protocol === rule.protocol &&
    running.hostAddress === rule.hostAddress &&
    running.guestPort === rule.guestPort;
  // Those with a number first: they may not be given away to one that takes any.
  const missing = [...wanted]
    .sort((a, b) => Number(a.hostPort === 0) - Number(b.hostPort === 0))
    .filter((rule) => !take((one) => same(rule, one) && (rule.hostPort === 0 || rule.hostPort === one.hostPort)));
  return { remove: left, add: missing };
}

/** The forwards of the present run as it was last known. */
export function runningForwards(machine: Pick<Machine, 'record'>): RunningForward[] {
  const { run } = machine.record;
  return run === null ? [] : (run.forwards ?? forwardsOf(run.argv));
}

/** Asks QEMU which forwards there are and notes them for the next host. */
export async function noteForwards(machine: Machine, client: QmpClient): Promise<RunningForward[]> {
  const forwards = readUsernet(await say(client, 'info usernet'));
  machine.save((record) => ({ ...record, run: record.run === null ? null : { ...record.run, forwards } }));
  return forwards;
}

async function add(client: QmpClient, rule: RunningForward): Promise<void> {
  const said = await say(client, `hostfwd_add ${netdev} ${key(rule)}-:${rule.guestPort}`);
  if (said !== '') {
    throw new NovaError(
      'conflict',
      `The port ${rule.hostPort}/${rule.protocol} of ${rule.hostAddress} cannot be forwarded: another program has it, or this user may not take it.`,
      { details: { field: 'settings.portForwards', log: [said] } },
    );
  }
}

/** Changes the forwards of a running machine, all or none. Throws `conflict` for a port that is taken. */
export async function applyForwards(machine: Machine, client: QmpClient, wanted: readonly Rule[]): Promise<void> {
  const changes = forwardChanges(readUsernet(await say(client, 'info usernet')), wanted);
  const removed: RunningForward[] = [];
  const added: RunningForward[] = [];
  try {
    for (const rule of changes.remove) {
      await say(client, `hostfwd_remove ${netdev} ${key(rule)}`);
      removed.push(rule);
    }
    for (const rule of await settleForwards(changes.add)) {
      await add(client, rule);
      added.push(rule);
    }
  } catch (error) {
    for (const rule of added) {
      await say(client, `hostfwd_remove ${netdev} ${key(rule)}`);
    }
    for (const rule of removed) {
      await add(client, rule);
    }
    throw error;
  } finally {
    await noteForwards(machine, client);
  }
}
