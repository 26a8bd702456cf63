import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome } from '../../../../../drivers/docker/endpoints/home.ts';
import { listEndpoints } from '../../../../../drivers/docker/endpoints/list.ts';
import { openMerge } from '../../../../../drivers/docker/endpoints/merge.ts';
import { endpointOf, tagged } from '../../../../../drivers/docker/endpoints/route.ts';
import { sshWords } from '../../../../../drivers/docker/engine/ssh-agent.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-contexts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function context(name: string, host: string, text?: string): void {
  const meta = join(folder, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, 'meta.json'), text ?? JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}
/** As at the first start of a host. */
const listed = (env: Record<string, string>) => listEndpoints(env, openHome(join(folder, 'records'), env));
const names = (env: Record<string, string>): string[] =>
  listed({ DOCKER_CONFIG: folder, ...env })
    .map((one) => one.name)
    .filter((name) => name !== 'local');

describe('the engines that the user has', () => {
  it('are the default one and the contexts, each address once, broken ones left out', () => {
    context('far', 'ssh://me@far.example');
    context('same', 'unix:///run/a.sock');
    context('broken', '', '{');
    context('odd', 'gopher://x');
    expect(names({ DOCKER_HOST: 'unix:///run/a.sock' })).toEqual(['default', 'far']);
    expect(names({})).toEqual(['default', 'far', 'same']);
  });
  it('a context that was chosen is the default', () => {
    context('far', 'tcp://10.0.0.1:2375');
    const [first, ...others] = listed({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'far' });
    expect(first?.endpoint).toMatchObject({ host: '10.0.0.1', port: 2375, protocol: 'http' });
    expect(others.map((one) => one.name)).not.toContain('far');
  });
  it('an address that is none is told', () => {
    const [first] = listed({ DOCKER_CONFIG: folder, DOCKER_HOST: 'gopher://x' });
    expect(first?.endpoint).toMatchObject({
      address: 'gopher://x',
      fault: expect.stringContaining('the scheme gopher: is not known') as string,
    });
  });
});

it.each([
  [[{ log: 1 }, { id: 'a', spec: { settings: { endpoint: 'far' } } }], 'far'],
  [['id', { settings: { endpoint: 'far' } }], 'far'],
  [[{}, 'name', { endpoint: 'far' }], 'far'],
  [[{}, 'name', {}], null],
  [[{ spec: { settings: {} } }, null, 3], null],
])('%j is about %s', (args, name) => {
  expect(endpointOf(args)).toBe(name);
});

it('tags what a store answers and nothing else', () => {
  expect(tagged([{ usedBy: [] }], 'far')).toEqual([{ usedBy: [], endpoint: 'far' }]);
  expect(tagged({ phase: 'running' }, 'far')).toEqual({ phase: 'running' });
  expect(tagged(undefined, 'far')).toBeUndefined();
});

it('a stream that fails or waits keeps none of the others from going on', async () => {
  async function* three(): AsyncGenerator<number> {
    yield* [1, 2, 3];
  }
  const failing: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('gone')) }),
  };
  const waiting: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  const failures: unknown[] = [];
  const seen: number[] = [];
  const merged = openMerge<number>(new AbortController().signal, (error) => failures.push(error));
  merged.add(failing);
  merged.add(waiting);
  merged.add(three());
  for await (const value of merged.values()) {
    seen.push(value);
    // One that comes later is read too.
    if (seen.length === 3) merged.add(three());
    if (seen.length === 6) break;
  }
  expect(seen).toEqual([1, 2, 3, 1, 2, 3]);
  expect(merged.signal.aborted).toBe(true);
  expect(failures).toEqual([new Error('gone')]);
});

describe('ssh', () => {
  it('is given words that are no options', () => {
    const words = sshWords({ address: 'ssh://me@h:2222', host: 'h', port: 2222, protocol: 'ssh', username: 'me' });
    expect(words.slice(3)).toEqual(['-p', '2222', '-l', 'me', '--', 'h', 'docker', 'system', 'dial-stdio']);
  });
  it.each([
    ['-oProxyCommand=x', 'me'],
    ['h', '-x'],
    ['a b', ''],
  ])('fault 55: %j with user %j is refused', (host, username) => {
    expect(() => sshWords({ address: 'ssh://x', host, protocol: 'ssh', username })).toThrow('is no name for ssh');
  });
});
