import { NovaError } from '../../errors.ts';
import type { DockerEnvironment } from '../environment.ts';
import { finishReplace } from './replace.ts';
import { finishSwap } from './swap.ts';

/** Ends what a failing engine cut off, before something else is done with the workload. */
export async function settle(environment: DockerEnvironment, id: string): Promise<void> {
  const intent = environment.records.read(id)?.intent;
  if (intent?.kind === 'swap') await finishSwap(environment, id, intent);
  if (intent?.kind === 'replace') await finishReplace(environment, id, intent);
}

/** The same before something that takes its place: what can not be ended is given up, unless only the engine is away. */
export async function settleOrForget(environment: DockerEnvironment, id: string): Promise<void> {
  try {
    await settle(environment, id);
  } catch (error) {
    if (!(error instanceof NovaError) || error.retryable) throw error;
  }
}
