import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../machine/durable.ts';

/** Values that are dear to find out, kept over starts of the application and thrown away when their key changes. */
export type ProbeCache = {
  /** The kept value of the key, if it passes the schema; else made and kept. */
  get<T>(key: string, schema: z.ZodType<T>, make: () => Promise<T>): Promise<T>;
  /** Whether the key has a value. */
  has(key: string): boolean;
  /** Forgets all: the next look is a real one. */
  clear(): void;
};

const fileSchema = z.record(z.string(), z.unknown());
/** Old keys are useless; the newest few serve someone who switches between versions. */
const entryLimit = 32;

/** Opens the cache in a file. A file that is missing or damaged is an empty cache. */
export function createProbeCache(file: string): ProbeCache {
  let entries: Map<string, unknown> | null = null;
  const load = (): Map<string, unknown> => {
    if (entries === null) {
      try {
        entries = new Map(Object.entries(fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))));
      } catch {
        // Nothing of value is lost: it is found out again.
        entries = new Map();
      }
    }
    return entries;
  };
  return {
    has: (key) => load().has(key),
    clear() {
      entries = new Map();
    },
    async get(key, schema, make) {
      const kept = schema.safeParse(load().get(key));
      if (kept.success) {
        return kept.data;
      }
      const value = await make();
      const all = load();
      all.delete(key);
      all.set(key, value);
      for (const old of [...all.keys()].slice(0, Math.max(0, all.size - entryLimit))) {
        all.delete(old);
      }
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeDurably(file, JSON.stringify(Object.fromEntries(all)));
      } catch {
        // A cache that can't be written costs the look again at the next start, nothing else.
      }
      return value;
    },
  };
}
