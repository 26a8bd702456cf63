import type { CapabilityName, Driver, OperationContext, StopPolicy } from '../../../drivers/driver.ts';
import type { Job } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { limits, runOperation } from './operation.ts';
import type { WorkloadRecord } from './registry.ts';

/** Starts it. The wish is stored before the start: a host that dies in between starts it again by its policy. */
export function start(host: HostContext, record: WorkloadRecord): { job: Job } {
  return runOperation(host, record, {
    verb: 'start',
    idleLimitMs: limits.startMs,
    run: async ({ driver, context }) => {
      host.registry.change(record, { desired: 'running' });
      await startNow(host, record, driver, context);
    },
  });
}

async function startNow(
  host: HostContext,
  record: WorkloadRecord,
  driver: Driver,
  context: OperationContext,
): Promise<void> {
  try {
    const handle = await driver.start(context, host.registry.ref(record));
    host.registry.change(record, { handle });
  } catch (error) {
    // A workload with a restart policy is tried again; another one rests until the user has read why.
    if (record.row.spec.restart === 'no' || context.signal.aborted) {
      host.registry.note(record, { desired: 'stopped' });
    }
    throw error;
  }
}

/** The stop policy that a user's words mean; the grace of the settings where they name none. */
export function stopPolicy(host: HostContext, options: { graceSeconds?: number; force: boolean }): StopPolicy {
  return { graceMs: (options.graceSeconds ?? host.settings.get().stopGraceSeconds) * 1000, force: options.force };
}

/** Stops it. A stop at once by force cancels what runs and waits, so that it helps against a hung operation. */
export function stop(host: HostContext, record: WorkloadRecord, policy: StopPolicy): { job: Job } {
  const atOnce = policy.force && policy.graceMs === 0;
  if (atOnce) {
    host.jobs.cancelWorkload(record.id);
  }
  return runOperation(host, record, {
    verb: 'stop',
    idleLimitMs: policy.graceMs + limits.quickMs,
    recorded: false,
    front: atOnce,
    run: async ({ driver, context }) => {
      host.registry.note(record, { desired: 'stopped' });
      await driver.stop(context, host.registry.ref(record), policy);
    },
  });
}

/** Stops and starts it. */
export function restart(host: HostContext, record: WorkloadRecord): { job: Job } {
  const policy = stopPolicy(host, { force: true });
  return runOperation(host, record, {
    verb: 'restart',
    idleLimitMs: policy.graceMs + limits.startMs,
    run: async ({ driver, context }) => {
      await driver.stop(context, host.registry.ref(record), policy);
      host.registry.change(record, { desired: 'running' });
      await startNow(host, record, driver, context);
    },
  });
}

/** Freezes it, lets it go on, or resets it. Throws `unsupported` with the reason where the driver can't. */
export function signalOperation(
  host: HostContext,
  record: WorkloadRecord,
  verb: 'pause' | 'resume' | 'reset',
): { job: Job } {
  const driver = host.registry.driver(record);
  const capability: CapabilityName = verb === 'reset' ? 'reset' : 'pause';
  if (!driver[verb]) {
    host.drivers.refuse(driver.name, capability);
  }
  return runOperation(host, record, {
    verb,
    idleLimitMs: limits.quickMs,
    recorded: false,
    run: async ({ driver: own, context }) => {
      await own[verb]?.(context, host.registry.ref(record));
    },
  });
}
