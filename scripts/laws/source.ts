import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Piece, pieces } from './lexer.ts';

/** One import or re-export of a file. */
export type Import = {
  specifier: string;
  /** Path from the root for a relative specifier, else null. */
  path: string | null;
  line: number;
  /** Erased at run time. */
  typeOnly: boolean;
  dynamic: boolean;
  /** The names between the braces, as written. */
  names: string[];
};

/** One source file, read once for all laws. */
export type SourceFile = { path: string; text: string; pieces: Piece[]; imports: Import[] };

/** The folders that the laws look at. */
export const sourceFolders = ['drivers', 'electron', 'renderer', 'scripts', 'test'];
const endings = /\.(?:ts|tsx|mts|mjs)$/;

const statement = /(?:^|[\n;])\s*(import|export)\b(?:\s+(type)\b)?([^;'"]*?)\bfrom\s*$/;
const bare = /(?:^|[\n;])\s*import\s*$/;
const dynamic = /\bimport\s*\(\s*$/;

function importOf(file: string, before: string, literal: Piece): Import | null {
  const from = statement.exec(before);
  const isDynamic = dynamic.test(before);
  if (from === null && !isDynamic && !bare.test(before)) {
    return null;
  }
  const specifier = literal.text.slice(1, -1);
  const names = /\{([^}]*)\}/.exec(from?.[3] ?? '')?.[1] ?? '';
  const list = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const typeNames = list.length > 0 && list.every((name) => name.startsWith('type '));
  return {
    specifier,
    path: specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), specifier)) : null,
    line: literal.line,
    typeOnly: from?.[2] === 'type' || (typeNames && from?.[1] === 'import'),
    dynamic: isDynamic,
    names: list,
  };
}

/** Reads the parts of one file that laws need. */
export function parseSource(path: string, text: string): SourceFile {
  const parts = pieces(text);
  const imports: Import[] = [];
  let before = '';
  for (const part of parts) {
    if (part.kind === 'string') {
      const found = importOf(path, before, part);
      if (found !== null) {
        imports.push(found);
      }
      before = '';
    } else if (part.kind === 'code') {
      before += part.text;
    }
  }
  return { path, text, pieces: parts, imports };
}

/** All source files beneath a root. */
export function readSources(root: string): SourceFile[] {
  const files: SourceFile[] = [];
  for (const folder of sourceFolders.filter((name) => existsSync(join(root, name)))) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && endings.test(entry.name)) {
        const full = join(entry.parentPath, entry.name);
        const path = full.slice(root.length + 1).replaceAll('\\', '/');
        files.push(parseSource(path, readFileSync(full, 'utf8')));
      }
    }
  }
  return files.sort((a, b) => a.path.localeCompare(b.path));
}
