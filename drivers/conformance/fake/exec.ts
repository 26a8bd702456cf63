import { setImmediate as breathe } from 'node:timers/promises';
import type { Driver } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { createChannel } from './channel.ts';
import type { Engine } from './engine.ts';
import { runLine, runWords } from './shell.ts';

/** Commands inside, and the log. */
export function createExec(engine: Engine): Required<Pick<Driver, 'exec' | 'logs'>> {
  return {
    async exec(ref, options) {
      const record = engine.look(ref);
      await engine.pass('exec', record);
      if (record.phase !== 'running') {
        throw new NovaError('wrong_state', `${ref.name} does not run. Start it first.`);
      }
      const gone = new AbortController();
      const end = createChannel({
        onWrite: (bytes) => end.push(bytes),
        onClose: () => gone.abort(),
      });
      // `sh -c LINE` runs the line; other commands are run as they are.
      const { command } = options;
      const line = command[0]?.endsWith('sh') === true && command[1] === '-c' ? (command[2] ?? '') : null;
      const shell = {
        record: () => engine.store.get(ref.id),
        change: (part: Parameters<Engine['store']['change']>[1]) => void engine.store.change(ref.id, part),
        powerOff: () => engine.finish(ref.id, { phase: 'stopped', reason: 'Shut down by the guest.', exitCode: 0 }),
      };
      const run = async (): Promise<void> => {
        const output = line === null ? runWords(command, shell) : runLine(line, shell);
        let step = output.next();
        while (step.done !== true && !gone.signal.aborted) {
          end.push(Buffer.from(options.tty ? step.value.replace(/\n/g, '\r\n') : step.value));
          await breathe();
          step = output.next();
        }
        end.end(step.done === true ? step.value : 130);
      };
      void run().catch(() => end.end(255));
      return end.channel;
    },
    async *logs(ref, options, signal) {
      engine.look(ref);
      const channel = engine.consoles.open(ref.id, { readOnly: true, replayBytes: options.follow ? 0 : undefined });
      const recorded = Buffer.from(engine.consoles.tail(ref.id, 4 * 1024 * 1024)).toString('utf8');
      const lines = recorded.split(/(?<=\n)/);
      const wanted = options.tail === undefined ? lines : options.tail === 0 ? [] : lines.slice(-options.tail);
      const stop = (): void => channel.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        if (wanted.length > 0) {
          yield Buffer.from(wanted.join(''));
        }
        if (options.follow && !signal.aborted) {
          yield* channel.output;
        }
      } finally {
        signal.removeEventListener('abort', stop);
        channel.close();
      }
    },
  };
}
