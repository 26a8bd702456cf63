import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';

/** Drivers and the catalogue. */
export function driverHandlers(host: HostContext): Pick<Handlers, 'drivers.list' | 'drivers.probe' | 'catalogue.list'> {
  return {
    'drivers.list': async () => host.drivers.views(),
    'drivers.probe': async ({ driver }) => host.drivers.probeAgain(driver),
    'catalogue.list': async () => (host.catalogue ? host.catalogue.list() : []),
  };
}
