import { parseArgs } from 'node:util';
import { errorData } from './bridge/contract.ts';
import { parsePortNumber } from './cli/units.ts';
import { keepCompiledCode } from './compile-cache.ts';

/** Entry point: the host for a browser window or a headless machine. `--port N` (0 for any), `--host ADDRESS`. */
function readOptions(): { port: number; bind: string } {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' } },
    });
    return { port: parsePortNumber(values.port), bind: values.host };
  } catch (error) {
    process.stderr.write(`server: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

keepCompiledCode(process.env);

try {
  const { runServer } = await import('./server/run-server.ts');
  const server = await runServer({ env: process.env, ...readOptions() });
  process.stdout.write(`NovaCron is at ${server.address}\n`);
  const end = (): void => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`novacron: ${errorData(error).message}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
} catch (error) {
  const data = errorData(error);
  process.stderr.write(`novacron: ${data.message} (${data.code})\n`);
  process.exit(1);
}
