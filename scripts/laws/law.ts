import type { SourceFile } from './source.ts';

/** One place that breaks a law. */
export type Violation = { path: string; line: number; message: string };

/** One law of the house. */
export type Law = { id: string; title: string; check(files: SourceFile[]): Violation[] };

/** A law that looks at each file by itself. */
export function fileLaw(id: string, title: string, check: (file: SourceFile) => Violation[]): Law {
  return { id, title, check: (files) => files.flatMap((file) => check(file)) };
}

/** Places in the code of a file (not in its comments or strings) that match; with the line of each. */
export function codeMatches(file: SourceFile, pattern: RegExp): { text: string; line: number }[] {
  return file.pieces
    .filter((piece) => piece.kind === 'code')
    .flatMap((piece) =>
      [...piece.text.matchAll(pattern)].map((match) => ({
        text: match[0].trim(),
        line: piece.line + piece.text.slice(0, match.index + match[0].search(/\S/)).split('\n').length - 1,
      })),
    );
}
