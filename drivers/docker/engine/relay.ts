import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Endpoint } from './endpoint.ts';
import { sshTunnel } from './ssh-agent.ts';

/** An address at which other programs reach an engine in the way in which we do. */
export type Relay = { address: string; close(): Promise<void> };

function tlsConnection({ host, port, ca, cert, key, unverified }: Endpoint): Duplex {
  return connectTls({
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: unverified !== true,
  });
}

/**
 * Makes an engine behind TLS or ssh reachable through a socket of this user's alone, for the length of a program: Debian's Compose
 * speaks no ssh, and certificates of a context are known to us and not to it. Plain endpoints are their own address.
 */
export async function openRelay(endpoint: Endpoint): Promise<Relay> {
  const { protocol } = endpoint;
  if (protocol !== 'https' && protocol !== 'ssh') return { address: endpoint.address, close: async () => undefined };
  // mkdtemp makes it 0700: nobody else reaches the socket.
  const directory = mkdtempSync(join(tmpdir(), 'nova-relay-'));
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    open.add(client);
    const engine = protocol === 'ssh' ? sshTunnel(endpoint) : tlsConnection(endpoint);
    // A side that fails ends the other; the program tells what that means to it.
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
    client.on('close', () => {
      open.delete(client);
      engine.destroy();
    });
    client.pipe(engine).pipe(client);
  });
  const path = join(directory, 'docker.sock');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    address: `unix://${path}`,
    async close() {
      for (const client of open) client.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
