import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteChannel, WorkloadRef } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const limit = { timeout: 60_000, interval: 100 };
const never = new AbortController().signal;

describe.skipIf(reason !== null)(
  `Docker: terminals and logs as a user sees them${reason === null ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let rig: DockerRig;
    beforeAll(async () => {
      rig = await openDockerRig([], { checkpoints: false });
    }, 120_000);
    afterAll(() => rig?.dispose());

    /** What comes out of a channel, as far as it has come. */
    const collect = (channel: ByteChannel | undefined): { text(): string } => {
      let text = '';
      void (async () => {
        for await (const chunk of channel?.output ?? []) text += Buffer.from(chunk).toString();
      })();
      return { text: () => text };
    };
    const logOf = async (ref: WorkloadRef, options: { tail?: number; sinceMs?: number; timestamps?: boolean }) => {
      let text = '';
      for await (const chunk of rig.driver.logs?.(ref, { follow: false, ...options }, never) ?? [])
        text += Buffer.from(chunk).toString();
      return text;
    };

    it('a command with a terminal has the size that was asked for, then the one that it is given, and its exit code', async () => {
      const ref = await rig.run();
      const shell = await rig.driver.exec?.(ref, { command: ['sh'], tty: true, columns: 101, rows: 31 });
      const out = collect(shell);
      await expect
        .poll(async () => {
          // Asked until it is so: the size can come a moment after the shell.
          await shell?.write(Buffer.from('stty size\n'));
          return out.text();
        }, limit)
        .toMatch(/^31 101\r$/m);
      await shell?.resize?.(121, 41);
      await shell?.write(Buffer.from('stty size\n'));
      await expect.poll(() => out.text(), limit).toMatch(/^41 121\r$/m);
      await shell?.write(Buffer.from('exit 7\n'));
      await expect.poll(() => shell?.exitCode?.(), limit).toBe(7);
      await rig.driver.remove(rig.context(), ref);
    });

    it('the main process on a terminal takes the size of who is attached', async () => {
      const command = ['sh', '-c', 'while read -r line; do stty size; done'];
      const ref = await rig.run({ command, tty: true, stdin: true });
      const attached = await rig.driver.openConsole(ref, 'attach', {});
      const out = collect(attached);
      await attached.resize?.(99, 33);
      await attached.write(Buffer.from('\n'));
      await expect.poll(() => out.text(), limit).toMatch(/^33 99\r$/m);
      attached.close();
      await rig.driver.remove(rig.context(), ref);
    });

    it('a log since a moment, with times, its tail, and binary and long lines as they are', async () => {
      const command = ['sh', '-c', 'echo first; until [ -e /go ]; do sleep 0.1; done; echo second; sleep 1000'];
      const ref = await rig.run({ command });
      await expect.poll(() => logOf(ref, {}), limit).toBe('first\n');
      const [time = ''] = (await logOf(ref, { timestamps: true })).split(' ');
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
      await rig.shell(ref, 'touch /go');
      await expect.poll(() => logOf(ref, {}), limit).toBe('first\nsecond\n');
      // The engine's time has more digits: the next millisecond is after it.
      const sinceMs = Date.parse(time) + 1;
      expect(await logOf(ref, { sinceMs })).toBe('second\n');
      expect(await logOf(ref, { sinceMs, timestamps: true })).toMatch(/^\S+Z second\n$/);
      expect(await logOf(ref, { tail: 1 })).toBe('second\n');
      await rig.driver.remove(rig.context(), ref);
      const odd = await rig.run({
        command: ['sh', '-c', 'head -c 1500000 /dev/zero | tr "\\0" x; printf "\\n\\377\\0\\n"; exec sleep 1000'],
      });
      await expect.poll(async () => (await logOf(odd, {})).length, limit).toBe(1_500_004);
      expect((await logOf(odd, {})).endsWith('x\n\uFFFD\0\n')).toBe(true);
      await rig.driver.remove(rig.context(), odd);
    });

    it('one whose log is kept nowhere says so, and what to do', async () => {
      const ref = await rig.run({ logDriver: 'none' });
      await expect(logOf(ref, {})).rejects.toMatchObject({
        code: 'unsupported',
        details: { fixes: [expect.stringContaining('json-file') as string] },
      });
      await rig.driver.remove(rig.context(), ref);
    });
  },
);
