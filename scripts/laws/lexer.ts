/** A piece of TypeScript source: code, a comment, or the inside of a string, template or regular expression. */
export type Piece = { kind: 'code' | 'comment' | 'string'; text: string; line: number };

/** After one of these a slash begins a regular expression and is not a division. */
const beforeRegex = /(?:^|[({[=,;:!&|?+\-*%<>~^}]|\breturn|\bcase|\btypeof|=>)\s*$/;

/** Where a string that begins at `start` ends (after its closing quote). */
function stringEnd(source: string, start: number): number {
  const quote = source[start];
  let at = start + 1;
  while (at < source.length && source[at] !== quote && source[at] !== '\n') {
    at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function regexEnd(source: string, start: number): number {
  let at = start + 1;
  let inClass = false;
  while (at < source.length && source[at] !== '\n' && (inClass || source[at] !== '/')) {
    if (source[at] === '[') {
      inClass = true;
    } else if (source[at] === ']') {
      inClass = false;
    }
    at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

/** Where the text of a template ends: at its closing quote or at the next `${`. */
function templateTextEnd(source: string, start: number): number {
  let at = start;
  while (at < source.length && source[at] !== '`' && !source.startsWith('${', at)) {
    at += source[at] === '\\' ? 2 : 1;
  }
  return at;
}

/**
 * Splits source into code, comments and string contents, so that a law about code is not broken by words. Good enough
 * for formatted TypeScript; markup text between tags counts as code.
 */
export function pieces(source: string): Piece[] {
  const found: Piece[] = [];
  /** Depth of braces inside each open `${`. */
  const templates: number[] = [];
  let code = '';
  let codeLine = 1;
  let line = 1;
  let at = 0;
  const flush = (): void => {
    if (code !== '') {
      found.push({ kind: 'code', text: code, line: codeLine });
    }
    code = '';
  };
  const take = (kind: 'comment' | 'string', end: number): void => {
    flush();
    const text = source.slice(at, end);
    found.push({ kind, text, line });
    line += text.split('\n').length - 1;
    at = end;
    codeLine = line;
  };
  const template = (): void => {
    const end = templateTextEnd(source, at + 1);
    if (source[end] === '`') {
      take('string', end + 1);
    } else {
      take('string', end + 2);
      templates.push(0);
    }
  };
  while (at < source.length) {
    const letter = source[at] ?? '';
    const depth = templates.at(-1);
    if (source.startsWith('//', at)) {
      const end = source.indexOf('\n', at);
      take('comment', end === -1 ? source.length : end);
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      take('comment', end === -1 ? source.length : end + 2);
    } else if (letter === "'" || letter === '"') {
      take('string', stringEnd(source, at));
    } else if (letter === '`') {
      template();
    } else if (letter === '}' && depth === 0) {
      templates.pop();
      template();
    } else if (letter === '/' && beforeRegex.test(code) && !(code === '' && found.at(-1)?.kind === 'string')) {
      take('string', regexEnd(source, at));
    } else {
      if (depth !== undefined && (letter === '{' || letter === '}')) {
        templates[templates.length - 1] = depth + (letter === '{' ? 1 : -1);
      }
      code += letter;
      line += letter === '\n' ? 1 : 0;
      at += 1;
    }
  }
  flush();
  return found;
}
