import { createReadStream, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { sendUpload } from '../../bridge/client/send-upload.ts';
import type { BridgeClient, ClientBytes } from '../../bridge/client.ts';
import { errorFromData, maxUploadBytes, NovaError } from '../../bridge/contract.ts';
import { packDirectory, saveFile, unpackInto } from '../archive.ts';
import { plain } from '../plain.ts';
import { table } from '../table.ts';
import { formatBytes, parseCount } from '../units.ts';
import type { Register } from './context.ts';

type Place = { workload: string; path: string };

/** `NAME:/path` is a place inside; anything else is a path here. */
export function parsePlace(word: string): Place | null {
  const found = /^([A-Za-z0-9][A-Za-z0-9_.-]*):(\/.*)$/s.exec(word);
  return found === null ? null : { workload: found[1] ?? '', path: found[2] ?? '' };
}

/** A byte stream of the bridge as an async iterable; acknowledged as it is read. */
async function* received(bytes: ClientBytes): AsyncIterable<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let end: { error: unknown } | null = null;
  let wake: (() => void) | null = null;
  bytes.onData((chunk) => {
    chunks.push(chunk);
    wake?.();
  });
  bytes.onEnd(({ error }) => {
    end = { error: error === null ? null : errorFromData(error) };
    wake?.();
  });
  const ended = (): { error: unknown } | null => end;
  try {
    for (;;) {
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        yield chunk;
        bytes.ack(chunk.length);
        continue;
      }
      const last = ended();
      if (last !== null) {
        if (last.error !== null) throw last.error;
        return;
      }
      await new Promise<void>((go) => {
        wake = go;
      });
    }
  } finally {
    bytes.close();
  }
}

async function download(client: BridgeClient, from: Place, to: string): Promise<{ name: string; bytes: number }> {
  const { answer, bytes } = await client.open('files.read', from);
  const content = received(bytes);
  const { entry } = answer;
  if (entry.kind === 'directory') return unpackInto(content, resolve(to), basename(from.path) || '.');
  return saveFile(content, resolve(to), entry.name, entry.mode);
}

async function upload(client: BridgeClient, from: string, to: Place): Promise<{ name: string; bytes: number }> {
  const source = statSync(from);
  // A directory that is there takes the file by its name, as with cp.
  const there = await client.call('files.stat', to).catch((error: unknown) => {
    if (error instanceof NovaError && error.code === 'not_found') return null;
    throw error;
  });
  const inside = there?.kind === 'directory' || to.path.endsWith('/');
  if (source.isDirectory()) {
    if (there?.kind !== 'directory')
      throw new NovaError('not_found', `${to.workload} has no directory ${to.path} to copy into.`);
    const { bytes } = await client.open('files.write', { ...to, sizeBytes: maxUploadBytes, archive: true });
    return { name: to.path, bytes: await sendUpload(bytes, packDirectory(resolve(from))) };
  }
  const path = inside ? `${to.path.replace(/\/+$/, '')}/${basename(from)}` : to.path;
  const { bytes } = await client.open('files.write', {
    workload: to.workload,
    path,
    sizeBytes: source.size,
    ...(there === null || inside ? { mode: source.mode % 0o1000 } : {}),
  });
  return { name: path, bytes: await sendUpload(bytes, createReadStream(from)) };
}

/** cp, files ls, kill, wait. */
export const registerFiles: Register = (program, run) => {
  program
    .command('cp <from> <to>')
    .description('copy a file or directory out of a workload or into it; NAME:/path is a place inside')
    .action((from: string, to: string, _options, command) =>
      run(command, async (session) => {
        const source = parsePlace(from);
        const target = parsePlace(to);
        if ((source === null) === (target === null))
          throw new NovaError('invalid_spec', 'One of both is a place inside: NAME:/path.');
        const done =
          source === null
            ? await upload(session.client, from, target ?? { workload: '', path: '' })
            : await download(session.client, source, to);
        session.print(done, `${plain(done.name)}: ${formatBytes(done.bytes)} copied`);
      }),
    );
  const files = program.command('files').description('files inside a workload');
  files
    .command('ls <place>')
    .description('list a directory: NAME:/path')
    .action((place: string, _options, command) =>
      run(command, async (session) => {
        const from = parsePlace(place) ?? { workload: place, path: '/' };
        const found = await session.client.call('files.list', from);
        const rows = found.entries.map((one) => [
          one.mode.toString(8).padStart(4, '0'),
          one.kind === 'file' ? formatBytes(one.sizeBytes) : '-',
          new Date(one.modifiedAtMs).toISOString().slice(0, 16).replace('T', ' '),
          `${one.name}${one.kind === 'directory' ? '/' : ''}${one.target === undefined ? '' : ` -> ${one.target}`}`,
        ]);
        session.print(found, table([['MODE', 'SIZE', 'CHANGED', 'NAME'], ...rows]));
        if (found.truncated) process.stderr.write('novacron: the directory is too large; some entries are left out.\n');
      }),
    );
  program
    .command('kill <workload>')
    .description('send a signal to its main process')
    .option('-s, --signal <name>', 'HUP, USR1, TERM...', 'KILL')
    .action((workload: string, options: { signal: string }, command) =>
      run(command, async (session) => {
        const signal = options.signal.toUpperCase();
        const answer = await session.client.call('workloads.signal', { workload, signal });
        session.print(answer, `${workload}: ${signal} sent`);
      }),
    );
  program
    .command('wait <workload>')
    .description('wait until it does not run any more; exits with its exit code')
    .option('--timeout <seconds>', 'fail when it still runs by then', parseCount)
    .action((workload: string, options: { timeout?: number }, command) =>
      run(command, async (session) => {
        const limit = options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout * 1000);
        const end = await session.client
          .call('workloads.wait', { workload }, limit === undefined ? {} : { signal: limit })
          .catch((error: unknown) => {
            throw limit?.aborted
              ? new NovaError('timeout', `${workload} still runs after ${options.timeout} s.`)
              : error;
          });
        session.print(end, `${workload}: ${end.phase}, ${plain(end.reason)}`);
        process.exitCode = end.exitCode ?? 0;
      }),
    );
};
