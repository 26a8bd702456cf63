import type { Check } from '../check.ts';
import { ensure, isJson, refuses, same } from '../expect.ts';
import { atOnce } from '../kit.ts';
import { openScreen, readScreen } from '../shell.ts';
import { until } from '../until.ts';

/** Longest wait for bytes, milliseconds. */
const limitMs = 30_000;
/** Lines of a flood: what an emulated serial line carries in a second or two. */
const floodLines = 4000;
/**
 * Lines that may be damaged: an emulated 16550 repeats a byte at times on a busy machine, and a kernel prints a line of
 * its own. A buffer that is lost or sent twice has hundreds of lines.
 */
const damagedLines = 20;
/** Longest flood, milliseconds: 20 KB, of which a busy machine emulates 5 KB a second. */
const floodLimitMs = 90_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Consoles, commands inside, logs. */
export const consoleChecks: Check[] = [
  {
    id: 'consoles',
    title: 'lists its consoles and refuses one that it does not have',
    needs: ['consoleSerial'],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const list = await kit.driver.consoles(ref);
      isJson(list, 'the list');
      ensure(
        list.some((each) => each.id === 'serial0' && each.writable),
        `there is no writable serial0: ${JSON.stringify(list)}`,
      );
      await refuses(kit.driver.openConsole(ref, 'nonsense', {}), 'opening nonsense', 'not_found');
    },
  },
  {
    id: 'console-ends',
    title: 'ends the viewers when the run ends, and closes twice',
    needs: ['consoleSerial'],
    async run(kit) {
      const ref = await kit.start(await kit.small());
      const screen = await openScreen(kit.driver, ref);
      const closed = await openScreen(kit.driver, ref);
      closed.channel.close();
      closed.channel.close();
      await until('a closed viewer has ended', () => closed.ended() || null, { limitMs });
      await refuses(closed.channel.write(bytes('x')), 'writing to a closed console', 'wrong_state');
      await kit.driver.stop(kit.context(), ref, atOnce);
      await until('the viewer has ended', () => screen.ended() || null, { limitMs });
    },
  },
  {
    id: 'console-guest',
    title: 'echoes, replays, serves two viewers, and keeps a reader from writing',
    needs: ['consoleSerial'],
    guest: true,
    async run(kit) {
      const ref = await kit.guest();
      const shell = await kit.boot(ref);
      same(await shell.run('echo he""llo'), 'hello', 'what the guest printed');
      const second = await openScreen(kit.driver, ref, { readOnly: true });
      await second.waitFor('hello', limitMs);
      await refuses(second.channel.write(bytes('x')), 'writing to a read-only console', 'wrong_state');
      const fresh = await openScreen(kit.driver, ref, { replayBytes: 0 });
      await shell.run('echo wor""ld');
      await second.waitFor('world', limitMs);
      await fresh.waitFor('world', limitMs);
      ensure(!fresh.text().includes('hello'), 'a viewer without replay got old bytes');
      second.channel.close();
      fresh.channel.close();
      same(await shell.run('echo st""ill'), 'still', 'the first viewer after the others have left');
      shell.close();
      await kit.restartHost();
      await kit.driver.recover(ref.id, ref.spec, ref.handle);
      const after = await openScreen(kit.driver, ref);
      await after.waitFor('world', limitMs);
      const later = await kit.shell(ref);
      same(await later.run('echo ag""ain'), 'again', 'the console after a host restart');
      after.channel.close();
    },
  },
  {
    id: 'console-slow-viewer',
    title: 'is not slowed by a viewer that does not read, and loses nothing for one that does',
    needs: ['consoleSerial'],
    guest: true,
    async run(kit) {
      const ref = await kit.guest();
      const shell = await kit.boot(ref);
      const asleep = await kit.driver.openConsole(ref, 'serial0', {});
      const text = await shell.run(`seq 1 ${floodLines}`, floodLimitMs);
      const lines = text.split('\n');
      const unique = new Set(lines);
      const missing = Array.from({ length: floodLines }, (_, index) => String(index + 1)).filter(
        (line) => !unique.has(line),
      );
      ensure(missing.length <= damagedLines, `${missing.length} lines are missing, first ${missing[0]}`);
      const extra = lines.length - floodLines;
      ensure(Math.abs(extra) <= damagedLines, `there are ${extra} lines too many`);
      asleep.close();
    },
  },
  {
    id: 'exec',
    title: 'runs commands inside and tells their exit codes',
    needs: ['exec'],
    guest: true,
    async run(kit) {
      const ref = await kit.guest();
      const run = async (...command: string[]): Promise<[string, number | null]> => {
        const channel = await kit.driver.exec?.(ref, { command, tty: false });
        ensure(channel !== undefined, 'there is no exec');
        const screen = readScreen(channel);
        await until('the command has ended', () => screen.ended() || null, { limitMs });
        return [screen.text().trim(), (await channel.exitCode?.()) ?? null];
      };
      await refuses(run('true'), 'a command in one that does not run', 'wrong_state');
      await kit.start(ref);
      same(await run('echo', 'hello  there'), ['hello  there', 0], 'echo');
      same((await run('sh', '-c', 'false'))[1], 1, 'the exit code of false');
    },
  },
  {
    id: 'logs',
    title: 'reads the log, its tail, and follows until abort',
    needs: ['logs'],
    guest: true,
    async run(kit) {
      const ref = await kit.guest();
      const shell = await kit.boot(ref);
      await shell.run('echo log""ged');
      const read = async (options: { follow: boolean; tail?: number }, signal: AbortSignal): Promise<string> => {
        let text = '';
        for await (const part of kit.driver.logs?.(ref, options, signal) ?? []) {
          text += new TextDecoder().decode(part);
        }
        return text;
      };
      const all = await read({ follow: false }, new AbortController().signal);
      ensure(all.includes('logged'), `the log has no "logged": ${all.slice(-200)}`);
      same(await read({ follow: false, tail: 0 }, new AbortController().signal), '', 'a tail of no lines');
      const stop = new AbortController();
      const following = read({ follow: true, tail: 0 }, stop.signal);
      stop.abort();
      await following;
    },
  },
];
