import { clientOf } from '../e2e/seed.ts';

/**
 * A viewer in a process of its own, so that it can be frozen and killed as a window can: `node viewer.ts HOME WORKLOAD`.
 * Prints `open`, and then the number of bytes that it has read, as it reads them.
 */
const [home = '', workload = ''] = process.argv.slice(2);
const client = clientOf(home);
const { bytes } = await client.open('consoles.open', { workload, replayBytes: 0 });
process.stdout.write('open\n');
let read = 0;
bytes.onData((chunk) => {
  read += chunk.length;
  process.stdout.write(`${read}\n`);
  bytes.ack(chunk.length);
});
// An open socket alone would keep it, too: this says that it is meant.
setInterval(() => undefined, 60_000);
