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
      const key = `${record.id}/${console}`;
      const taken = host.settings.get().consoleWriters === 'one' && watchers.count(key).writers > 0;
      const writable = (info?.writable ?? false) && !options.readOnly && !taken;
      const channel = await driver.openConsole(ref, console, { ...options, readOnly: !writable });
      return { answer: { writable }, channel: watchers.counted(channel, key, writable) };
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
