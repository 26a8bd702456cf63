import { connect } from 'node:net';
import { createClient } from '../client/create-client.ts';
import type { BridgeClient } from '../client.ts';
import { NovaError } from '../contract.ts';
import type { Link } from '../link.ts';
import { socketLink } from '../transports/unix-socket.ts';

/** Largest frame that a host may send, bytes: a state of 10,000 workloads. */
const maxHostMessageBytes = 256 * 1024 * 1024;

/** Opens a link to a host's socket. Rejects with `engine_unavailable` when none listens. */
export function openSocket(path: string): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', (cause) => {
      reject(new NovaError('engine_unavailable', `No host listens at ${path}.`, { cause }));
    });
    socket.once('connect', () => {
      resolve(socketLink(socket, maxHostMessageBytes));
    });
  });
}

/** A client of the running host. */
export const connectSocket = (path: string): BridgeClient =>
  createClient({ open: () => openSocket(path), reconnect: false });
