import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const rounds = 12;
/** A command that hangs would never end. */
const limitMs = 60_000;

describe.skipIf(reason !== null)(
  `Docker: commands and freezes${reason === null ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let rig: DockerRig;
    beforeAll(async () => {
      rig = await openDockerRig([], { checkpoints: false });
    }, 120_000);
    afterAll(() => rig?.dispose());

    it('a command that begins in the very moment of a freeze runs, or is refused in words; none hangs', async () => {
      const ref = await rig.run();
      const ended: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const begin = async (waitMs: number): Promise<string> => {
          await sleep(waitMs);
          return rig.shell(ref, 'echo ran').catch((error: { code?: string }) => String(error.code));
        };
        const commands = [0, 3 * round, 5 * round].map(begin);
        const frozen = (async () => {
          await sleep(4 * round);
          await rig.driver.pause?.(rig.context(), ref);
          await rig.driver.resume?.(rig.context(), ref);
        })();
        const late = sleep(limitMs, ['hung'], { ref: false });
        ended.push(...(await Promise.race([Promise.all(commands), late])));
        await frozen;
      }
      expect(ended).toHaveLength(3 * rounds);
      expect(ended.filter((one) => one !== 'ran' && one !== 'wrong_state')).toEqual([]);
      expect(ended).toContain('ran');
      await reaches(rig, ref, 'running');
      await rig.driver.remove(rig.context(), ref);
    });
  },
);
