import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homeOf } from '../../../drivers/docker/engine/engine.ts';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { residentMB } from '../../bench/clock.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';
import { poll } from '../../support/qemu/wait.ts';

const reason = await whyNoDocker();
/** More than a log may cost while it is read, megabytes. */
const logMB = 200;
const growthMB = 120;

describe.skipIf(reason !== null)(
  `Docker: commands that are left, and logs${reason === null ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let rig: DockerRig;
    beforeAll(async () => {
      rig = await openDockerRig([], { checkpoints: false });
    }, 120_000);
    afterAll(() => rig?.dispose());

    const processes = async (ref: WorkloadRef) => (await rig.docker('top', ref.name, '-o', 'pid,args')).slice(1);
    const running = async (ref: WorkloadRef, words: string) =>
      (await processes(ref)).filter((line) => line.includes(words)).length;

    it('a shell whose console is closed is gone, with what it had in front; what ignores the hang-up goes on', async () => {
      const ref = await rig.run();
      const shell = await rig.driver.openConsole(ref, 'exec', { columns: 80, rows: 24 });
      void (async () => {
        for await (const _ of shell.output);
      })();
      await shell.write(Buffer.from("(trap '' HUP; exec sleep 7001) &\n"));
      await shell.write(Buffer.from('sleep 7002\n'));
      await poll('both to run', async () =>
        (await running(ref, 'sleep 7001')) === 1 && (await running(ref, 'sleep 7002')) === 1 ? true : null,
      );
      shell.close();
      await poll('the shell to be gone', async () => ((await processes(ref)).length === 2 ? true : null));
      expect(await running(ref, 'sleep 7001')).toBe(1);
      expect(await running(ref, 'sleep 1000')).toBe(1);
      await rig.driver.remove(rig.context(), ref);
    });

    it('a command without a terminal is hung up on too, by another user than root; one that ended is left alone', async () => {
      const ref = await rig.run();
      const command = await rig.driver.exec?.(ref, { command: ['sleep', '7003'], tty: false, user: '1000' });
      await poll('it to run', async () => ((await running(ref, 'sleep 7003')) === 1 ? true : null));
      command?.close();
      await poll('it to be gone', async () => ((await running(ref, 'sleep 7003')) === 0 ? true : null));
      expect(await rig.shell(ref, 'echo ended')).toBe('ended');
      await rig.driver.remove(rig.context(), ref);
    });

    it('fault 8: what a killed host was running inside is hung up on by the next one, what others run is not', async () => {
      const ref = await rig.run();
      const begin = (mark: string, words: string[]) =>
        execa('docker', [
          '-H',
          rig.daemon.address,
          'exec',
          '-d',
          '-e',
          `NOVACRON_TERMINAL=${mark}`,
          ref.name,
          ...words,
        ]);
      await begin(`${homeOf(rig.root)}.before.1`, ['sleep', '7004']);
      await begin('another.before.1', ['sleep', '7005']);
      await rig.restartHost();
      const own = await rig.driver.openConsole(ref, 'exec', { columns: 80, rows: 24 });
      await own.write(Buffer.from('sleep 7006\n'));
      await poll('all to run', async () => ((await running(ref, 'sleep 700')) === 3 ? true : null));
      await rig.driver.recover(ref.id, ref.spec, ref.handle);
      await poll('the old one to be gone', async () => ((await running(ref, 'sleep 7004')) === 0 ? true : null));
      expect(await running(ref, 'sleep 7005')).toBe(1);
      expect(await running(ref, 'sleep 7006')).toBe(1);
      own.close();
      await rig.driver.remove(rig.context(), ref);
    });

    it(`${logMB} MB of a log are read whole, in little memory, by a slow reader`, { timeout: 180_000 }, async () => {
      const line = 'x'.repeat(999);
      const lines = logMB * 1000;
      const ref = await rig.run({ command: ['sh', '-c', `yes ${line} | head -n ${lines}; exec sleep 1000`] });
      await poll(
        'all to be printed',
        async () => ((await running(ref, 'sleep 1000')) === 1 && (await running(ref, 'yes')) === 0 ? true : null),
        120_000,
      );
      const before = residentMB(process.pid);
      let most = 0;
      let bytes = 0;
      let chunks = 0;
      for await (const chunk of rig.driver.logs?.(ref, { follow: false }, new AbortController().signal) ?? []) {
        bytes += chunk.byteLength;
        chunks += 1;
        if (chunks % 100 !== 0) continue;
        most = Math.max(most, residentMB(process.pid));
        await new Promise(setImmediate);
      }
      expect(bytes).toBe(lines * (line.length + 1));
      expect(most - before).toBeLessThan(growthMB);

      // The main process of the same one: no more of the log than is asked for, then what comes.
      const attached = await rig.driver.openConsole(ref, 'attach', { replayBytes: 5_000 });
      const reader = attached.output[Symbol.asyncIterator]();
      const first: Uint8Array = (await reader.next()).value;
      attached.close();
      // From the beginning of a line.
      expect(first.byteLength).toBe(4 * (line.length + 1));
      await rig.driver.remove(rig.context(), ref);
    });

    it('an attached one whose log is kept nowhere shows what comes', async () => {
      const ref = await rig.run({ command: ['cat'], stdin: true, logDriver: 'none' });
      const attached = await rig.driver.openConsole(ref, 'attach', {});
      await attached.write(Buffer.from('heard\n'));
      const first: Uint8Array = (await attached.output[Symbol.asyncIterator]().next()).value;
      expect(Buffer.from(first).toString()).toBe('heard\n');
      attached.close();
      await rig.driver.remove(rig.context(), ref);
    });

    it('an attached one shows the end of its log once, and then what it is told', async () => {
      const ref = await rig.run({ command: ['sh', '-c', 'echo first; cat'], tty: false, stdin: true });
      const attached = await rig.driver.openConsole(ref, 'attach', {});
      let text = '';
      void (async () => {
        for await (const chunk of attached.output) text += Buffer.from(chunk).toString();
      })();
      await attached.write(Buffer.from('second\n'));
      await expect.poll(() => text, { timeout: 30_000 }).toBe('first\nsecond\n');
      attached.close();
      await rig.driver.remove(rig.context(), ref);
    });
  },
);
