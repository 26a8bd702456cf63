import type { CapabilityName, Probe } from '../../driver.ts';
import type { Check } from './check.ts';
import { consoleChecks } from './checks/consoles.ts';
import { contractChecks } from './checks/contract.ts';
import { lifecycleChecks } from './checks/lifecycle.ts';
import { otherChecks } from './checks/others.ts';
import { recoveryChecks } from './checks/recovery.ts';
import { resizeChecks } from './checks/resize.ts';
import { snapshotChecks } from './checks/snapshots.ts';
import type { Kit } from './kit.ts';
import type { Target } from './target.ts';
import { until, within } from './until.ts';

/** Everything that every driver must do, in the order in which it is run. */
export const checks: Check[] = [
  ...contractChecks,
  ...lifecycleChecks,
  ...recoveryChecks,
  ...consoleChecks,
  ...snapshotChecks,
  ...resizeChecks,
  ...otherChecks,
];

/** Longest single check, milliseconds: three boots of an emulated guest on a busy machine. */
export const checkLimitMs = 180_000;

/** Longest wait until a driver knows whether its engine is there, milliseconds: it may boot a guest to find out. */
const probeLimitMs = 60_000;

/** The probe after the first look is done: `healthy` or `unhealthy`, or what is told when the limit has passed. */
export async function settledProbe(kit: Kit): Promise<Probe> {
  const stop = new AbortController();
  let last: Probe | null = null;
  const read = async (): Promise<void> => {
    for await (const probe of kit.driver.probe(stop.signal)) {
      last = probe;
    }
  };
  const reading = read();
  try {
    const settled = (): boolean => last?.health === 'healthy' && last.attributes['trying'] !== true;
    return await until('the engine is there', () => (settled() ? last : null), {
      limitMs: probeLimitMs,
      describe: async () => last?.summary ?? 'no probe came',
    });
  } finally {
    stop.abort();
    await reading;
  }
}

/** Why a check can't run here, or null. */
export function whyNot(check: Check, target: Target, capabilities: Probe['capabilities']): string | null {
  const missing = check.needs.find((name: CapabilityName) => !capabilities[name].available);
  if (missing !== undefined) {
    return `${missing}: ${capabilities[missing].reason ?? 'not available'}`;
  }
  return check.guest === true && target.guest === null ? 'no guest with a shell on this machine' : null;
}

/** Runs one check and removes what it made, also when it fails. */
export async function runCheck(check: Check, kit: Kit): Promise<void> {
  try {
    await within(check.id, checkLimitMs, check.run(kit));
  } catch (error) {
    await kit.cleanUp().catch(() => undefined);
    throw error;
  }
  await kit.cleanUp();
}
