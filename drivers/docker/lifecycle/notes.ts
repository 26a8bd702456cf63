import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** How the files of notes end. */
const ending = '.undo';

const noteSchema = z.object({
  /** The workload's name, for what is told. */
  name: z.string(),
});

/** A workload of whose id the engine can still make something that nobody wants. */
export type Note = z.infer<typeof noteSchema> & { id: string };

/**
 * Notes of ids whose left-overs an engine that hung can still make: `<root>/<id>.undo`. They outlive this process, which the engine
 * does too.
 */
export type Notes = {
  add(note: Note): void;
  has(id: string): boolean;
  /** Idempotent. */
  drop(id: string): void;
  all(): Note[];
};

/** Opens the notes of a directory that is there. The ids are such as records have. */
export function openNotes(root: string): Notes {
  const names = readdirSync(root).filter((name) => name.endsWith(ending));
  const known = new Map<string, Note>();
  for (const name of names) {
    const id = name.slice(0, -ending.length);
    // Half a note, of a process that was killed, is one all the same.
    const read = noteSchema.safeParse(parse(readFileSync(join(root, name), 'utf8')));
    known.set(id, { id, name: read.success ? read.data.name : id });
  }
  return {
    add({ id, name }) {
      known.set(id, { id, name });
      // Not synced to the disk: a machine that loses its power ends the engine too.
      writeFileSync(join(root, `${id}${ending}`), JSON.stringify({ name }), { mode: 0o600 });
    },
    has: (id) => known.has(id),
    drop(id) {
      if (known.delete(id)) rmSync(join(root, `${id}${ending}`), { force: true });
    },
    all: () => [...known.values()],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
