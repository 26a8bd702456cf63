import { parseArgs } from 'node:util';
import { errorData } from './bridge/contract.ts';
import { runServer } from './server/run-server.ts';

/** Entry point: the host for a browser window or a headless machine. */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, bind: { type: 'string', default: '127.0.0.1' } },
});
try {
  const server = await runServer({ env: process.env, port: Number(values.port), bind: values.bind });
  // One line for people, one for the program that started us.
  process.stdout.write(`NovaCron is at ${server.address}\n`);
  const end = (): void => {
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
} catch (error) {
  const data = errorData(error);
  process.stderr.write(`novacron: ${data.message} (${data.code})\n`);
  process.exit(1);
}
