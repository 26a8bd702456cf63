/** Decides which files of a folder are no part of a build. */
export type Ignore = {
  /** True for a path (with `/`, relative to the folder) that is left out. */
  ignores(path: string): boolean;
  /** True when a later line takes something back: folders that are left out have to be looked into. */
  readonly hasExceptions: boolean;
};

/** One pattern of .dockerignore as an expression: Go's filepath.Match with `**` for any number of folders. */
function expression(pattern: string): RegExp {
  let out = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? '';
    if (char === '*' && pattern[at + 1] === '*') {
      at += 1;
      if (pattern[at + 1] === '/') {
        at += 1;
        out += '(?:.*/)?';
      } else {
        out += '.*';
      }
    } else if (char === '*') out += '[^/]*';
    else if (char === '?') out += '[^/]';
    else if (char === '[' && pattern.includes(']', at + 2)) {
      const end = pattern.indexOf(']', at + 2);
      const set = pattern.slice(at + 1, end).replace(/\\/g, '\\\\');
      out += `[${set.startsWith('^') || set.startsWith('!') ? `^${set.slice(1)}` : set}]`;
      at = end;
    } else if (char === '\\' && at + 1 < pattern.length) {
      at += 1;
      out += (pattern[at] ?? '').replace(/[^\w]/g, '\\$&');
    } else out += char.replace(/[^\w]/g, '\\$&');
  }
  // What is inside a folder that matches is meant too.
  return new RegExp(`^${out}(?:/.*)?$`, 's');
}

/** The rules of a .dockerignore file, the last one that matches wins. Pure. Lines that are no pattern match nothing. */
export function parseIgnore(text: string): Ignore {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const keep = line.startsWith('!');
      const pattern = (keep ? line.slice(1) : line)
        .trim()
        .replace(/^\.?\/+/, '')
        .replace(/\/+$/, '')
        .replace(/\/{2,}/g, '/');
      if (pattern === '' || pattern === '.') return [];
      try {
        return [{ keep, test: expression(pattern) }];
      } catch {
        return []; // for example [z-a], which the docker command refuses to read as well
      }
    });
  return {
    hasExceptions: rules.some((rule) => rule.keep),
    ignores: (path) => rules.reduce((ignored, rule) => (rule.test.test(path) ? !rule.keep : ignored), false),
  };
}
