import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { novacron } from '../../../support/cli.ts';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../../support/docker/daemon.ts';

const why = await whyNoDocker();

describe.skipIf(why !== null)(`novacron and Docker${why === null ? '' : ` (skipped: ${why})`}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'nova-cli-'));
  let daemon: TestDaemon;
  const run = (words: string[], input = '') => novacron(home, words, { input, env: { DOCKER_HOST: daemon.address } });

  beforeAll(async () => {
    daemon = await startDaemon();
    await importBusybox(daemon.address);
  });
  afterAll(async () => {
    await daemon.dispose();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  it('makes a container, passes standard input to a command inside, and removes it', async () => {
    const words = ['create', 'docker', 'box', '--image', 'busybox:test', '--start', '--', 'sleep', '1000'];
    expect(await run(words)).toMatchObject({ code: 0, out: 'box: made and started\n', err: '' });
    const text = 'x'.repeat(100_000);
    expect(await run(['exec', 'box', 'wc', '-c'], text)).toMatchObject({ code: 0, out: '100000\n' });
    expect((await run(['exec', 'box', 'sh', '-c', 'exit 3'])).code).toBe(3);
    expect(await run(['rm', 'box', '--now'])).toMatchObject({ code: 0, out: 'box: removed\n' });
  });

  it('copies files and directories in and out, sends a signal, waits for the end', async () => {
    const command = "trap 'exit 7' USR1; echo up; while :; do sleep 0.1; done";
    const made = await run([
      'create',
      'docker',
      'files',
      '--image',
      'busybox:test',
      '--start',
      '--',
      'sh',
      '-c',
      command,
    ]);
    expect(made).toMatchObject({ code: 0 });
    const text = 'line\n'.repeat(600_000);
    writeFileSync(join(home, 'big'), text);
    expect(await run(['cp', join(home, 'big'), 'files:/tmp'])).toMatchObject({ code: 0, err: '' });
    const listed = await run(['files', 'ls', 'files:/tmp', '--json']);
    expect(JSON.parse(listed.out)).toMatchObject({ entries: [{ name: 'big', kind: 'file', sizeBytes: text.length }] });
    expect(await run(['cp', 'files:/tmp/big', join(home, 'back')])).toMatchObject({ code: 0 });
    expect(readFileSync(join(home, 'back'), 'utf8')).toBe(text);
    mkdirSync(join(home, 'tree/sub'), { recursive: true });
    writeFileSync(join(home, 'tree/sub/one'), 'first');
    expect(await run(['cp', join(home, 'tree'), 'files:/tmp'])).toMatchObject({ code: 0 });
    expect((await run(['exec', 'files', 'cat', '/tmp/tree/sub/one'])).out).toBe('first');
    // What comes out of a container is not trusted: a link that leads out is left out and told.
    const links = 'cd /tmp/tree; ln -s sub/one good; ln -s ../../../etc/passwd evil; ln -s /etc evil2';
    expect((await run(['exec', 'files', 'sh', '-c', links])).code).toBe(0);
    mkdirSync(join(home, 'out'));
    const copied = await run(['cp', 'files:/tmp/tree', join(home, 'out')]);
    expect(copied).toMatchObject({
      code: 0,
      err: expect.stringMatching(/left out: tree\/evil[^]*left out: tree\/evil2/),
    });
    expect(readFileSync(join(home, 'out/tree/good'), 'utf8')).toBe('first');
    expect(() => readlinkSync(join(home, 'out/tree/evil'))).toThrow('ENOENT');
    const waited = run(['wait', 'files']);
    expect(await run(['kill', 'files', '-s', 'USR1'])).toMatchObject({ code: 0 });
    expect((await waited).code).toBe(7);
    expect(await run(['rm', 'files', '--now'])).toMatchObject({ code: 0 });
  });
});
