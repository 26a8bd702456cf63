import type { DriverState, WorkloadSpec } from '../../electron/bridge/contract.ts';

/** The driver as the engine of one workload makes it: that engine's health, words and capabilities, where a driver has several. Pure. */
export function engineOf(
  driver: DriverState | undefined,
  spec: Pick<WorkloadSpec, 'settings'>,
): DriverState | undefined {
  const named = spec.settings['endpoint'];
  const endpoint =
    typeof named === 'string' ? driver?.endpoints?.find((one) => one.name === named) : driver?.endpoints?.[0];
  if (driver === undefined || endpoint === undefined) return driver;
  const { health, summary, attributes, capabilities } = endpoint;
  return { ...driver, health, summary, attributes, capabilities: capabilities ?? driver.capabilities };
}
