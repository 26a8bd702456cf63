import { CommanderError, InvalidArgumentError } from 'commander';
import { NovaError } from '../bridge/contract.ts';
import { createCommandTree } from './command-tree.ts';
import { sortExecWords } from './exec-words.ts';
import { reportError } from './report-error.ts';
import { openSession } from './session.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
export async function runCommandLine(argv: string[], env: Record<string, string | undefined>): Promise<number> {
  // The reader of a pipe may leave first (`| head`): nobody is left to work for. Node itself forgets that error of standard output.
  const unread = Promise.withResolvers<never>();
  process.stdout.on('error', () => unread.reject(new NovaError('cancelled', 'Nobody reads the output any more.')));
  unread.promise.catch(() => undefined);
  const program = createCommandTree(async (command, work) => {
    const session = await openSession(env, command.optsWithGlobals()['json'] === true);
    try {
      await Promise.race([work(session), unread.promise]);
    } finally {
      await session.close();
    }
  });
  try {
    await program.parseAsync(sortExecWords(argv), { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && !(error instanceof InvalidArgumentError))
      return error.exitCode === 0 ? 0 : 2;
    if (error instanceof InvalidArgumentError) {
      process.stderr.write(`novacron: ${error.message}\n`);
      return 2;
    }
    reportError(error);
    return 1;
  }
}
