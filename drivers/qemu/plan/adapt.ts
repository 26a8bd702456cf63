import { firmwareNodes } from './arguments.ts';
import { fileNode } from './block.ts';

/** Options that belong to this run, not to what the guest sees: they come from the new arguments. */
const ofTheRun = new Set([
  '-blockdev',
  '-chardev',
  '-pidfile',
  '-netdev',
  '-display',
  '-name',
  '-uuid',
  '-trace',
  '-action',
]);

type Pair = { option: string; values: string[] };

function pairs(argv: readonly string[]): Pair[] {
  const result: Pair[] = [];
  for (const word of argv.slice(1)) {
    const last = result.at(-1);
    // An option has at most one value; a value that begins with a dash can only be the value of the option before it.
    if (word.startsWith('-') && (last === undefined || last.values.length > 0 || flags.has(last.option))) {
      result.push({ option: word, values: [] });
    } else {
      last?.values.push(word);
    }
  }
  return result;
}

const flags = new Set(['-no-user-config', '-nodefaults', '-S']);

function device(text: string | undefined): Record<string, unknown> {
  return text === undefined || !text.startsWith('{') ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function chardevId(pair: Pair): string | undefined {
  return /(?:^|,)id=([^,]+)/.exec(pair.values[0] ?? '')?.[1];
}

/** One of the chips of UEFI firmware, which a machine keeps that was saved with it. */
function isFlash(pair: Pair): boolean {
  const flash: unknown[] = Object.values(firmwareNodes);
  return pair.option === '-blockdev' && flash.includes(device(pair.values[0])['node-name']);
}

/** The chip with the variables on the file where they are now; the firmware's own chip as it is. */
function onFile(pair: Pair, path: string): Pair {
  const node = device(pair.values[0]);
  return node['node-name'] === firmwareNodes.variables
    ? { option: pair.option, values: [JSON.stringify({ ...node, file: fileNode(path, false) })] }
    : pair;
}

/**
 * The arguments of a saved machine with the disks, sockets and files of now: a saved memory needs the very same devices, but its
 * disks stand on other layers. `fresh` are the arguments that the machine would be started with now, `variables` is where its UEFI
 * variables are now.
 */
export function adaptArguments(saved: readonly string[], fresh: readonly string[], variables: string): string[] {
  const now = pairs(fresh);
  const drives = new Map(
    now
      .filter((pair) => pair.option === '-device')
      .map((pair) => device(pair.values[0]))
      .map((value) => [value['id'], value['drive']]),
  );
  const chardevs = new Set(now.filter((pair) => pair.option === '-chardev').map(chardevId));
  const kept = pairs(saved)
    // A device that was switched off since is still part of the saved machine, and so is what it speaks through.
    .filter(
      (pair) =>
        !ofTheRun.has(pair.option) ||
        (pair.option === '-chardev' && !chardevs.has(chardevId(pair))) ||
        (isFlash(pair) && !now.some(isFlash)) ||
        (pair.option === '-action' && !now.some(({ option }) => option === '-action')),
    )
    .map((pair) => {
      if (isFlash(pair)) {
        return onFile(pair, variables);
      }
      const value = pair.option === '-device' ? device(pair.values[0]) : {};
      const drive = drives.get(value['id']);
      return drive === undefined || value['drive'] === undefined
        ? pair
        : { option: pair.option, values: [JSON.stringify({ ...value, drive })] };
    });
  const ours = now.filter((pair) => ofTheRun.has(pair.option));
  return [fresh[0] ?? saved[0] ?? '', ...[...ours, ...kept].flatMap((pair) => [pair.option, ...pair.values])];
}
