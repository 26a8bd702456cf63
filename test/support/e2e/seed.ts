import type { BridgeClient } from '../../../electron/bridge/client.ts';
import { connectSocket } from '../../../electron/bridge/client-node/socket.ts';
import type { WorkloadSpecInput } from '../../../electron/bridge/contract.ts';
import { resolveDirectories } from '../../../electron/host/directories.ts';
import { hostSocketPath } from '../../../electron/server/socket-path.ts';

/** A client of a test server's host, by its socket. The caller closes it. */
export function clientOf(home: string): BridgeClient {
  return connectSocket(hostSocketPath(resolveDirectories({ ...process.env, NOVACRON_HOME: home }).runtime));
}

/** Makes a workload of the fake driver and waits for it. */
export async function seed(client: BridgeClient, spec: Partial<WorkloadSpecInput> & { name: string }, start = false) {
  const { job } = await client.call('workloads.create', { spec: { driver: 'fake', ...spec }, start });
  const ended = await client.call('jobs.wait', { job: job.id });
  if (ended.state !== 'succeeded') throw new Error(`${spec.name}: ${ended.error?.message ?? ended.state}`);
  return ended;
}
