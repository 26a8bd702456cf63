import { join } from 'node:path';
import { NovaError } from '../../../drivers/errors.ts';
import type { Catalogue, Prepared } from './catalogue.ts';
import { type DemoOptions, demoEntry, demoId, prepareDemo } from './demo.ts';
import { type DownloadPolicy, publicHttps } from './download/policy.ts';
import { type CatalogueImage, imageEntry, prepareImage, readImages } from './images.ts';

/** What a catalogue is opened with; `policy` is for tests with a server on this machine. */
export type CatalogueOptions = DemoOptions & { policy?: DownloadPolicy };

/** The catalogue over `resources/guest` and `resources/catalogue.json`. Nothing is read until it is asked. */
export function openCatalogue(options: CatalogueOptions): Catalogue {
  const policy = options.policy ?? publicHttps;
  const images = (): Promise<CatalogueImage[]> => readImages(join(options.resourcesDirectory, 'catalogue.json'));
  /** The last preparation of each entry: the next one waits for it and then finds the work done. */
  const turns = new Map<string, Promise<unknown>>();

  const inTurn = (id: string, work: () => Promise<Prepared>): Promise<Prepared> => {
    const before = turns.get(id) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(id, mine);
    return mine;
  };

  return {
    list: async () => [
      await demoEntry(options),
      ...(await Promise.all((await images()).map((image) => imageEntry(options.cacheDirectory, image)))),
    ],
    prepare: async (context, id) => {
      if (id === demoId) return inTurn(id, () => prepareDemo(context, options));
      const all = await images();
      const image = all.find((candidate) => candidate.id === id);
      if (image === undefined) {
        const known = [demoId, ...all.map((candidate) => candidate.id)].join(', ');
        throw new NovaError('not_found', `No image ${id} is in the catalogue. There are: ${known}.`);
      }
      return inTurn(id, () => prepareImage(context, options.cacheDirectory, image, policy));
    },
  };
}
