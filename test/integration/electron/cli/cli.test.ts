import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Workload } from '../../../../electron/bridge/contract.ts';
import { type CommandResult, novacron } from '../../../support/cli.ts';
import { clientOf } from '../../../support/e2e/seed.ts';
import { startServer, type TestServer } from '../../../support/e2e/server.ts';

/** The one JSON value of a command's standard output; fails when there is anything else. */
const json = (result: CommandResult): unknown => {
  expect(result.err).toBe('');
  expect(result.out.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(result.out);
};

describe('novacron with a running host', () => {
  let server: TestServer;
  const run = (...words: string[]): Promise<CommandResult> => novacron(server.home, words);

  beforeAll(async () => {
    server = await startServer({ fake: true, env: { NOVACRON_CHECK_OUTPUT: '1' } });
    const made = json(await run('create', 'fake', 'one', '--vcpus', '2', '--memory', '256M', '--start', '--json'));
    expect(made).toMatchObject({ verb: 'start', state: 'succeeded' });
  });
  afterAll(() => server.close());

  it('lists as a table and as JSON', async () => {
    expect((await run('ls')).out).toMatch(/NAME +DRIVER +STATE[\s\S]*one +fake +running/);
    const [one] = json(await run('ls', '--json')) as Workload[];
    expect(one).toMatchObject({
      spec: { name: 'one', resources: { vcpus: 2, memoryBytes: 256 * 1024 ** 2 } },
      observation: { phase: 'running' },
    });
  });

  it('runs a command inside and ends with its exit code', async () => {
    expect(await run('exec', 'one', 'echo', '-n', 'hi')).toMatchObject({ code: 0, out: '-n hi\n' });
    expect((await run('exec', 'one', 'false')).code).toBe(1);
    expect((await run('exec', 'one', 'nonsense')).code).toBe(127);
    expect(json(await run('--json', 'exec', 'one', 'echo', 'hi'))).toEqual({ output: 'hi\n', exitCode: 0 });
  });

  it('takes options of its own before the command, and passes the rest inside', async () => {
    expect(json(await run('exec', 'one', '--json', '--', 'echo', '--json'))).toEqual({
      output: '--json\n',
      exitCode: 0,
    });
    expect(await run('exec', 'one', 'echo', '--json')).toMatchObject({ code: 0, out: '--json\n' });
    const help = await run('exec', 'one', '--help');
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Examples:\n  novacron exec') });
  });

  it('shows the plan of a start beside what runs', async () => {
    expect(json(await run('inspect', 'one', '--json'))).toMatchObject({
      plan: { commands: expect.any(Array), requests: expect.any(Array), warnings: expect.any(Array) },
      engine: expect.any(Object),
    });
  });

  it('groups by a label: one snapshot of all, and back', async () => {
    for (const name of ['shop-a', 'shop-b']) await run('create', 'fake', name, '--label', 'team=shop', '--start');
    expect((await run('group', 'ls')).out).toMatch(/team=shop +2\/2/);
    expect((await run('group', 'snapshot', 'team=shop', 'point')).out).toMatch(/all stood still for \d+ ms\n$/);
    expect(await run('group', 'stop', 'team=shop', '--force')).toMatchObject({ code: 0, out: 'team=shop: stopped\n' });
    expect((await run('group', 'restore', 'team=shop', 'point')).code).toBe(0);
    expect((await run('group', 'ls')).out).toMatch(/team=shop +2\/2/);
    expect(json(await run('group', 'snapshots', 'team=shop', '--json'))).toMatchObject([
      { name: 'point', missing: [] },
    ]);
    expect((await run('rm', 'shop-a', 'shop-b', '--now')).code).toBe(0);
  });

  it('reads and changes a setting', async () => {
    expect((await run('settings', 'consoleWriters', 'one')).out).toContain('"one"');
    expect(json(await run('settings', 'consoleWriters', '--json'))).toEqual({ consoleWriters: 'one' });
    expect((await run('settings', 'consoleWriters', 'all')).code).toBe(0);
    expect((await run('settings', 'nothing')).code).toBe(2);
  });

  it('types into a console from a pipe and leaves at the awaited text', async () => {
    const typed = await novacron(server.home, ['console', 'one', '--replay', '0', '--until', 'sum-3'], {
      input: 'echo sum-3\necho never\n',
    });
    expect(typed.code).toBe(0);
    expect(typed.out).toContain('sum-3');
    const silent = await run('console', 'one', '--until', 'is not printed', '--timeout', '1');
    expect(silent).toMatchObject({ code: 1, err: expect.stringContaining('(timeout)') });
  });

  it('leaves a console when the piped input has ended and all is silent', async () => {
    const typed = await novacron(server.home, ['console', 'one', '--replay', '0'], {
      input: 'echo a; echo b\n',
    });
    expect(typed).toMatchObject({ code: 0, out: expect.stringMatching(/\r\na\r\nb\r\n/) });
  });

  it('snapshots, goes back, clones and removes', async () => {
    await run('exec', 'one', 'sh', '-c', 'echo first > /f');
    expect((await run('snapshot', 'create', 'one', 'before')).code).toBe(0);
    await run('exec', 'one', 'sh', '-c', 'echo second > /f');
    expect((await run('snapshot', 'ls', 'one')).out).toContain('before ← you are here');
    expect((await run('snapshot', 'restore', 'one', 'before')).code).toBe(0);
    expect((await run('exec', 'one', 'cat', '/f')).out).toBe('first\n');
    expect((await run('snapshot', 'clone', 'one', 'before', 'copy')).code).toBe(0);
    expect((await run('rm', 'copy', '--now')).code).toBe(0);
    expect((json(await run('ls', '--all', '--json')) as Workload[]).map((each) => each.spec.name)).toEqual(['one']);
  });

  it('does the same to several and tells which one failed', async () => {
    await run('create', 'fake', 'two');
    const started = await run('start', 'two', 'none', '--json');
    expect(started).toMatchObject({ code: 1, err: expect.stringContaining('"none"') });
    expect(JSON.parse(started.out)).toMatchObject([{ subject: 'two', state: 'succeeded' }]);
    expect((await run('rm', 'two', '--now')).code).toBe(0);
  });

  it('warns of what a new size costs, once it is new', async () => {
    const warned = await run('resize', 'one', '--vcpus', '8');
    expect(warned).toMatchObject({ code: 0, err: 'novacron: warning: It has more CPUs than the fake machine (6).\n' });
    expect(await run('resize', 'one', '--vcpus', '7')).toMatchObject({ code: 0, err: '' });
    expect(await run('resize', 'one', '--vcpus', '2')).toMatchObject({ code: 0, err: '' });
    const room = json(await run('resize', 'one', '--max-vcpus', '12', '--max-memory', '2G', '--json'));
    expect(room).toMatchObject({ spec: { resources: { vcpus: 2, maxVcpus: 12, maxMemoryBytes: 2 * 1024 ** 3 } } });
  });

  it.each(['stats one', 'events --follow'])('%s ends when its reader leaves', async (words) => {
    const child = spawn(process.execPath, ['electron/cli.ts', ...words.split(' ')], {
      env: { ...process.env, NOVACRON_HOME: server.home },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.once('data', () => child.stdout.destroy());
    try {
      // Something to print, which nobody takes: an event tells of itself.
      while (child.exitCode === null) for (const verb of ['pause', 'resume']) await run(verb, 'one');
      expect(child.exitCode).toBe(1);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('ends the statistics when all of them have ended', async () => {
    for (const name of ['short-a', 'short-b']) await run('create', 'fake', name, '--start');
    const sampled = Promise.withResolvers<void>();
    const stats = novacron(server.home, ['stats', 'short-a', 'short-b'], {
      onOutput: (out) => (out.includes('short-a') && out.includes('short-b') ? sampled.resolve() : undefined),
    });
    // A command that failed printed nothing.
    await Promise.race([sampled.promise, stats]);
    await run('stop', 'short-a', '--force');
    await run('stop', 'short-b', '--force');
    const { code, err } = await stats;
    expect(code).toBe(0);
    expect(err).toMatch(/^novacron: short-a has no more statistics: stopped\..*\nnovacron: short-b has no more/);
    expect((await run('rm', 'short-a', 'short-b', '--now')).code).toBe(0);
  });

  it('a console that another one has the right to write in says that it only reads', async () => {
    await run('settings', 'consoleWriters', 'one');
    const client = clientOf(server.home);
    try {
      const { answer } = await client.open('consoles.open', { workload: 'one' });
      expect(answer.writable).toBe(true);
      const read = await run('console', 'one', '--replay', '0', '--until', 'nothing', '--timeout', '1');
      expect(read.err).toContain('Console serial0 of one: only reading.');
    } finally {
      client.close();
      await run('settings', 'consoleWriters', 'all');
    }
  });

  it('takes a removed one out of the trash', async () => {
    await run('create', 'fake', 'three');
    expect((await run('rm', 'three')).out).toBe('three: in the trash\n');
    expect((await run('ls')).out).not.toContain('three');
    expect((await run('undo-rm', 'three')).code).toBe(0);
    expect((await run('ls')).out).toContain('three');
  });

  it.each([
    [['resize', 'one', '--vcpus', '3', '--json']],
    [['inspect', 'one', '--json']],
    [['stats', 'one', '--json']],
    [['logs', 'one', '--json']],
    [['logs', 'one', '--grep', 'x', '--json']],
    [['images', 'ls', '--json']],
    [['jobs', '--json']],
    [['events', '--json']],
    [['drivers', '--json']],
    [['catalogue', '--json']],
    [['call', 'settings.get']],
    [['create', 'fake', 'planned', '--plan', '--json']],
  ])('gives one JSON value: %j', async (words) => {
    const result = await run(...words);
    expect(result.code).toBe(0);
    expect(json(result)).toBeTypeOf('object');
  });

  it.each([
    [['start', 'none'], 1, '(not_found)'],
    [['create', 'fake', 'one'], 1, '(already_exists)'],
    [['create', 'fake', '../x'], 1, '(invalid_spec)'],
    [['call', 'host.info', '{"__proto__":{},"x":1}'], 1, '(invalid_spec)'],
    [['call', 'host.info', 'no json'], 2, 'no JSON'],
    [['call', 'no.method'], 2, 'no method'],
    [['create', 'fake', 'x', '--memory', 'much'], 2, '512M'],
    [['resize', 'one'], 2, '--vcpus'],
    [['nonsense'], 2, 'unknown command'],
    [['start'], 2, 'missing required argument'],
  ])('%j ends with %i', async (words, code, text) => {
    const result = await run(...words);
    expect(result).toMatchObject({ code, out: '', err: expect.stringContaining(text) });
  });
});

describe('novacron without a running host', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'nova-cli-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

  it('several commands at once share one host', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map((name) => novacron(home, ['create', 'fake', name])));
    // Whose host it was waits for the others and says so; nothing else is told.
    const told = results.map(({ code, out, err }) => ({
      code,
      out,
      err: err.replace(/^.*it ends after them\.\n/, ''),
    }));
    expect(told).toEqual(['a', 'b', 'c'].map((name) => ({ code: 0, out: `${name}: made\n`, err: '' })));
    const listed = json(await novacron(home, ['ls', '--json'])) as Workload[];
    expect(listed.map((each) => each.spec.name).sort()).toEqual(['a', 'b', 'c']);
  });

  it('takes a whole spec from a file', async () => {
    const file = join(home, 'spec.json');
    writeFileSync(file, JSON.stringify({ notes: 'from a file', labels: { team: 'web' } }));
    expect((await novacron(home, ['create', 'fake', 'd', '--spec', file])).code).toBe(0);
    expect((json(await novacron(home, ['inspect', 'd', '--json'])) as Workload).spec).toMatchObject({
      name: 'd',
      notes: 'from a file',
      labels: { team: 'web' },
    });
  });
});
