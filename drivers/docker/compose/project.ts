import { basename, dirname } from 'node:path';
import { NovaError } from '../../errors.ts';

/** A project's name as Compose takes it. Source: Compose specification, "Version and name top-level elements". */
const projectName = /^[a-z0-9][a-z0-9_-]*$/;
/** The name that a file gives itself. One line is enough to find it; the file is read as a whole by Compose alone. */
const ownName = /^name:\s*["']?([a-z0-9][a-z0-9_-]*)["']?\s*(?:#.*)?$/m;

/** The project of a file: as asked, else as the file says, else its folder's name as Compose writes it. */
export function projectOf(file: string, text: string, asked?: string): string {
  if (asked !== undefined) {
    if (projectName.test(asked)) return asked;
    throw new NovaError(
      'invalid_spec',
      `${JSON.stringify(asked)} is no name of a project: small letters, digits, "-" and "_", beginning with a letter or digit.`,
      { details: { field: 'project' } },
    );
  }
  const own = ownName.exec(text)?.[1];
  if (own !== undefined) return own;
  const folder = basename(dirname(file))
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
  if (folder !== '') return folder;
  throw new NovaError('invalid_spec', `The folder of ${file} gives no name for a project; name one.`, {
    details: { field: 'project' },
  });
}
