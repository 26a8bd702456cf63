import type { CapabilityName, Driver, Probe } from '../../../drivers/driver.ts';
import { NovaError } from '../../../drivers/errors.ts';
import type { DriverName } from '../../../drivers/spec.ts';
import type { DriverState } from '../../bridge/contract.ts';
import type { Logger } from '../logger.ts';
import type { StateStore } from '../state/state-store.ts';
import { pause, within } from '../time.ts';
import { driverView, unprobed } from './driver-view.ts';

/** The drivers of a host with what they can do now. */
export type DriverHub = {
  readonly all: readonly Driver[];
  /** Throws `unsupported` when this NovaCron has no such driver. */
  get(name: DriverName): Driver;
  /** The last probe, or null before the first. */
  probed(name: DriverName): Probe | null;
  views(): DriverState[];
  /** Probes one driver anew, or all. Resolves when each has answered or its time is over. */
  probeAgain(name?: DriverName): Promise<DriverState[]>;
  /** Throws `unsupported` with the probe's reason. For a feature whose group the driver lacks. */
  refuse(name: DriverName, capability: CapabilityName): never;
  /** Called with each change of the health of a driver or of one of its engines. Returns what ends that. */
  onHealth(listener: (driver: Driver, probe: Probe) => void): () => void;
};

/** A probe that has not answered after this time delays nobody who asked for it, milliseconds. */
const probeLimitMs = 15_000;
/** A driver that is not detected may still be looking; it is believed after this time, milliseconds. */
const undetectedGraceMs = 4000;
/** Wait before a probe stream that ended is begun again, milliseconds. */
const reprobeMs = 30_000;

/** The health of a driver and of each of its engines: one that comes back brings its workloads with it. */
const healthOf = ({ health, endpoints = [] }: Probe): string =>
  JSON.stringify([health, ...endpoints.map((one) => [one.name, one.health])]);

/** Watches the drivers' probes from `begun` until the signal is aborted. */
export function createDriverHub(options: {
  drivers: readonly Driver[];
  state: StateStore;
  logger: Logger;
  signal: AbortSignal;
  begun: Promise<unknown>;
}): DriverHub {
  const { drivers, state, logger, signal, begun } = options;
  const probes = new Map<DriverName, Probe>();
  const listeners = new Set<(driver: Driver, probe: Probe) => void>();
  const watchers = new Map<DriverName, AbortController>();

  const take = (driver: Driver, probe: Probe) => {
    const before = probes.get(driver.name);
    probes.set(driver.name, probe);
    state.apply({ collection: 'drivers', key: driver.name, value: driverView(driver.name, probe) });
    if (before === undefined || healthOf(before) !== healthOf(probe)) {
      for (const listener of listeners) {
        listener(driver, probe);
      }
    }
  };
  const watch = (driver: Driver): Promise<void> => {
    watchers.get(driver.name)?.abort();
    const own = new AbortController();
    watchers.set(driver.name, own);
    const both = AbortSignal.any([own.signal, signal]);
    const { promise, resolve: answered } = Promise.withResolvers<void>();
    const loop = async () => {
      while (!both.aborted) {
        try {
          for await (const probe of driver.probe(both)) {
            if (both.aborted) {
              break;
            }
            take(driver, probe);
            if (probe.health === 'undetected') {
              // Perhaps only the first word of a probe that is still at work: a better one may follow.
              void pause(undetectedGraceMs, both).then(answered);
            } else {
              answered();
            }
          }
        } catch (error) {
          logger.warn({ err: error, driver: driver.name }, 'a probe failed');
          const text = error instanceof Error ? error.message : String(error);
          take(driver, unprobed('unhealthy', `The probe of ${driver.name} failed: ${text}`));
          answered();
        }
        await pause(reprobeMs, both);
      }
    };
    both.addEventListener('abort', () => answered(), { once: true });
    void loop();
    return promise;
  };

  const get = (name: DriverName) => {
    const driver = drivers.find((each) => each.name === name);
    if (!driver) {
      throw new NovaError('unsupported', `This NovaCron has no driver ${name}.`);
    }
    return driver;
  };
  const view = (driver: Driver) =>
    driverView(driver.name, probes.get(driver.name) ?? unprobed('undetected', `${driver.name} is being probed.`));

  for (const driver of drivers) {
    state.apply({ collection: 'drivers', key: driver.name, value: view(driver) });
  }
  const watchAll = async (): Promise<void> => {
    await begun;
    for (const driver of drivers) {
      if (!signal.aborted && !watchers.has(driver.name)) void watch(driver);
    }
  };
  void watchAll();
  return {
    all: drivers,
    get,
    probed: (name) => probes.get(name) ?? null,
    views: () => drivers.map(view),
    async probeAgain(name) {
      const chosen = name === undefined ? drivers : [get(name)];
      await Promise.allSettled(
        chosen.map((driver) => within(watch(driver), probeLimitMs, `The probe of ${driver.name} does not answer.`)),
      );
      return chosen.map(view);
    },
    refuse(name, capability) {
      const known = probes.get(name)?.capabilities[capability];
      const fixes = known?.fixes?.map((fix) => fix.text);
      throw new NovaError('unsupported', known?.reason ?? `The driver ${name} can't do this (${capability}).`, {
        details: { capability, ...(fixes && fixes.length > 0 ? { fixes } : {}) },
      });
    },
    onHealth: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
