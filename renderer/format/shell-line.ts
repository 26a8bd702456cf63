/** An argument list as one line that a shell reads back as the same list. Only shown and copied, never run by us. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

function quote(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Longer lines of a log are folded when they are a command, characters. */
const longLine = 160;

/** Long command lines of a log with a line for each option. Only their breaks change. Pure. */
export function foldCommands(lines: readonly string[]): string {
  return lines
    .map((line) => (line.length > longLine && line.startsWith('/') ? line.replaceAll(/ (?=-[a-z])/g, ' \\\n  ') : line))
    .join('\n');
}

/** The same with a line for each option, so that a long one can be read; a shell still takes it as one command. */
export function shellLines(argv: readonly string[]): string {
  const lines: string[] = [];
  for (const word of argv) {
    const option = word.startsWith('-') || lines.length === 0;
    if (option) lines.push(quote(word));
    else lines[lines.length - 1] += ` ${quote(word)}`;
  }
  return lines.join(' \\\n  ');
}
