import type { BridgeClient } from '../bridge/client.ts';
import { NovaError, type WorkloadSpec } from '../bridge/contract.ts';
import { plain } from './plain.ts';

/** The warnings that came with a change. Pure. */
export function newWarnings(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((warning) => !before.includes(warning));
}

/** Says on standard error what the plan of a changed spec warns of and that of the present one does not. */
export async function warnOfChange(client: BridgeClient, now: WorkloadSpec, to: WorkloadSpec): Promise<void> {
  const warnings = async (spec: WorkloadSpec): Promise<string[]> =>
    (await client.call('workloads.plan', { spec })).plan.warnings;
  try {
    const [before, after] = await Promise.all([warnings(now), warnings(to)]);
    for (const warning of newWarnings(before, after)) process.stderr.write(`novacron: warning: ${plain(warning)}\n`);
  } catch (error) {
    // What is wrong with it is told by the change itself.
    if (!(error instanceof NovaError)) throw error;
  }
}
