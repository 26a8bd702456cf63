import { errorData } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { GuestAgent } from './types.ts';

/** Flushing a busy guest's disks takes its time; a snapshot does not wait longer for it. */
const freezeMs = 10_000;
/** A thaw is nothing but a few calls. */
const thawMs = 5_000;
/** However long the cut takes: after this the guest writes again. */
const deadlineMs = 15_000;

/** Lets the guest write again. Idempotent: one that is not frozen stays as it is. Throws what the agent says. */
async function thaw(agent: GuestAgent): Promise<void> {
  await agent.execute('guest-fsfreeze-thaw', undefined, { timeoutMs: thawMs });
}

/** Lets a guest write again that a host left frozen. What can't be done is no error: most have no agent. */
export async function thawLeftOver(machine: Machine): Promise<void> {
  const agent = await machine.agent();
  try {
    if (agent !== null && (await agent.execute('guest-fsfreeze-status')) === 'frozen') {
      await thaw(agent);
    }
  } catch {
    // It can't freeze, so it is not frozen; or it is deaf, and nothing more can be done from here.
  }
}

/**
 * Runs `cut` while the guest's file systems are flushed and hold still, where an agent can do that; else just runs it, and `note` is told
 * why. The guest is thawed at the end whatever happens, and after a deadline even while `cut` still runs.
 */
export async function withFrozenDisks<T>(
  machine: Machine,
  note: (text: string) => void,
  cut: () => Promise<T>,
): Promise<T> {
  const agent = await machine.agent();
  if (agent === null) {
    return await cut();
  }
  let frozen = false;
  try {
    const count = await agent.execute<number>('guest-fsfreeze-freeze', undefined, { timeoutMs: freezeMs });
    frozen = true;
    note(`The guest flushed and froze its file systems (${count}).`);
  } catch (error) {
    const { code, message } = errorData(error);
    note(`The guest's file systems were not frozen: ${message}`);
    // It may freeze yet, once it gets to it.
    frozen = code === 'timeout';
  }
  if (!frozen) {
    return await cut();
  }
  let thawing: Promise<void> | null = null;
  const release = (): Promise<void> => {
    const letGo = async (): Promise<void> => {
      // A connection that timed out is replaced by a new one, which makes the agent drop what is half said.
      const now = await machine.agent();
      await thaw(now ?? agent);
    };
    thawing ??= letGo();
    return thawing;
  };
  const deadline = setTimeout(() => {
    release().catch(() => undefined);
  }, deadlineMs);
  try {
    return await cut();
  } finally {
    clearTimeout(deadline);
    try {
      await release();
    } catch (error) {
      note(
        `The guest's file systems could not be thawed: ${errorData(error).message} It thaws with a reset at the latest.`,
      );
    }
  }
}
