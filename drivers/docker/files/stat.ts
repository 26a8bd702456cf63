import type { IncomingMessage } from 'node:http';
import type { ContainerInspectInfo } from 'dockerode';
import type { FileEntry, WorkloadRef } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { type DockerEnvironment, inspectContainer, isGone } from '../environment.ts';
import { type Unseen, unseenMount } from './unseen.ts';

/** Go's bits of a file mode, in which the engine tells it. */
const goMode = { directory: 2 ** 31, link: 2 ** 27, setuid: 2 ** 23, setgid: 2 ** 22, sticky: 2 ** 20 };
/** Go's bits of devices, pipes, sockets, character devices and what it can't name. */
const goOther = [2 ** 26, 2 ** 25, 2 ** 24, 2 ** 21, 2 ** 19];
/** Links that are followed one after the other; as many as the kernel does. */
const maxLinks = 40;

const has = (mode: number, bit: number): boolean => Math.floor(mode / bit) % 2 === 1;

/** The engine's answer to a look at one path: `X-Docker-Container-Path-Stat`, base64 of JSON. Pure. Throws `internal`. */
export function parsePathStat(header: unknown): FileEntry {
  let raw: { name?: unknown; size?: unknown; mode?: unknown; mtime?: unknown; linkTarget?: unknown };
  try {
    raw = JSON.parse(Buffer.from(String(header), 'base64').toString('utf8')) as typeof raw;
  } catch (cause) {
    throw new NovaError('internal', 'The engine told nothing readable of the path.', { cause });
  }
  const mode = Number(raw.mode) || 0;
  const kind = has(mode, goMode.directory)
    ? 'directory'
    : has(mode, goMode.link)
      ? 'link'
      : goOther.some((bit) => has(mode, bit))
        ? 'other'
        : 'file';
  const bits =
    (mode % 0o1000) +
    (has(mode, goMode.setuid) ? 0o4000 : 0) +
    (has(mode, goMode.setgid) ? 0o2000 : 0) +
    (has(mode, goMode.sticky) ? 0o1000 : 0);
  return {
    name: typeof raw.name === 'string' ? raw.name : '',
    kind,
    sizeBytes: Number(raw.size) || 0,
    modifiedAtMs: Date.parse(String(raw.mtime)) || 0,
    mode: bits,
    ...(typeof raw.linkTarget === 'string' && raw.linkTarget !== '' ? { target: raw.linkTarget } : {}),
  };
}

/** What to throw of a path that the engine's archive requests do not see. */
export function outOfReach(name: string, path: string, { at, why }: Unseen): NovaError {
  return new NovaError(
    'unsupported',
    `${path} in ${name} is out of the Docker engine's reach: ${at} is no part of the container's files, ${why}.`,
    { details: { field: 'path', fixes: ['Use a shell inside: it sees it while the container runs.'] } },
  );
}

/** One entry as it is, links not followed, and the container. Throws `not_found` for a path that is not there, `unsupported` for one that the engine does not see. */
export async function lookAt(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  path: string,
): Promise<{ entry: FileEntry; containerId: string; info: ContainerInspectInfo }> {
  const { engine } = environment;
  const info = await inspectContainer(environment, ref);
  try {
    const answer = (await engine.ask(`Looking at ${path} in ${ref.name}`, () =>
      engine.docker.getContainer(info.Id).infoArchive({ path }),
    )) as unknown as IncomingMessage;
    answer.resume();
    return { entry: parsePathStat(answer.headers['x-docker-container-path-stat']), containerId: info.Id, info };
  } catch (error) {
    if (!isGone(error)) throw error;
    const unseen = unseenMount(info, path);
    if (unseen !== null) throw outOfReach(ref.name, path, unseen);
    throw new NovaError('not_found', `${ref.name} has no ${path}.`, { cause: error, details: { field: 'path' } });
  }
}

/** One entry with links followed; `path` is where they lead. Throws `not_found`, and `invalid_spec` on a circle of links. */
export async function follow(
  environment: DockerEnvironment,
  ref: WorkloadRef,
  path: string,
): Promise<{ entry: FileEntry; containerId: string; path: string; info: ContainerInspectInfo }> {
  let at = path;
  for (let links = 0; links < maxLinks; links += 1) {
    const found = await lookAt(environment, ref, at);
    // The engine tells where a link leads from the container's own root.
    if (found.entry.kind !== 'link' || found.entry.target === undefined) return { ...found, path: at };
    at = found.entry.target;
  }
  throw new NovaError('invalid_spec', `${path} in ${ref.name} is a circle of links.`, { details: { field: 'path' } });
}
