import { mkdtempSync, rmSync } from 'node:fs';
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
});
