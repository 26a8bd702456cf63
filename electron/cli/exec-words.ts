/** Options of `exec` that take no value, and those that take one. */
const flags = new Set(['--json', '-t', '--tty', '--no-tty', '-h', '--help']);
const valued = new Set(['-u', '--user']);

/**
 * Moves the options that stand between the workload and the command of an `exec` before the workload: they are ours.
 * `exec NAME --json -- ls -l` and `exec NAME --json ls -l` mean the same; from the command's first word on, and behind
 * `--`, everything goes inside. Other command lines stay as they are. Pure.
 */
export function sortExecWords(argv: readonly string[]): string[] {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  if (at === -1 || argv[at] !== 'exec') return [...argv];
  let name = at + 1;
  while (name < argv.length && argv[name]?.startsWith('-') === true && argv[name] !== '--') {
    name += valued.has(argv[name] ?? '') ? 2 : 1;
  }
  let end = name + 1;
  while (end < argv.length) {
    const word = argv[end] ?? '';
    if (valued.has(word)) end += 2;
    else if (flags.has(word) || word.startsWith('--user=')) end += 1;
    else break;
  }
  // The mark itself is no word of the command.
  const inside = argv.slice(argv[end] === '--' ? end + 1 : end);
  return [...argv.slice(0, name), ...argv.slice(name + 1, end), ...argv.slice(name, name + 1), ...inside];
}
