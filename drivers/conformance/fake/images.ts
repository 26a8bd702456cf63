import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image, ImageGroup } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import type { Engine } from './engine.ts';
import { work } from './lifecycle.ts';

/** How long a pull takes, milliseconds: long enough to be cancelled. */
const pullMs = 200;
const sizeBytes = 5_000_000;

/** Images of the fake engine: entries in one file. Names that begin with `missing` are not found. */
export function createImages(engine: Engine): ImageGroup {
  const path = join(engine.root, 'images.json');
  const read = (): Image[] => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []);
  const write = (images: Image[]): void => {
    writeFileSync(`${path}.new`, JSON.stringify(images), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  const usedBy = (image: Image): string[] =>
    engine.store
      .all()
      .filter((record) => [image.id, ...image.names].includes(engine.settings(record.spec).image ?? ''))
      .map((record) => record.spec.name);
  const add = (name: string, bytes: number): Image => {
    const known = read().find((image) => image.names.includes(name));
    if (known !== undefined) {
      return known;
    }
    const id = `fake-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
    const image: Image = { id, names: [name], sizeBytes: bytes, createdAtMs: Date.now(), usedBy: [] };
    write([...read(), image]);
    return image;
  };

  return {
    async list() {
      return read().map((image) => ({ ...image, usedBy: usedBy(image) }));
    },
    async pull(context, name) {
      if (name.startsWith('missing')) {
        throw new NovaError('not_found', `There is no image ${name}. Check its name.`);
      }
      await work(context, pullMs, `Pulling ${name}`);
      return add(name, sizeBytes);
    },
    async import(context, file, name) {
      if (!existsSync(file)) {
        throw new NovaError('not_found', `There is no file ${file}.`);
      }
      await work(context, 0, `Importing ${name}`);
      return add(name, statSync(file).size);
    },
    async remove(_context, id) {
      const image = read().find((each) => each.id === id || each.names.includes(id));
      if (image === undefined) {
        return;
      }
      const users = usedBy(image);
      if (users.length > 0) {
        throw new NovaError('conflict', `The image ${id} is in use by ${users.join(', ')}. Remove them first.`);
      }
      write(read().filter((each) => each.id !== image.id));
    },
  };
}
