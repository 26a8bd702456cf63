import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CapabilityName, DriverName, DriverState } from '../../../electron/bridge/contract.ts';
import { useHost } from '../../client/window-context.ts';

/** One engine that keeps images, volumes or networks. `endpoint` is absent for a driver's default one. */
export type Store = { key: string; driver: DriverName; endpoint: string | undefined; label: string };

/** The engines that have what is asked for and are well. */
export function useStores(capability: CapabilityName): Store[] {
  const { t } = useTranslation('common');
  const drivers = useHost((state) => state.drivers);
  return useMemo(
    () =>
      Object.values(drivers)
        .filter((driver) => driver.capabilities[capability]?.available)
        .flatMap((driver) => storesOf(driver, t(`driverShort.${driver.name}`))),
    [drivers, capability, t],
  );
}

/** What a call names a store by. */
export function inStore(store: { driver: DriverName; endpoint?: string | undefined }): {
  driver: DriverName;
  endpoint?: string;
} {
  return { driver: store.driver, ...(store.endpoint === undefined ? {} : { endpoint: store.endpoint }) };
}

/** The engines of one driver; the first is the default one. Pure. */
export function storesOf(driver: Pick<DriverState, 'name' | 'endpoints'>, label: string): Store[] {
  const first: Store = { key: driver.name, driver: driver.name, endpoint: undefined, label };
  const others = (driver.endpoints ?? []).slice(1).filter((endpoint) => endpoint.health === 'healthy');
  return [
    first,
    ...others.map(({ name }) => ({
      key: `${driver.name}/${name}`,
      driver: driver.name,
      endpoint: name,
      label: `${label}: ${name}`,
    })),
  ];
}
