import type { ByteChannel } from '../../../drivers/driver.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';

/** Byte streams: consoles, commands, logs. */
export function consoleHandlers(
  host: HostContext,
): Pick<Handlers, 'consoles.list' | 'consoles.open' | 'exec.start' | 'logs.read'> {
  const { registry } = host;
  return {
    'consoles.list': async ({ workload }) => {
      const record = registry.find(workload);
      return registry.driver(record).consoles(registry.ref(record));
    },
    'consoles.open': async ({ workload, console, ...options }) => {
      const record = registry.find(workload);
      const driver = registry.driver(record);
      const ref = registry.ref(record);
      const info = (await driver.consoles(ref)).find((each) => each.id === console);
      const channel = await driver.openConsole(ref, console, options);
      return { answer: { writable: (info?.writable ?? false) && !options.readOnly }, channel };
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
