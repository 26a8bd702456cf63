import { connect, createServer } from 'node:net';
import type { QemuSettings } from '../settings.ts';

/** A free TCP port of an address. Another program could take it before QEMU does; the start then fails with `conflict`. */
function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: address, port: 0 }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
    });
  });
}

/** The port forwards with a host port for each: 0 becomes a free one. */
export async function settleForwards(forwards: QemuSettings['portForwards']): Promise<QemuSettings['portForwards']> {
  return await Promise.all(
    forwards.map(async (rule) =>
      rule.hostPort === 0 ? { ...rule, hostPort: await freePort(rule.hostAddress) } : rule,
    ),
  );
}

/** Whether a process listens on a unix socket: a file alone is a left-over of a run that is gone. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // EAGAIN: so many wait for it that the kernel takes no more, as for a QEMU that stands still; see unix(7).
    socket.once('error', (error) => resolve('code' in error && error.code === 'EAGAIN'));
  });
}
