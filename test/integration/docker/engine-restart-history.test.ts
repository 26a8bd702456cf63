import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { importBusybox, startDaemon, type TestDaemon, whyNoDocker } from '../../support/docker/daemon.ts';
import { engineLimitMs, openWatchingHost, type WatchingHost } from '../../support/docker/watching-host.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

/** Ends with 5 when it is asked to, and with 7 when the program that it waits for is killed. */
const command = ['sh', '-c', 'trap "exit 5" TERM; sleep 1000 & wait $!; exit 7'];
const away = /^\w+ ended: while its engine was away.*\. It was started again\.$/;

describe.skipIf(reason !== null)(title('The history of containers over a restart of their engine'), () => {
  let daemon: TestDaemon | undefined;
  let watching: WatchingHost | undefined;
  afterEach(async () => {
    await watching?.dispose();
    await daemon?.dispose();
    [watching, daemon] = [undefined, undefined];
  });

  const begin = async (flags: string[]): Promise<{ engine: TestDaemon; host: WatchingHost }> => {
    daemon = await startDaemon(flags, { checkpoints: false });
    watching = await openWatchingHost(daemon.address, await importBusybox(daemon.address));
    // The engine starts the second one again by itself.
    for (const name of ['kept', 'back', 'steady']) await watching.run(name, command);
    for (const name of ['back', 'steady']) await watching.docker('update', '--restart=always', name);
    return { engine: daemon, host: watching };
  };
  const childOf = async (host: WatchingHost, name: string): Promise<number> => {
    const pid = await host.docker('inspect', '-f', '{{.State.Pid}}', name);
    return Number((await execa('pgrep', ['-P', pid])).stdout.split('\n')[0]);
  };
  const told = async (host: WatchingHost, name: string): Promise<string[]> =>
    (await host.ends(name)).map((event) => event.message);
  /** Once each, also after the next start of the host. */
  const tells = async (host: WatchingHost, name: string, message: RegExp | string): Promise<void> => {
    const expected = typeof message === 'string' ? message : (expect.stringMatching(message) as string);
    await expect.poll(() => told(host, name), { timeout: engineLimitMs }).toEqual([expected]);
  };

  it.each([
    ['restarted with live-restore', ['--live-restore'], 'SIGTERM'],
    ['killed', [], 'SIGKILL'],
  ] as const)(
    'fault 34: what ended while it was away, %s, is told once, with when it was',
    { timeout: 5 * engineLimitMs },
    async (_how, flags, signal) => {
      const { engine, host } = await begin([...flags]);
      const children = await Promise.all(['kept', 'back'].map((name) => childOf(host, name)));
      const beginMs = Date.now();
      await engine.stop(signal);
      await expect.poll(async () => (await host.shown('kept')).phase, { timeout: engineLimitMs }).toBe('unknown');
      for (const child of children) process.kill(child, 'SIGKILL');
      const endMs = Date.now() + 5_000;
      await engine.start();
      await tells(host, 'kept', 'kept crashed: exit code 7');
      await tells(host, 'back', away);
      for (const name of ['kept', 'back']) {
        const [event] = await host.ends(name);
        expect(event?.atMs).toBeGreaterThan(beginMs);
        expect(event?.atMs).toBeLessThan(endMs);
      }
      await expect.poll(async () => (await host.shown('back')).phase, { timeout: engineLimitMs }).toBe('running');
      // Without live-restore the engine ends it in its start, and knows how.
      const steady = signal === 'SIGKILL' ? ['steady ended: exit code 5. It was started again.'] : [];
      await expect.poll(() => told(host, 'steady'), { timeout: engineLimitMs }).toEqual(steady);
      await host.open();
      await expect.poll(async () => (await host.shown('back')).phase, { timeout: engineLimitMs }).toBe('running');
      expect(
        await Promise.all(['kept', 'back', 'steady'].map(async (name) => (await told(host, name)).length)),
      ).toEqual([1, 1, steady.length]);
    },
  );

  it.each([
    ['runs on', true],
    ['is away too', false],
  ])(
    'fault 33: what the engine ended in its shutdown is told once when the host %s',
    { timeout: 5 * engineLimitMs },
    async (_how, stays) => {
      const { engine, host } = await begin([]);
      if (!stays) await host.close();
      await engine.stop();
      await engine.start();
      if (!stays) await host.open();
      await tells(host, 'kept', /^kept (crashed|ended): exit code 5$/);
      // The last words of an engine that ends may come through.
      for (const name of ['back', 'steady']) await tells(host, name, /: (while its engine was away|exit code 5)/);
      await expect.poll(async () => (await host.shown('back')).phase, { timeout: engineLimitMs }).toBe('running');
    },
  );
});
