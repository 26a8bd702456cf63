/** One that is measured: brings one sample, milliseconds or whatever the row counts in. */
export type Contestant = () => Promise<number>;

/**
 * Measures some beside each other: each round every one of them once, the one that begins changes, so that what else the machine does
 * and what a neighbour left in the caches meets all alike. The first round is thrown away: it reads files and compiles.
 */
export async function inTurns<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, Contestant>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const sample = await contestants[name]();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}
