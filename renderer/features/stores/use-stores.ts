import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CapabilityName, DriverName, DriverState } from '../../../electron/bridge/contract.ts';
import { useHost } from '../../client/window-context.ts';

/** One engine that keeps images, volumes or networks. `endpoint` is absent for a driver's default one. */
export type Store = { key: string; driver: DriverName; endpoint: string | undefined; label: string };

/** What the form of a page of stores is given: where new things can go, and where they go first. */
export type StoreFormProps = { stores: Store[]; first: Store; onDone: () => void };

/** What a line of such a page is given. */
export type StoreLineProps<T> = { one: T; onDone: () => void };

/** The engines that have what is asked for and are well. */
export function useStores(capability: CapabilityName): Store[] {
  const { t } = useTranslation('common');
  const drivers = useHost((state) => state.drivers);
  return useMemo(
    () => Object.values(drivers).flatMap((driver) => storesOf(driver, capability, t(`driverShort.${driver.name}`))),
    [drivers, capability, t],
  );
}

/** The names of the engines of which nothing can be shown now, where others of their driver answer. */
export function useAway(): string[] {
  const { t } = useTranslation('common');
  const drivers = useHost((state) => state.drivers);
  return useMemo(
    () => Object.values(drivers).flatMap((driver) => awayOf(driver, t(`driverShort.${driver.name}`))),
    [drivers, t],
  );
}

/** The engines of one driver that don't answer beside others that do. Pure. */
export function awayOf({ endpoints = [] }: Pick<DriverState, 'endpoints'>, label: string): string[] {
  const away = endpoints.filter((endpoint) => endpoint.health !== 'healthy');
  return away.length === endpoints.length ? [] : away.map((endpoint) => `${label}: ${endpoint.name}`);
}

/** The name of a driver's first engine. */
const firstEngine = 'default';

/** What a call names a store by. The first engine is named too: without a name the host looks for the only engine that has the thing. */
export function inStore(store: { driver: DriverName; endpoint?: string | undefined }): {
  driver: DriverName;
  endpoint: string;
} {
  return { driver: store.driver, endpoint: store.endpoint ?? firstEngine };
}

/** The engines of one driver that can do it; the default one first. Pure. */
export function storesOf(
  driver: Pick<DriverState, 'name' | 'endpoints' | 'capabilities'>,
  capability: CapabilityName,
  label: string,
): Store[] {
  const store = (endpoint: string | undefined): Store =>
    endpoint === undefined
      ? { key: driver.name, driver: driver.name, endpoint, label }
      : { key: `${driver.name}/${endpoint}`, driver: driver.name, endpoint, label: `${label}: ${endpoint}` };
  if (driver.endpoints === undefined || driver.endpoints.length === 0)
    return driver.capabilities[capability]?.available ? [store(undefined)] : [];
  return driver.endpoints.flatMap((endpoint, index) =>
    // What another name of an engine has is listed with the first one.
    endpoint.sameAs === undefined &&
    endpoint.health === 'healthy' &&
    endpoint.capabilities?.[capability]?.available !== false
      ? [store(index === 0 ? undefined : endpoint.name)]
      : [],
  );
}

/** The engine where a new workload goes that names none; undefined for the first one. Pure. */
export function currentEngine(driver: Pick<DriverState, 'endpoints'> | undefined): string | undefined {
  const [, ...others] = driver?.endpoints ?? [];
  return others.find((one) => one.current === true)?.name;
}

/** What a new workload can be told about its engine: the value of the setting, empty for the current one, which comes first. Pure. */
export function engineChoices(
  driver: Pick<DriverState, 'name' | 'endpoints' | 'capabilities'>,
  label: string,
): { value: string; label: string }[] {
  const stores = storesOf(driver, 'images', label);
  const current = currentEngine(driver);
  if (current === undefined) return stores.map((store) => ({ value: store.endpoint ?? '', label: store.label }));
  const home = driver.endpoints?.[0]?.name ?? '';
  const choices = stores.map(({ endpoint = home }) => ({
    value: endpoint === current ? '' : endpoint,
    label: `${label}: ${endpoint}`,
  }));
  return choices.toSorted((one, other) => Number(one.value !== '') - Number(other.value !== ''));
}

/** Whether something lies in the chosen engine; everything does where none is chosen. Pure. */
export function liesIn(store: Store | null, one: { driver: DriverName; endpoint?: string | undefined }): boolean {
  return store === null || (one.driver === store.driver && one.endpoint === store.endpoint);
}
