import type { Duplex, Readable } from 'node:stream';
import type { FileEntry, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { execStarted } from '../console/exec-started.ts';
import { unframed } from '../console/frames.ts';
import { endOnAbort } from '../engine/lines.ts';
import { type DockerEnvironment, inspectContainer } from '../environment.ts';
import { follow } from './stat.ts';

/** An archive of a directory holds all below it: no more of it is read than this, bytes. */
const maxArchiveBytes = 256 * 1024 * 1024;
/** And for no longer, milliseconds. */
const maxArchiveMs = 10_000;
/** Output of the listing inside that is taken, bytes. */
const maxListBytes = 16 * 1024 * 1024;

const kinds: Record<number, FileEntry['kind']> = { 4: 'directory', 8: 'file', 10: 'link' };

/** Ends what is told of one file: no name can hold it, a line break it can. */
const endOfEntry = '///';

/** What `stat -c '%f %s %Y %n///'` prints, one entry after the other; anything else is no entry. Pure. */
export function parseStatLines(text: string, directory: string): FileEntry[] {
  const prefix = directory === '/' ? '/' : `${directory}/`;
  return text.split(`${endOfEntry}\n`).flatMap((line): FileEntry[] => {
    const found = /^([0-9a-f]+) (\d+) (\d+) (\/.*)$/s.exec(line);
    if (found === null || !found[4]?.startsWith(prefix)) return [];
    const name = found[4].slice(prefix.length).replace(/^\/+/, '');
    if (name === '' || name.includes('/')) return [];
    const mode = Number.parseInt(found[1] ?? '0', 16);
    return [
      {
        name,
        kind: kinds[Math.floor(mode / 0o10000)] ?? 'other',
        sizeBytes: Number(found[2]),
        modifiedAtMs: Number(found[3]) * 1000,
        mode: mode % 0o10000,
      },
    ];
  });
}

/** The entries as programs inside tell them; null when the image has none that can. */
async function listInside(
  environment: DockerEnvironment,
  at: { id: string; containerId: string; path: string },
): Promise<FileEntry[] | null> {
  const { engine, gate } = environment;
  const { containerId, path } = at;
  const what = `Listing ${path}`;
  const from = path === '/' ? '/' : `${path}/`;
  const exec = await engine.ask(what, () =>
    engine.docker.getContainer(containerId).exec({
      // An absolute path can be taken for no option.
      Cmd: [
        'find',
        from,
        '-mindepth',
        '1',
        '-maxdepth',
        '1',
        '-exec',
        'stat',
        '-c',
        `%f %s %Y %n${endOfEntry}`,
        '{}',
        '+',
      ],
      AttachStdout: true,
      AttachStderr: false,
      User: '0',
    }),
  );
  try {
    const stream = await gate.start(at.id, async (until) => {
      const opened = await engine.ask<Duplex>(what, () => exec.start({ hijack: false, stdin: false }));
      until(execStarted(environment, exec));
      return opened;
    });
    const chunks: Buffer[] = [];
    let size = 0;
    await engine.ask(what, async () => {
      for await (const chunk of unframed(stream)) {
        chunks.push(Buffer.from(chunk));
        size += chunk.byteLength;
        if (size > maxListBytes) break;
      }
    });
    const state = await engine.ask(what, () => exec.inspect());
    const entries = parseStatLines(Buffer.concat(chunks).toString('utf8'), path);
    // 126 and 127: no such program. Another failure with no entry at all is an empty directory or an old tool.
    return state.ExitCode === 0 || entries.length > 0 ? entries : null;
  } catch (error) {
    // The image has no `find`: a way that needs nothing inside is left.
    if (error instanceof NovaError && (error.code === 'invalid_spec' || error.code === 'wrong_state')) return null;
    throw error;
  }
}

/** The entries as the engine's archive of the directory has them. Content is passed over. */
async function listArchive(
  environment: DockerEnvironment,
  containerId: string,
  path: string,
): Promise<{ entries: FileEntry[]; truncated: boolean }> {
  const { engine } = environment;
  const { extract } = await import('../../tar-stream.ts');
  const source = (await engine.ask(`Listing ${path}`, () =>
    engine.docker.getContainer(containerId).getArchive({ path: path === '/' ? '/.' : `${path}/.` }),
  )) as Readable;
  const end = endOnAbort(source, AbortSignal.timeout(maxArchiveMs));
  const entries = new Map<string, FileEntry>();
  let size = 0;
  source.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxArchiveBytes) source.destroy();
  });
  let truncated = false;
  const archive = extract();
  source.once('close', () => {
    if (!source.readableEnded) {
      truncated = true;
      archive.destroy();
    }
  });
  source.pipe(archive);
  try {
    for await (const entry of archive) {
      entry.resume();
      const { header } = entry;
      const parts = header.name.split('/').filter((part) => part !== '' && part !== '.');
      const [name] = parts;
      if (name === undefined || parts.length > 1) continue;
      const { type } = header;
      entries.set(name, {
        name,
        kind:
          type === 'directory'
            ? 'directory'
            : type === 'symlink'
              ? 'link'
              : type === 'file' || type === 'link'
                ? 'file'
                : 'other',
        sizeBytes: header.size ?? 0,
        modifiedAtMs: header.mtime?.getTime() ?? 0,
        mode: (header.mode ?? 0) % 0o10000,
        ...(type === 'symlink' && header.linkname ? { target: header.linkname } : {}),
      });
    }
  } catch (error) {
    if (!truncated) throw error;
  } finally {
    end();
  }
  return { entries: [...entries.values()], truncated };
}

/**
 * The entries of one directory, by name. In a running container its own `find` and `stat` tell them; else, or where it has
 * none, they are read from the engine's archive, which holds all below and is therefore read up to a bound.
 */
export async function listFiles(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  path: string,
): Promise<{ entries: FileEntry[]; truncated: boolean }> {
  const { entry, containerId, path: real } = await follow(environment, ref, path);
  if (entry.kind !== 'directory')
    throw new NovaError('invalid_spec', `${path} in ${ref.name} is no directory.`, { details: { field: 'path' } });
  const info = await inspectContainer(environment, ref);
  const at = real.length > 1 ? real.replace(/\/+$/, '') : real;
  const inside =
    info.State.Running && !info.State.Paused
      ? await listInside(environment, { id: ref.id, containerId, path: at })
      : null;
  const found =
    inside === null ? await listArchive(environment, containerId, at) : { entries: inside, truncated: false };
  const order = (left: FileEntry, right: FileEntry): number => (left.name < right.name ? -1 : 1);
  return { ...found, entries: found.entries.sort(order) };
}
