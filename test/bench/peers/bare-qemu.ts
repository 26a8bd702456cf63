import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectQmp } from '../../../drivers/qemu/qmp/client.ts';
import type { QmpClient } from '../../../drivers/qemu/qmp/types.ts';

/** A QEMU without NovaCron around it. */
export type BareQemu = {
  client: QmpClient;
  pid: number;
  /** Kills it and waits for its end. Idempotent. */
  end(): Promise<void>;
};

/** A pace that costs little beside a start of some 100 ms. */
const retryMs = 2;
/** An emulated machine on a busy host. */
const limitMs = 60_000;

/** Starts QEMU and waits until its monitor says "running". Throws when it ends or the limit is over. */
export async function startBareQemu(argv: readonly string[], qmpSocket: string): Promise<BareQemu> {
  const [program = '', ...args] = argv;
  rmSync(qmpSocket, { force: true });
  const child = spawn(program, args, { stdio: 'ignore', cwd: '/' });
  const exit = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      const client = await connectQmp(qmpSocket);
      const { status } = await client.execute<{ status: string }>('query-status');
      if (status === 'running') return { client, pid: child.pid ?? 0, end };
      client.close();
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        await end();
        throw new Error(`QEMU without NovaCron did not start: ${argv.join(' ')}`, { cause: error });
      }
    }
    await sleep(retryMs);
  }
}
