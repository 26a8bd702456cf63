import type { ByteChannel } from '../../../drivers/driver.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';

/** Byte streams: consoles, commands, logs. */
export function consoleHandlers(
  host: HostContext,
): Pick<Handlers, 'consoles.list' | 'consoles.open' | 'exec.start' | 'logs.read'> {
  const { registry } = host;
  const writers = new Map<string, number>();
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
      const key = `${record.id}/${console}`;
      const taken = host.settings.get().consoleWriters === 'one' && (writers.get(key) ?? 0) > 0;
      const writable = (info?.writable ?? false) && !options.readOnly && !taken;
      const channel = await driver.openConsole(ref, console, { ...options, readOnly: !writable });
      return { answer: { writable }, channel: writable ? counted(channel, writers, key) : channel };
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

/** Counts a writer until its channel closes. */
function counted(channel: ByteChannel, writers: Map<string, number>, key: string): ByteChannel {
  writers.set(key, (writers.get(key) ?? 0) + 1);
  let open = true;
  return {
    output: channel.output,
    write: (bytes) => channel.write(bytes),
    ...(channel.resize ? { resize: async (columns, rows) => channel.resize?.(columns, rows) } : {}),
    close() {
      if (open) {
        open = false;
        const left = (writers.get(key) ?? 1) - 1;
        if (left > 0) {
          writers.set(key, left);
        } else {
          writers.delete(key);
        }
      }
      channel.close();
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
