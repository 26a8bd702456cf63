import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const recipeSchema = z.strictObject({
  /** Grows when the builder's output changes for the same files. */
  version: z.number(),
  cmdline: z.string(),
  kernelPackages: z.array(z.string()).min(1),
  busyboxPackages: z.array(z.string()).min(1),
  /** The guest agent; a guest is built without where there is none. */
  agentPackages: z.array(z.string()),
  /** Loaded before the shell. */
  modules: z.array(z.string()),
  /** Loaded beside the shell. */
  lateModules: z.array(z.string()),
});

/** A file of the guest's root: path relative to it. */
export type RootFile = { path: string; content: Uint8Array };

/** The recipe of the demo guest, as read from `resources/guest`. `key` is a hash of all of it. */
export type Recipe = z.infer<typeof recipeSchema> & { root: RootFile[]; key: string };

/** Reads the recipe. Throws what the file system or the schema throws: it is part of the application. */
export async function readRecipe(directory: string): Promise<Recipe> {
  const text = await readFile(join(directory, 'recipe.json'), 'utf8');
  const root = await readTree(join(directory, 'root'), '');
  const hash = createHash('sha256').update(text);
  for (const file of root) hash.update(`\0${file.path}\0`).update(file.content);
  return { ...recipeSchema.parse(JSON.parse(text)), root, key: hash.digest('hex').slice(0, 16) };
}

async function readTree(directory: string, prefix: string): Promise<RootFile[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: RootFile[] = [];
  for (const entry of entries) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await readTree(join(directory, entry.name), path)));
    else files.push({ path, content: await readFile(join(directory, entry.name)) });
  }
  return files;
}
