import { codeMatches, fileLaw, type Law, type Violation } from './law.ts';
import type { SourceFile } from './source.ts';

/** Longest file, in lines: beyond it holds more than one concept. */
export const longestFile = 400;

const sql =
  /\b(?:SELECT\s[\s\S]*\bFROM\b|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|(?:CREATE|DROP|ALTER)\s+(?:TABLE|INDEX|TRIGGER)\b|PRAGMA\s+\w)/;
const inventory = 'electron/inventory/';
/** Tests may look into a database that the inventory wrote. */
const sqlFree = (path: string): boolean => path.startsWith(inventory) || path.startsWith('test/');
const shells = new Set(['sh', 'bash', '/bin/sh', '/bin/bash', 'cmd', 'cmd.exe', 'powershell']);

const at = (file: SourceFile, line: number, message: string): Violation => ({ path: file.path, line, message });

function shellStrings(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  for (const used of file.imports) {
    const names = used.names.map((name) => name.replace(/^type\s+/, '').replace(/\s+as\s.*$/, ''));
    const bad =
      used.specifier === 'node:child_process' || used.specifier === 'child_process'
        ? names.filter((name) => name === 'exec' || name === 'execSync')
        : used.specifier === 'execa'
          ? names.filter((name) => name.startsWith('execaCommand'))
          : [];
    found.push(...bad.map((name) => at(file, used.line, `${name} takes a shell string`)));
  }
  found.push(...codeMatches(file, /\bshell:\s*true\b/g).map((hit) => at(file, hit.line, 'runs a shell')));
  file.pieces.forEach((piece, index) => {
    const call = /\b(?:spawn|spawnSync|execFile|execFileSync|execa|execaSync)\($/.test(
      file.pieces[index - 1]?.text ?? '',
    );
    // A test may keep a fixed script as its subject.
    if (piece.kind === 'string' && call && !file.path.startsWith('test/') && shells.has(piece.text.slice(1, -1))) {
      found.push(at(file, piece.line, `runs ${piece.text}`));
    }
  });
  return found;
}

/** What the text of a file may hold. */
export const contentLaws: Law[] = [
  fileLaw('sql-inventory', 'SQL and its library only in electron/inventory/', (file) =>
    sqlFree(file.path)
      ? []
      : [
          ...file.pieces
            .filter((piece) => piece.kind === 'string' && sql.test(piece.text))
            .map((piece) => at(file, piece.line, 'holds SQL')),
          ...file.imports
            .filter((used) => used.specifier === 'better-sqlite3')
            .map((used) => at(file, used.line, 'imports better-sqlite3')),
        ],
  ),
  fileLaw('no-shell', 'Child processes only with argument arrays, never a shell string', shellStrings),
  fileLaw('no-default-export', 'Named exports only', (file) =>
    codeMatches(file, /(?:^|[\n;])\s*export\s+default\b/g).map((hit) => at(file, hit.line, 'has a default export')),
  ),
  fileLaw('file-length', `No file is longer than ${longestFile} lines`, (file) => {
    const lines = file.text.replace(/\n$/, '').split('\n').length;
    return lines > longestFile ? [at(file, lines, `has ${lines} lines`)] : [];
  }),
  fileLaw('file-name', 'File and folder names are kebab-case', (file) =>
    file.path.split('/').every((part) => /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*$/.test(part))
      ? []
      : [at(file, 1, 'has another name')],
  ),
  fileLaw('no-silencing', 'No comment switches a checker off', (file) =>
    file.pieces
      .filter((piece) => piece.kind === 'comment')
      .filter((piece) =>
        /\b(?:eslint|oxlint)-disable|@ts-(?:ignore|expect-error|nocheck)|biome-ignore/.test(piece.text),
      )
      .map((piece) => at(file, piece.line, 'switches a checker off')),
  ),
];
