import { InvalidArgumentError } from 'commander';
import { type MethodsOf, methods } from '../../bridge/contract.ts';
import { table } from '../table.ts';
import { formatAge, parsePortNumber } from '../units.ts';
import type { Register } from './context.ts';

/** jobs, doctor, drivers, catalogue, call, serve. */
export const registerMachine: Register = (program, run) => {
  program
    .command('jobs')
    .description('long operations, newest first')
    .option('--cancel <job>', 'cancel one')
    .action((options: { cancel?: string }, command) =>
      run(command, async (session) => {
        if (options.cancel !== undefined) {
          session.print(
            await session.client.call('jobs.cancel', { job: options.cancel }),
            `${options.cancel}: cancelled`,
          );
          return;
        }
        const jobs = await session.client.call('jobs.list', {});
        const rows = jobs.map((one) => [
          one.id,
          one.verb,
          one.subject,
          one.state,
          formatAge(Date.now() - one.createdAtMs),
          one.error?.message ?? one.message,
        ]);
        session.print(jobs, table([['ID', 'VERB', 'WORKLOAD', 'STATE', 'AGE', ''], ...rows]));
      }),
    );
  program
    .command('doctor')
    .description('check this machine; says how to mend what is missing')
    .action((_options, command) =>
      run(command, async (session) => {
        await session.client.call('drivers.probe', {});
        const checks = await session.client.call('doctor.run', {});
        const lines = checks.flatMap((one) => [
          `${{ ok: '✓', warning: '!', problem: '✗', unknown: '?' }[one.status]} ${one.title}: ${one.detail}`,
          ...one.fixes.map((fix) => `    ${fix.text}${fix.command === undefined ? '' : `  ${fix.command}`}`),
        ]);
        session.print(checks, lines.join('\n'));
      }),
    );
  program
    .command('drivers')
    .description('engines and what they can do here')
    .action((_options, command) =>
      run(command, async (session) => {
        const drivers = await session.client.call('drivers.probe', {});
        session.print(
          drivers,
          table([['DRIVER', 'HEALTH', ''], ...drivers.map((one) => [one.name, one.health, one.summary])]),
        );
      }),
    );
  program
    .command('catalogue')
    .description('the demo guest and well-known images')
    .action((_options, command) =>
      run(command, async (session) => {
        const entries = await session.client.call('catalogue.list', {});
        session.print(
          entries,
          table([
            ['ID', 'NAME', ''],
            ...entries.map((one) => [one.id, one.name, one.unavailable ?? (one.ready ? 'ready' : '')]),
          ]),
        );
      }),
    );
  program
    .command('call <method> [json]')
    .description('call any method of the bridge')
    .action((name: string, json: string | undefined, _options, command) =>
      run(command, async (session) => {
        if (!Object.hasOwn(methods, name))
          throw new InvalidArgumentError(`There is no method ${name}. Methods: ${Object.keys(methods).join(', ')}`);
        const { kind } = methods[name as keyof typeof methods];
        let input: unknown;
        try {
          input = JSON.parse(json ?? '{}');
        } catch {
          throw new InvalidArgumentError('The input is no JSON.');
        }
        if (kind === 'stream') {
          for await (const item of session.client.stream(name as MethodsOf<'stream'>, input as never))
            process.stdout.write(`${JSON.stringify(item)}\n`);
          return;
        }
        if (kind === 'bytes') throw new InvalidArgumentError('Byte streams are opened by console, exec and logs.');
        process.stdout.write(
          `${JSON.stringify(await session.client.call(name as MethodsOf<'query' | 'command'>, input as never))}\n`,
        );
      }),
    );
  program
    .command('serve')
    .description('serve the window to a browser, and the command line')
    .option('--port <n>', 'port to listen on, 0 for any', parsePortNumber, 0)
    .option('--host <address>', 'address to listen on; others than loopback let other machines in', '127.0.0.1')
    .action(async (options: { port: number; host: string }) => {
      // Most commands talk to a running host and need none of its code.
      const { runServer } = await import('../../server/run-server.ts');
      const server = await runServer({ env: process.env, port: options.port, bind: options.host });
      process.stdout.write(`NovaCron is at ${server.address}\n`);
      await new Promise((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
      await server.close();
    });
};
