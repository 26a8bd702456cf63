/** What the command line asked for. */
export type BenchArguments = {
  /** Names of rows. */
  rows: readonly string[];
  json: boolean;
  /** Whether peers that are missing may be installed. */
  install: boolean;
};

const switches = ['--json', '--no-install'];

/** Reads the words behind `npm run bench --`; no row means all. Throws with what to write instead when a word is not known. */
export function parseBenchArguments(words: readonly string[], known: readonly string[]): BenchArguments {
  const rows = words.filter((word) => !switches.includes(word));
  const unknown = rows.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    throw new Error(`There is no row ${unknown.join(', ')}. Known: ${known.join(', ')}; and ${switches.join(', ')}.`);
  }
  return {
    rows: rows.length === 0 ? known : rows,
    json: words.includes('--json'),
    install: !words.includes('--no-install'),
  };
}
