import { cpus, freemem, platform, totalmem } from 'node:os';
import type { HostInfo } from '../../bridge/contract.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { browsable, readPath } from '../paths.ts';

/** What this host serves, now. */
export function hostInfo(
  host: Pick<HostContext, 'hostId' | 'version' | 'directories' | 'startedAtMs' | 'inventory'>,
): HostInfo {
  return {
    id: host.hostId,
    version: host.version,
    platform: platform(),
    dataDirectory: host.directories.data,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    startedAtMs: host.startedAtMs,
    readOnly: host.inventory.readOnly(),
  };
}

/** Host and settings. */
export function hostHandlers(
  host: HostContext,
): Pick<Handlers, 'host.info' | 'host.path' | 'settings.get' | 'settings.set'> {
  return {
    'host.info': async () => hostInfo(host),
    'host.path': async ({ path }) => readPath(path, browsable()),
    'settings.get': async () => host.settings.get(),
    'settings.set': async (input) => host.settings.set(input),
  };
}
