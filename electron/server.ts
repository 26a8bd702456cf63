import { parseArgs } from 'node:util';
import { errorData } from './bridge/contract.ts';
import { keepCompiledCode } from './compile-cache.ts';

/** Not that of the command line: its parser of words is a good part of what a start would load. */
function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error('A port is a number from 0 to 65535.');
  return port;
}

/** Entry point: the host for a browser window or a headless machine. `--port N` (0 for any), `--host ADDRESS`. */
function readOptions(): { port: number; bind: string } {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' } },
    });
    return { port: portNumber(values.port), bind: values.host };
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
