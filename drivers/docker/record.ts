import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NovaError } from '../errors.ts';
import { workloadSpecSchema } from '../spec.ts';

/** A kept memory: the volume that holds CRIU's images, and their size. */
export const dockerMemorySchema = z.object({ volume: z.string(), bytes: z.number() });
export type DockerMemory = z.infer<typeof dockerMemorySchema>;

/** Volumes that no spec names, since the image asks for them: path inside -> volume. */
export const anonymousSchema = z.record(z.string(), z.string());

/** One snapshot of a container: an image of its layer, a copy of each volume, and its memory where that was asked for. */
export const dockerSnapshotSchema = z.object({
  id: z.string(),
  name: z.string(),
  notes: z.string(),
  parentId: z.string().nullable(),
  createdAtMs: z.number(),
  automatic: z.boolean(),
  sizeBytes: z.number(),
  pauseMs: z.number().optional(),
  consoleTail: z.string().optional(),
  /** Id of the committed image. */
  imageId: z.string(),
  /** Volume -> the volume that holds its copy. */
  copies: z.record(z.string(), z.string()),
  memory: dockerMemorySchema.optional(),
  /** Path inside -> the volume without a name in the spec that was mounted there. */
  anonymous: anonymousSchema.optional(),
  spec: workloadSpecSchema,
});
export type DockerSnapshot = z.infer<typeof dockerSnapshotSchema>;

/** A container of ours that is set aside, stopped and whole: what was before a change. */
export const dockerKeptSchema = z.object({
  containerId: z.string(),
  /** As in the record. */
  imageId: z.string().nullable(),
  anonymous: anonymousSchema.optional(),
  spec: workloadSpecSchema,
  atMs: z.number(),
});
export type DockerKept = z.infer<typeof dockerKeptSchema>;

/** Another state takes the place of the present one: the container goes, its volumes are filled anew. */
const replaceSchema = z.object({
  kind: z.literal('replace'),
  spec: workloadSpecSchema,
  /** The image to make it from. */
  imageId: z.string(),
  /** Volume -> the copy to fill it from. */
  copies: z.record(z.string(), z.string()),
  currentId: z.string().nullable(),
  start: z.boolean(),
  /** The memory to go on from; implies `start`. */
  memory: dockerMemorySchema.optional(),
  /** The new container is there and in the record: only the start is missing. */
  made: z.boolean().optional(),
  /** Volumes that no spec names, for the new container. */
  anonymous: anonymousSchema.optional(),
  /** Volumes of that kind that only the old one had. */
  surplus: z.array(z.string()).optional(),
  /** It failed and that was told: it is given up where the old container is still there. */
  told: z.boolean().optional(),
});

/** What is half done. `replace`, `swap` and `drop` are rolled forward, `snapshot` is rolled back. */
export const dockerIntentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), snapshotId: z.string(), paused: z.boolean() }),
  /** A snapshot that is out of the list already; its objects go. */
  z.object({ kind: z.literal('drop'), snapshotId: z.string() }),
  replaceSchema.extend({
    /** What was before, at its restore point: it comes back when the new one can not be made. */
    back: replaceSchema.optional(),
  }),
  /** Another container takes the place of `from`, which is set aside. Rolled forward, or `back`. */
  z.object({
    kind: z.literal('swap'),
    spec: workloadSpecSchema,
    from: dockerKeptSchema,
    /** What the new one is made from; absent until the layer of `from` is kept. */
    image: z.string().optional(),
    imageId: z.string().nullable(),
    anonymous: anonymousSchema,
    /** The one that takes the place; null until it is made. */
    to: z.string().nullable(),
    /** `to` was there before: it is not removed on the way back. */
    existing: z.boolean(),
    start: z.boolean(),
    stopAsked: z.boolean(),
    back: z.boolean().optional(),
  }),
]);
export type DockerIntent = z.infer<typeof dockerIntentSchema>;

/** What the driver keeps of one container beside the engine: `<root>/<id>.json`. */
export const dockerRecordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  containerId: z.string(),
  /** The image that the present container was made from, when it is one of our snapshots. */
  imageId: z.string().nullable(),
  snapshots: z.array(dockerSnapshotSchema),
  currentId: z.string().nullable(),
  /** The last stop was asked for: its exit code is no crash. */
  stopAsked: z.boolean(),
  intent: dockerIntentSchema.nullable(),
  /** When the run began in which a freeze was asked for whose answer never came. */
  freezing: z.string().optional(),
  /** What was asked for; absent in records of the first version. */
  spec: workloadSpecSchema.optional(),
  /** What was before the last change that made it anew. */
  kept: dockerKeptSchema.optional(),
  /** Volumes that no spec names and that this container took over from one before it: the engine does not remove them with it. */
  anonymous: anonymousSchema.optional(),
});
export type DockerRecord = z.infer<typeof dockerRecordSchema>;

/** The records of one data directory. Writes are durable when they return. */
export type RecordStore = {
  read(id: string): DockerRecord | null;
  /** Throws `not_found`. */
  get(id: string): DockerRecord;
  write(record: DockerRecord): DockerRecord;
  /** Changes what is there. Throws `not_found`. */
  change(id: string, change: (record: DockerRecord) => DockerRecord): DockerRecord;
  /** Idempotent. */
  remove(id: string): void;
  ids(): string[];
  /** The ids by container. Read once, without blocking, then kept in step with every write of this store. */
  byContainer(): Promise<ReadonlyMap<string, string>>;
  /** The ids by container that is set aside, kept as `byContainer` is. */
  aside(): Promise<ReadonlyMap<string, string>>;
};

/** The containers beside the present one that a record knows: what is kept, and both of a swap that is under way. Pure. */
export function asideOf(record: Pick<DockerRecord, 'containerId' | 'kept' | 'intent'>): string[] {
  const swap = record.intent?.kind === 'swap' ? [record.intent.from.containerId, record.intent.to] : [];
  const all = [record.kept?.containerId, ...swap].filter((one) => typeof one === 'string');
  return all.filter((one, at) => one !== record.containerId && all.indexOf(one) === at);
}

/** How many records are read at one time. */
const readAtOnce = 64;

/** Opens the store, making its directory. */
export function openRecords(root: string): RecordStore {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // A host that was killed in the middle of a write left its half.
  for (const name of readdirSync(root)) if (name.endsWith('.json.new')) rmSync(join(root, name), { force: true });
  const file = (id: string): string => {
    // An id is a file's name here: one that is a path must not lead out of the directory.
    if (!/^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/.test(id))
      throw new NovaError('invalid_spec', `${JSON.stringify(id)} is no id.`);
    return join(root, `${id}.json`);
  };
  const syncDirectory = (): void => {
    const directory = openSync(root, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  };
  const read = (id: string): DockerRecord | null => {
    let text: string;
    try {
      text = readFileSync(file(id), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return dockerRecordSchema.parse(JSON.parse(text));
  };
  /** Containers by id, the present one first, as far as this store wrote or removed them, then all of them. */
  const containers = new Map<string, string[]>();
  const owners = new Map<string, string>();
  const asides = new Map<string, string>();
  let reading: Promise<void> | null = null;
  const note = (id: string, present: string | null, others: string[]): void => {
    for (const before of containers.get(id) ?? []) {
      if (owners.get(before) === id) owners.delete(before);
      if (asides.get(before) === id) asides.delete(before);
    }
    containers.set(id, [...(present ? [present] : []), ...others]);
    if (present) owners.set(present, id);
    for (const other of others) asides.set(other, id);
  };
  const readAll = async (): Promise<void> => {
    const all = ids();
    for (let at = 0; at < all.length; at += readAtOnce) {
      await Promise.all(
        all.slice(at, at + readAtOnce).map(async (id) => {
          const text = await readFile(file(id), 'utf8').catch(() => null);
          const record = text === null ? null : (JSON.parse(text) as Partial<DockerRecord>);
          // What was written meanwhile is newer.
          if (record?.containerId === undefined || containers.has(id)) return;
          const { containerId, kept, intent = null } = record;
          note(id, containerId, asideOf({ containerId, intent, ...(kept === undefined ? {} : { kept }) }));
        }),
      );
    }
  };
  const ids = (): string[] =>
    readdirSync(root)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));
  const get = (id: string): DockerRecord => {
    const record = read(id);
    if (record === null) throw new NovaError('not_found', `No record of container ${id} in ${root}.`);
    return record;
  };
  const write = (record: DockerRecord): DockerRecord => {
    const temporary = `${file(record.id)}.new`;
    const descriptor = openSync(temporary, 'w', 0o600);
    try {
      writeSync(descriptor, JSON.stringify(record));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file(record.id));
    syncDirectory();
    note(record.id, record.containerId, asideOf(record));
    return record;
  };
  return {
    read,
    get,
    write,
    change: (id, change) => write(change(get(id))),
    remove(id) {
      rmSync(file(id), { force: true });
      syncDirectory();
      note(id, null, []);
    },
    ids,
    byContainer: async () => {
      await (reading ??= readAll());
      return owners;
    },
    aside: async () => {
      await (reading ??= readAll());
      return asides;
    },
  };
}
