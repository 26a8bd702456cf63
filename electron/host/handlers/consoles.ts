import type { ByteChannel } from '../../../drivers/driver.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { createWatchers } from './watchers.ts';

/** Byte streams: consoles, commands, logs. */
export function consoleHandlers(
  host: HostContext,
): Pick<Handlers, 'consoles.list' | 'consoles.watch' | 'consoles.open' | 'exec.start' | 'logs.read'> {
  const { registry } = host;
  const watchers = createWatchers();
  return {
    'consoles.list': async ({ workload }) => {
      const record = registry.find(workload);
      return registry.driver(record).consoles(registry.ref(record));
    },
    'consoles.watch': ({ workload, console }, { signal }) =>
      watchers.watch(`${registry.find(workload).id}/${console}`, AbortSignal.any([signal, host.signal])),
    'consoles.open': async ({ workload, console, ...options }) => {
      const record = registry.find(workload);
      const driver = registry.driver(record);
      const ref = registry.ref(record);
      const info = (await driver.consoles(ref)).find((each) => each.id === console);
      const entry = watchers.enter(`${record.id}/${console}`, {
        writes: (info?.writable ?? false) && !options.readOnly,
        alone: host.settings.get().consoleWriters === 'one',
      });
      try {
        const channel = await driver.openConsole(ref, console, { ...options, readOnly: !entry.writes });
        return { answer: { writable: entry.writes }, channel: entry.counted(channel) };
      } catch (error) {
        entry.leave();
        throw error;
      }
    },
    'exec.start': async ({ workload, ...options }) => {
      const record = registry.find(workload);
      const driver = registry.driver(record);
      if (!driver.exec) {
        host.drivers.refuse(driver.name, 'exec');
      }
      return { answer: { writable: true }, channel: await driver.exec(registry.ref(record), options) };
    },
    'logs.read': async ({ workload, ...options }) => {
      const record = registry.find(workload);
      const driver = registry.driver(record);
      if (!driver.logs) {
        host.drivers.refuse(driver.name, 'logs');
      }
      const closed = new AbortController();
      const output = driver.logs(registry.ref(record), options, closed.signal);
      return { answer: { writable: false }, channel: readOnlyChannel(output, () => closed.abort()) };
    },
  };
}

function readOnlyChannel(output: AsyncIterable<Uint8Array>, close: () => void): ByteChannel {
  return {
    output,
    write: async () => {},
    close,
  };
}
