import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stepFraction } from '../../../../../drivers/docker/images/build.ts';
import { packContext, recipeInside } from '../../../../../drivers/docker/images/context.ts';
import { allCredentials, credentialsFor, registryOf } from '../../../../../drivers/docker/images/credentials.ts';
import { parseIgnore } from '../../../../../drivers/docker/images/ignore.ts';
import { followLayers } from '../../../../../drivers/docker/images/layers.ts';
import { checkReference, parseImageName, shortName, withTag } from '../../../../../drivers/docker/images/names.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-images-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('names', () => {
  it.each([
    ['alpine', { repo: 'alpine', tag: 'latest' }],
    ['alpine:3', { repo: 'alpine', tag: '3' }],
    ['localhost:5000/team/box:1', { repo: 'localhost:5000/team/box', tag: '1' }],
    ['registry.example/a__b/c-d', { repo: 'registry.example/a__b/c-d', tag: 'latest' }],
  ])('%s', (name, parts) => {
    expect(parseImageName(name)).toEqual(parts);
  });
  it.each(['', '-x', '../x', 'Upper', 'a b', 'a:b:c', 'a,b', 'a\0b', 'a\nb', `a:${'x'.repeat(300)}`, '🙂'])(
    'fault 55: %j is no name',
    (name) => {
      expect(() => parseImageName(name)).toThrow('is no name for an image');
    },
  );
  it.each([
    ['a', 'a:latest'],
    ['h:5/a', 'h:5/a:latest'],
    ['a@sha256:1', 'a@sha256:1'],
    ['a:2', 'a:2'],
  ])('%s has the tag of %s', (name, tagged) => {
    expect(withTag(name)).toBe(tagged);
  });
});

describe('progress of layers', () => {
  it('goes from nothing to all and never back', () => {
    const layers = followLayers();
    const seen: (number | null)[] = [];
    const take = (line: Parameters<typeof layers.take>[0]) => {
      const news = layers.take(line);
      seen.push(layers.fraction());
      return news;
    };
    expect(take({ status: 'Pulling from box', id: '1' })).toBe('Pulling from box');
    expect(take({ status: 'Pulling fs layer', id: 'aa' })).toBe('aa: Pulling fs layer');
    take({ status: 'Pulling fs layer', id: 'bb' });
    take({ status: 'Downloading', id: 'aa', progressDetail: { current: 50, total: 100 } });
    expect(take({ status: 'Downloading', id: 'aa', progressDetail: { current: 80, total: 100 } })).toBeNull();
    take({ status: 'Downloading', id: 'bb', progressDetail: { current: 10, total: 300 } });
    take({ status: 'Extracting', id: 'aa', progressDetail: { current: 1, total: 100 } });
    take({ status: 'Pull complete', id: 'aa' });
    expect(layers.text()).toBe('1 of 2 layers, aa: Pull complete');
    take({ status: 'Pull complete', id: 'bb' });
    expect(seen[0]).toBeNull();
    expect(seen.at(-1)).toBe(1);
    const numbers = seen.filter((value) => value !== null);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });
});

describe('.dockerignore', () => {
  it.each([
    ['node_modules', 'node_modules/a/b', true],
    ['node_modules', 'src/node_modules', false],
    ['**/node_modules', 'src/node_modules/x', true],
    ['*.log', 'a.log', true],
    ['*.log', 'b/a.log', false],
    ['**/*.log', 'b/c/a.log', true],
    ['*.md\n!README.md', 'README.md', false],
    ['*.md\n!README.md', 'NEWS.md', true],
    ['!a\na', 'a', true],
    ['# a', 'a', false],
    ['/dist/', 'dist/x.js', true],
    ['./dist', 'dist', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['a+(b)', 'a+(b)', true],
    ['docs/**/x', 'docs/x', true],
    ['', 'anything', false],
    ['.', 'anything', false],
  ])('%j on %s', (text, path, ignored) => {
    expect(parseIgnore(text).ignores(path)).toBe(ignored);
  });
});

async function entriesOf(path: string, recipe = 'Dockerfile'): Promise<Map<string, { type: string; body: string }>> {
  const packed = await packContext(path, recipe, new AbortController().signal, () => undefined);
  const found = new Map<string, { type: string; body: string }>();
  const reader = extract();
  packed.stream.pipe(reader);
  for await (const entry of reader) {
    let body = '';
    for await (const part of entry) body += String(part);
    found.set(entry.header.name.replace(/\/$/, ''), {
      type: entry.header.type ?? '',
      body: entry.header.linkname ?? body,
    });
  }
  return found;
}

describe('the folder of a build', () => {
  it('is sent without what is ignored, and with links as links', async () => {
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
    writeFileSync(join(folder, '.dockerignore'), 'out\n!out/keep\n*.md\nDockerfile\n');
    writeFileSync(join(folder, 'src/deep/empty'), '');
    writeFileSync(join(folder, 'src/large'), 'x'.repeat(300_000));
    writeFileSync(join(folder, 'out/drop'), '1');
    writeFileSync(join(folder, 'out/keep'), '2');
    writeFileSync(join(folder, 'a.md'), '3');
    symlinkSync('/etc/passwd', join(folder, 'link'));
    const entries = await entriesOf(folder);
    expect([...entries.keys()].sort()).toEqual(
      ['.dockerignore', 'Dockerfile', 'link', 'out/keep', 'src', 'src/deep', 'src/deep/empty', 'src/large'].sort(),
    );
    expect(entries.get('link')).toEqual({ type: 'symlink', body: '/etc/passwd' });
    expect(entries.get('src/large')?.body.length).toBe(300_000);
  });

  it('says what is missing', async () => {
    await expect(entriesOf(join(folder, 'none'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(entriesOf(folder)).rejects.toMatchObject({ code: 'not_found', details: { field: 'recipe' } });
  });

  it.each(['../x', '/etc/passwd', '.', 'a/../../x'])('fault 55: the recipe %s leads out', (recipe) => {
    expect(() => recipeInside('/base/folder', recipe)).toThrow('is not in the folder');
  });
});

it.each([
  ['is removed', (file: string) => rmSync(file), 'b was removed while the folder was being sent.'],
  ['gets shorter', (file: string) => writeFileSync(file, 'x'), 'b changed its length while the folder was being sent.'],
])('a file that %s while a folder is sent is told by its name', async (_how, change, message) => {
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch');
  // Longer than what is read ahead: the next file is not reached before somebody reads.
  writeFileSync(join(folder, 'a'), Buffer.alloc(1024 ** 2));
  writeFileSync(join(folder, 'b'), 'twelve bytes');
  const packed = await packContext(folder, 'Dockerfile', new AbortController().signal, () => undefined);
  change(join(folder, 'b'));
  const read = async (): Promise<void> => {
    for await (const _ of packed.stream);
  };
  await expect(read()).rejects.toMatchObject({ code: 'conflict', message: join(folder, message) });
});

it.each([
  ['Step 1/2 : FROM scratch', 0.1],
  ['Step 2/2 : RUN x', 0.55],
  [' ---> abc', null],
])('%s is at %s', (line, fraction) => {
  expect(stepFraction(line)).toBe(fraction);
});

describe('credentials', () => {
  const config = (value: unknown): Record<string, string> => {
    writeFileSync(join(folder, 'config.json'), typeof value === 'string' ? value : JSON.stringify(value));
    return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  };
  const helper = (name: string, script: string) =>
    writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const auth = Buffer.from('user:pa:ss').toString('base64');

  it.each([
    ['alpine', 'https://index.docker.io/v1/'],
    ['team/box', 'https://index.docker.io/v1/'],
    ['docker.io/library/box', 'https://index.docker.io/v1/'],
    ['localhost/box', 'localhost'],
    ['registry.example:5000/a/b', 'registry.example:5000'],
  ])('%s is of %s', (image, registry) => {
    expect(registryOf(image)).toBe(registry);
  });

  it('come from the file, however the registry is written there', async () => {
    const env = config({ auths: { 'https://registry.example/v2/': { auth } } });
    expect(await credentialsFor('registry.example/box', env)).toEqual({
      username: 'user',
      password: 'pa:ss',
      serveraddress: 'registry.example',
    });
    expect(await credentialsFor('other.example/box', env)).toBeNull();
    expect(Object.keys(await allCredentials(env))).toEqual(['https://registry.example/v2/']);
  });

  it('come from a helper, which is asked for the registry on its input', async () => {
    helper('test', 'read url; [ "$1" = get ] && echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"$url!\\"}"');
    const env = config({ credHelpers: { 'registry.example': 'test' }, auths: { 'registry.example': {} } });
    expect(await credentialsFor('registry.example/box', env)).toMatchObject({
      username: 'u',
      password: 'registry.example!',
    });
  });

  it('a token from a helper is one', async () => {
    helper('test', 'echo \'{"Username":"<token>","Secret":"t"}\'');
    expect(await credentialsFor('alpine', config({ credsStore: 'test' }))).toMatchObject({ identitytoken: 't' });
  });

  it('a helper that floods is none; one whose agent keeps its output open is heard', async () => {
    helper('test', 'yes');
    expect(await credentialsFor('registry.example/box', config({ credsStore: 'test' }))).toBeNull();
    helper('test', 'sleep 8 & echo \'{"Username":"u","Secret":"s"}\'');
    const limitMs = 5_000;
    const found = await credentialsFor('registry.example/box', config({ credsStore: 'test' }), { limitMs });
    expect(found).toMatchObject({ username: 'u', password: 's' });
  });

  it('a helper that hangs, and what it began, is ended after its time or when it is given up', async () => {
    const left = join(folder, 'pids');
    helper('test', `trap "" TERM; sleep 60 & echo $$ $! > ${left}; wait; sleep 60`);
    const env = config({ credsStore: 'test' });
    await expect(credentialsFor('registry.example/box', env, { limitMs: 2_000 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('docker-credential-test') as string,
    });
    const alive = (): boolean[] =>
      readFileSync(left, 'utf8')
        .trim()
        .split(' ')
        .map((pid) => existsSync(`/proc/${pid}`) && !/State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
    await expect.poll(alive, { timeout: 10_000 }).toEqual([false, false]);
    const over = new AbortController();
    const given = credentialsFor('registry.example/box', env, { signal: over.signal });
    over.abort();
    await expect(given).rejects.toMatchObject({ code: 'cancelled' });
  });

  it.each([
    ['an empty file', ''],
    ['null', 'null'],
    ['nulls', '{"auths":null,"credHelpers":null,"credsStore":null}'],
    ['an entry of null', '{"auths":{"registry.example":null}}'],
  ])('%s says nothing', async (_what, text) => {
    const env = config({});
    writeFileSync(join(folder, 'config.json'), text);
    expect(await credentialsFor('registry.example/box', env)).toBeNull();
  });

  it('a helper that knows nothing leaves the file', async () => {
    helper('test', 'echo "credentials not found in native keychain"; exit 1');
    const env = config({ credsStore: 'test', auths: { 'registry.example': { auth } } });
    expect(await credentialsFor('registry.example/box', env)).toMatchObject({ username: 'user' });
  });

  it.each([
    ['a helper that is missing', { credsStore: 'absent' }, 'permission_denied'],
    ['a helper that is a path', { credsStore: '../../bin/sh' }, 'invalid_spec'],
    ['a file that is broken', '{', 'invalid_spec'],
  ])('%s is told', async (_, value, code) => {
    await expect(credentialsFor('alpine', config(value))).rejects.toMatchObject({ code });
  });
});

describe('a name to pull', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each(['busybox', 'a/b:1', 'localhost:5000/a/b', `busybox@${digest}`, `ghcr.io/a/b:1@${digest}`])('%s', (name) => {
    expect(() => checkReference(name)).not.toThrow();
  });
  it.each(['', ' ', 'a:b:c', 'a b', '-x', 'UPPER', 'a@sha256:zz', `a@${digest}@${digest}`, 'http://a/b', 'a\nb'])(
    '%j is none',
    (name) => {
      expect(() => checkReference(name)).toThrow(/is no name for an image|has no digest/);
    },
  );
  it.each([
    ['docker.io/library/busybox:1', 'busybox:1'],
    ['docker.io/me/app:1', 'me/app:1'],
    ['ghcr.io/library/app:1', 'ghcr.io/library/app:1'],
  ])('%s is listed as %s', (name, listed) => expect(shortName(name)).toBe(listed));
});
