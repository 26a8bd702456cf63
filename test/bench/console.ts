import { connect } from 'node:net';
import type { ByteChannel } from '../../drivers/driver.ts';
import { guestPrompt } from '../support/guest.ts';
import { guestSpec } from '../support/qemu/guest-spec.ts';
import { createRig } from '../support/qemu/rig.ts';
import { readTerminal } from '../support/qemu/terminal.ts';
import { type Line, median } from './figures.ts';
import { startBareQemu } from './peers/bare-qemu.ts';

const rounds = 3;
/** Bytes of one flood: an emulated serial line brings some 100 KB a second on a busy machine. */
const floodBytes = 300_000;
const chunkBytes = 10_000;
/** Ends a flood; written so that the echo of the command does not match it. */
const flood = `head -c ${floodBytes} /dev/zero | tr '\\0' x | fold -w 99; echo flood-$((40+2))`;

/** How fast the output of a guest arrives, against a plain reader of the same QEMU's serial socket. */
export async function benchConsole(): Promise<Line[]> {
  const rig = createRig();
  try {
    const ref = await rig.create(await guestSpec());
    await rig.driver.start(rig.context(), ref);
    const value = await throughput(await rig.driver.openConsole(ref, 'serial0', {}));
    const argv = rig.record(ref).run?.argv ?? [];
    await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
    const { qmpSocket, runtime } = rig.paths(ref);
    const socketPath = `${runtime}/bare`;
    const bare = argv.map((word) =>
      word.startsWith('pipe,id=serial0') ? `socket,id=serial0,path=${socketPath},server=on,wait=off` : word,
    );
    const qemu = await startBareQemu(bare, qmpSocket);
    try {
      const peer = await throughput(socketChannel(socketPath));
      return [
        {
          name: 'console',
          value,
          unit: 'MB/s',
          peer: { name: 'plain socket', value: peer },
          goal: { ratioAtLeast: 0.9 },
        },
      ];
    } finally {
      qemu.client.close();
      await qemu.end();
    }
  } finally {
    await rig.close();
  }
}

/** Megabytes a second of floods from the first to the last byte. */
async function throughput(channel: ByteChannel): Promise<number> {
  const terminal = readTerminal(channel);
  // The plain reader connects while the guest boots, so both see the prompt.
  await terminal.see(guestPrompt);
  const speeds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = terminal.text().length;
    await terminal.line(flood);
    const first = await terminal.see('x'.repeat(99), from);
    const begun = performance.now();
    const end = await terminal.see('flood-42', first + floodBytes - chunkBytes);
    speeds.push((end - first) / 1000 / (performance.now() - begun));
  }
  terminal.close();
  return median(speeds);
}

function socketChannel(path: string): ByteChannel {
  const socket = connect({ path });
  let closed = false;
  const read = async function* (): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of socket) yield chunk as Uint8Array;
    } catch (error) {
      // A stream that we destroyed ends with an error.
      if (!closed) throw error;
    }
  };
  return {
    output: read(),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close() {
      closed = true;
      socket.destroy();
    },
  };
}
