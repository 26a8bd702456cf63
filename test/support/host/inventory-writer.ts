/** A process that writes to an inventory without end until it is killed. Argument: the file. Prints each durable step. */
import { openInventory } from '../../../electron/inventory/inventory.ts';

const file = process.argv[2];
if (file === undefined) {
  throw new Error('Usage: inventory-writer FILE');
}
const inventory = openInventory(file);
if (inventory.rebuilt) {
  throw new Error(`The inventory was damaged: ${inventory.rebuilt.aside}`);
}
inventory.hosts.seen('local', 'boot', 1);
process.stdout.write('open\n');
for (let step = 0; ; step += 1) {
  const id = `w${step % 20}`;
  inventory.workloads.put({
    id,
    hostId: 'local',
    // Written out, not imported: this process is started a hundred times and must be quick.
    spec: {
      name: id,
      driver: 'fake',
      resources: {},
      labels: {},
      notes: 'x'.repeat((step * 37) % 5000),
      restart: 'no',
      autostart: false,
      protected: false,
      settings: {},
    },
    handle: { version: 1, step },
    desired: 'running',
    observation: { phase: 'running', reason: String(step) },
    intent: null,
    currentSnapshotId: null,
    createdAtMs: step % 20,
    trashedUntilMs: null,
  });
  inventory.events.add('local', { atMs: step, workloadId: id, level: 'info', kind: 'step', message: String(step) });
  if (step % 7 === 0) {
    inventory.workloads.remove(`w${(step + 3) % 20}`);
  }
  // Only what is said here has to be there after the kill.
  process.stdout.write(`${id} ${step}\n`);
}
