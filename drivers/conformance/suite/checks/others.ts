import type { Check } from '../check.ts';
import { ensure, isJson, refuses } from '../expect.ts';

/** Discovery and images. */
export const otherChecks: Check[] = [
  {
    id: 'discover',
    title: 'discovers without touching anything',
    needs: ['discover'],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const found = await kit.driver.discover?.();
      isJson(found, 'what was discovered');
      const mine = found?.find((each) => each.name === ref.name);
      ensure(mine === undefined || mine.ours, 'our own workload is told as a stranger');
      await kit.phase(ref, 'running');
    },
  },
  {
    id: 'images',
    title: 'lists images, and says what is wrong with one that it can not have',
    needs: ['images'],
    async run(kit) {
      isJson(await kit.driver.images?.list(), 'the images');
      const pull = kit.driver.images?.pull(kit.context(), 'missing.invalid/nothing:1') ?? Promise.resolve();
      await refuses(pull, 'pulling an image that does not exist');
      const file = kit.driver.images?.import(kit.context(), '/nonexistent/file', 'nothing') ?? Promise.resolve();
      await refuses(file, 'importing a file that does not exist', 'not_found', 'invalid_spec');
    },
  },
];
