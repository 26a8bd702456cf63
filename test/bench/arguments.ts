/** What the command line asked for. */
export type BenchArguments = {
  /** Names of rows; none means all. */
  rows: readonly string[];
  json: boolean;
};

/** Reads the words behind `npm run bench --`. Throws with what to write instead when a word is not known. */
export function parseBenchArguments(words: readonly string[], known: readonly string[]): BenchArguments {
  const rows = words.filter((word) => word !== '--json');
  const unknown = rows.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    throw new Error(`There is no row ${unknown.join(', ')}. Known: ${known.join(', ')}; and --json.`);
  }
  return { rows, json: words.includes('--json') };
}
