import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../drivers/docker/engine/engine.ts';
import { mapDockerError } from '../../../../drivers/docker/engine/map-error.ts';
import { keepMemory } from '../../../../drivers/docker/snapshots/memory.ts';

const refusal = (message: string) => Object.assign(new Error(message), { statusCode: 500 });
const same = refusal(`Cannot checkpoint container 28cb: content sha256:${'5b'.repeat(32)}: already exists`);
const other = refusal(
  'Cannot checkpoint container 28cb: checkpoint with name memory already exists for container 28cb',
);

/** Dumps that are refused with these in turn, then made; how often it was asked. */
async function dump(refusals: readonly Error[]): Promise<{ asked: number; failure: unknown }> {
  let asked = 0;
  const container = {
    createCheckpoint: async () => {
      const refused = refusals[asked];
      asked += 1;
      if (refused !== undefined) throw refused;
    },
  } as unknown as Docker.Container;
  const engine = {
    ask: async <T>(what: string, request: () => Promise<T>) => {
      try {
        return await request();
      } catch (error) {
        throw mapDockerError(error, what);
      }
    },
  } as Engine;
  const failure = await keepMemory({ engine }, 'web', container, '/memory', 0).then(
    () => null,
    (error: unknown) => error,
  );
  return { asked, failure };
}

describe('keepMemory', () => {
  it.each([
    { name: 'a dump that is made', refusals: [], asked: 1, fails: false },
    { name: 'one that containerd still holds, then another', refusals: [same], asked: 2, fails: false },
    { name: 'one that it holds for ever', refusals: [same, same, same, same], asked: 3, fails: true },
    { name: 'another refusal', refusals: [other], asked: 1, fails: true },
  ])('$name', async ({ refusals, asked, fails }) => {
    const seen = await dump(refusals);
    expect(seen.asked).toBe(asked);
    expect(seen.failure !== null).toBe(fails);
  });
});
