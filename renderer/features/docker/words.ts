/** The words of a command line, with quotes and backslashes as a shell reads them. Nothing is expanded. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '' && char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === '\\' && quote !== "'" && at + 1 < text.length) {
      at++;
      word = (word ?? '') + text.charAt(at);
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + char;
  }
  if (word !== null) words.push(word);
  return words;
}

/** Variables from lines of `NAME=value`; empty lines and lines that begin with `#` are left out. */
export function parseEnv(text: string): Record<string, string> {
  const pairs = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((line): [string, string] => {
      const at = line.indexOf('=');
      return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1)];
    });
  return Object.fromEntries(pairs);
}

/** The inverse of `splitWords`. */
export function joinWords(words: readonly string[]): string {
  return words
    .map((word) => {
      if (/^[^\s"'\\]+$/.test(word)) return word;
      return word.includes("'") ? `"${word.replaceAll(/["\\]/g, '\\$&')}"` : `'${word}'`;
    })
    .join(' ');
}

/** The inverse of `parseEnv`. */
export function envText(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** Names by spaces or commas. */
export function parseNames(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
