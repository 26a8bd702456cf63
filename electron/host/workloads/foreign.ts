import type { Driver } from '../../../drivers/driver.ts';
import type { ForeignView } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { within } from '../time.ts';

/** An engine that does not list its workloads within this time is asked again later, milliseconds. */
const discoverLimitMs = 30_000;

/**
 * Reads which workloads of the engine are in no inventory and shows them. Returns them; null when the engine can't be
 * asked now. Never throws.
 */
export async function refreshForeign(host: HostContext, driver: Driver): Promise<ForeignView[] | null> {
  if (!driver.discover) {
    return [];
  }
  try {
    const found = await within(
      driver.discover({ own: true }),
      discoverLimitMs,
      `${driver.name} did not list its workloads in time.`,
    );
    const views = found
      .filter((foreign) => !host.registry.get(foreign.engineId))
      .map(
        ({ engineId, name, ours, project, observation, endpoint }): ForeignView => ({
          driver: driver.name,
          engineId,
          name,
          ours,
          ...(project === undefined ? {} : { project }),
          observation,
          ...(endpoint === undefined ? {} : { endpoint }),
        }),
      );
    host.state.apply({ collection: 'foreign', key: driver.name, value: views });
    return views;
  } catch (error) {
    host.logger.info({ err: error, driver: driver.name }, 'foreign workloads could not be read');
    return null;
  }
}
