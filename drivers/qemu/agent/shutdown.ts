import { NovaError } from '../../errors.ts';
import type { GuestAgent } from './types.ts';

/** The agent says nothing when it does as asked; a refusal comes at once. */
const refusalMs = 500;

/** Asks the guest to shut down. False when its agent refused or has gone deaf. */
export async function askToShutDown(agent: GuestAgent): Promise<boolean> {
  try {
    await agent.execute('guest-shutdown', { mode: 'powerdown' }, { timeoutMs: refusalMs });
    return true;
  } catch (error) {
    return error instanceof NovaError && (error.code === 'timeout' || error.code === 'engine_unavailable');
  }
}
