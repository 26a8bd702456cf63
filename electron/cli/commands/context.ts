import type { Command } from 'commander';
import type { Job } from '../../bridge/contract.ts';
import { reportError } from '../report-error.ts';
import type { Session } from '../session.ts';

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
  options: { log?: boolean } = {},
): Promise<void> {
  const job = await session.finish(started.job, options);
  session.print(job, text(job));
}

/**
 * Does the same to several workloads at once; one that fails keeps none of the others from it. With `--json` one job, or
 * a list of them when several were named. The exit code is 1 when one failed.
 */
export async function finishEach(
  session: Session,
  names: string[],
  start: (name: string) => Promise<{ job: Job }>,
  text: (name: string) => string,
): Promise<void> {
  const jobs = await Promise.all(
    names.map(async (name): Promise<Job | null> => {
      try {
        const job = await session.finish((await start(name)).job);
        if (!session.json) session.print(job, text(name));
        return job;
      } catch (error) {
        // A single one fails the command as any other.
        if (names.length === 1) throw error;
        reportError(error);
        process.exitCode = 1;
        return null;
      }
    }),
  );
  if (session.json) {
    const done = jobs.filter((job) => job !== null);
    session.print(names.length === 1 ? done[0] : done, '');
  }
}
