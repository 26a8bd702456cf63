/** An argument list as one line that a shell reads back as the same list. Only shown and copied, never run by us. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

function quote(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
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
