/** One that is measured: brings one sample, milliseconds or whatever the row counts in. */
export type Contestant<Sample = number> = () => Promise<Sample>;

/**
 * Measures some beside each other: each round every one of them once, the one that begins changes, so that what else the machine does
 * and what a neighbour left in the caches meets all alike. The first round is thrown away: it reads files and compiles. A contestant
 * that is null is not there and has no samples.
 */
export async function inTurns<Name extends string, Sample = number>(
  rounds: number,
  contestants: Readonly<Record<Name, Contestant<Sample> | null>>,
): Promise<Record<Name, Sample[]>> {
  const all = Object.entries<Contestant<Sample> | null>(contestants);
  const there = all.flatMap(([name, measure]) => (measure === null ? [] : [{ name, measure }]));
  const samples = Object.fromEntries(all.map(([name]) => [name, [] as Sample[]])) as Record<string, Sample[]>;
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % there.length;
    for (const { name, measure } of [...there.slice(first), ...there.slice(0, first)]) {
      const sample = await measure();
      if (round > 0) samples[name]?.push(sample);
    }
  }
  return samples;
}
