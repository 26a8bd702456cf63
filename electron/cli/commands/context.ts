import type { Command } from 'commander';
import type { Job } from '../../bridge/contract.ts';
import type { Session } from '../session.ts';

/** Registers one command's work: a session is opened for it and closed after it. */
export type Action = (work: (session: Session, command: Command) => Promise<void>) => Promise<void>;

/** Registers commands. `run` gives each a session. */
export type Register = (
  program: Command,
  run: (command: Command, work: (session: Session) => Promise<void>) => Promise<void>,
) => void;

/** Waits for the job of a command and prints the workload or value that it names. */
export async function finishAndPrint(
  session: Session,
  started: { job: Job },
  text: (job: Job) => string,
): Promise<void> {
  const job = await session.finish(started.job);
  session.print(job, text(job));
}
