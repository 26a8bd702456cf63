import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QmpClient } from '../../../drivers/qemu/qmp/types.ts';
import { guestSpec } from '../../support/qemu/guest-spec.ts';
import type { Rig } from '../../support/qemu/rig.ts';
import { poll } from '../../support/qemu/wait.ts';
import { startCounting } from '../guest/counting.ts';
import { socketLine } from '../guest/serial-line.ts';
import { startBareQemu } from '../peers/bare-qemu.ts';
import { diskBytes } from './ours.ts';
import type { Subject } from './subject.ts';

/** Long enough for a memory that is written on a busy machine, milliseconds. */
const limitMs = 60_000;

/** QEMU with the arguments of one of our machines and a socket in place of its serial pipe; started by nobody but this. */
export async function startTwin(rig: Rig): Promise<Awaited<ReturnType<typeof startBareQemu>> & { serial: string }> {
  const ref = await rig.create(await guestSpec({ disks: [{ sizeBytes: diskBytes }] }));
  await rig.driver.start(rig.context(), ref);
  const argv = rig.record(ref).run?.argv ?? [];
  await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
  const { qmpSocket, runtime } = rig.paths(ref);
  const serial = join(runtime, 'bare');
  const bare = argv.map((word) =>
    word.startsWith('pipe,id=serial0') ? `socket,id=serial0,path=${serial},server=on,wait=off` : word,
  );
  return { ...(await startBareQemu(bare, qmpSocket)), serial };
}

/** A guest that gets QEMU's own commands and nothing else. */
export async function rawSubject(rig: Rig): Promise<Subject> {
  const qemu = await startTwin(rig);
  const { client, serial } = qemu;
  const guest = await startCounting(socketLine(serial));
  let tag = '';
  return {
    guest,
    async snapshot(kind) {
      const nodes = await nodesOf(client);
      if (kind === 'disk') {
        const name = `n${randomUUID().slice(0, 8)}`;
        const file = `${serial}-${name}.qcow2`;
        await client.execute('blockdev-snapshot-sync', {
          'node-name': nodes.vmstate,
          'snapshot-file': file,
          'snapshot-node-name': name,
          format: 'qcow2',
        });
        return;
      }
      tag = randomUUID();
      await job(client, 'snapshot-save', { tag, ...nodes });
    },
    restore: async () => job(client, 'snapshot-load', { tag, ...(await nodesOf(client)) }),
    async close() {
      guest.close();
      client.close();
      await qemu.end();
    },
  };
}

type Nodes = { vmstate: string; devices: string[] };

async function nodesOf(client: QmpClient): Promise<Nodes> {
  const blocks = await client.execute<{ inserted?: { 'node-name'?: string; drv: string } }[]>('query-block');
  const devices = blocks.flatMap(({ inserted }) => (inserted?.drv === 'qcow2' ? [inserted['node-name'] ?? ''] : []));
  const [vmstate] = devices;
  if (vmstate === undefined) throw new Error('the machine has no qcow2 disk');
  return { vmstate, devices };
}

async function job(client: QmpClient, command: string, request: Nodes & { tag: string }): Promise<void> {
  const id = `bench-${randomUUID().slice(0, 8)}`;
  const changed = new Promise<void>((resolve) => {
    const stop = client.onEvent(({ event, data }) => {
      const ended = data as { id?: string; status?: string };
      if (event === 'JOB_STATUS_CHANGE' && ended.id === id && ended.status === 'concluded') {
        stop();
        resolve();
      }
    });
  });
  await client.execute(command, { 'job-id': id, ...request }, { timeoutMs: limitMs });
  // An event that was missed is found by the question below.
  await Promise.race([changed, sleep(limitMs, undefined, { ref: false })]);
  const ended = await poll(command, async () => {
    const jobs = await client.execute<{ id: string; status: string; error?: string }[]>('query-jobs', undefined, {
      timeoutMs: limitMs,
    });
    return jobs.find((each) => each.id === id && each.status === 'concluded') ?? null;
  });
  await client.execute('job-dismiss', { id });
  if (ended.error !== undefined) throw new Error(ended.error);
}
