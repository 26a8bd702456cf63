import { type Capability, type CapabilityName, capabilityNames, type Probe } from '../../../drivers/driver.ts';
import type { DriverName } from '../../../drivers/spec.ts';
import type { DriverState } from '../../bridge/contract.ts';

/** A driver as clients see it. */
export function driverView(name: DriverName, probe: Probe): DriverState {
  return { name, ...probe };
}

/** A probe with nothing available, for the time before the first real one and for a probe that failed. */
export function unprobed(health: Probe['health'], summary: string): Probe {
  const none: Capability = { available: false, reason: summary };
  return {
    health,
    summary,
    attributes: {},
    capabilities: Object.fromEntries(capabilityNames.map((name) => [name, none])) as Record<CapabilityName, Capability>,
    fixes: [],
  };
}
