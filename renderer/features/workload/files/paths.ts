/** A path below a directory. Pure. */
export function childPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** The directory above; the root is above itself. Pure. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** The steps of a path with where each leads, the root first. Pure. */
export function steps(path: string): { name: string; path: string }[] {
  const names = path.split('/').filter((part) => part !== '');
  return [
    { name: '/', path: '/' },
    ...names.map((name, at) => ({ name, path: `/${names.slice(0, at + 1).join('/')}` })),
  ];
}

/** What a person typed as an absolute path without empty parts; null when it steps upwards. Pure. */
export function typedPath(text: string): string | null {
  const parts = text
    .trim()
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? null : `/${parts.join('/')}`;
}

/** Permission bits as `ls` shows them. Pure. */
export function modeText(mode: number): string {
  return [6, 3, 0]
    .map((shift) => {
      const bits = (mode >> shift) & 7;
      return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
    })
    .join('');
}
