import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { createRig, type Rig } from '../../support/qemu/rig.ts';
import { poll } from '../../support/qemu/wait.ts';

const missing = existsSync('/usr/bin/qemu-system-x86_64') ? '' : ' (skipped: QEMU is not there)';
const it = test.skipIf(missing !== '');
const limit = { timeout: 120_000 };

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(async () => {
  await rig.close();
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The machine with other forwards. */
function forwarding(ref: WorkloadRef, portForwards: object[]): WorkloadRef['spec'] {
  return { ...ref.spec, settings: { ...ref.spec.settings, portForwards } };
}

async function hostPorts(ref: WorkloadRef): Promise<number[]> {
  const { addresses = [] } = await rig.driver.inspect(ref);
  return addresses.map((address) => Number(/:(\d+) → /.exec(address.text)?.[1]));
}

it(`port forwards come and go while it runs, and the next host knows them${missing}`, limit, async () => {
  const ref = await rig.create({ settings: { portForwards: [{ hostPort: 0, guestPort: 80 }] } });
  await rig.driver.start(rig.context(), ref);
  const [first = 0] = await hostPorts(ref);
  expect(await listens(first)).toBe(true);

  // The one that is there stays on its port.
  const two = forwarding(ref, [
    { hostPort: 0, guestPort: 80, hostAddress: '127.0.0.1', protocol: 'tcp' },
    { hostPort: 0, guestPort: 22, hostAddress: '127.0.0.1', protocol: 'tcp' },
  ]);
  expect(rig.driver.diff(ref.spec, two)).toEqual([{ field: 'settings.portForwards', effect: 'live' }]);
  await rig.driver.update?.(rig.context(), ref, two);
  const both = await hostPorts(ref);
  expect(both).toHaveLength(2);
  expect(both).toContain(first);
  expect(await Promise.all(both.map(listens))).toEqual([true, true]);
  expect((await rig.driver.inspect(ref)).pending ?? []).toEqual([]);

  await rig.restart();
  expect(await hostPorts(ref)).toEqual(both);
  await rig.driver.update?.(rig.context(), ref, forwarding(ref, []));
  expect(await hostPorts(ref)).toEqual([]);
  await poll('the ports to be closed', async () => ((await listens(first)) ? null : true));
});

it(
  `fault 54: a forward whose port is taken is refused, and the others stay as they were${missing}`,
  limit,
  async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const ref = await rig.create({ settings: { portForwards: [{ hostPort: 0, guestPort: 80 }] } });
    await rig.driver.start(rig.context(), ref);
    const before = await hostPorts(ref);
    const wanted = forwarding(ref, [{ hostPort: taken, guestPort: 22, hostAddress: '127.0.0.1', protocol: 'tcp' }]);
    await expect(rig.driver.update?.(rig.context(), ref, wanted)).rejects.toMatchObject({
      code: 'conflict',
      details: { field: 'settings.portForwards' },
    });
    expect(await hostPorts(ref)).toEqual(before);
    expect(await Promise.all(before.map(listens))).toEqual([true]);
    server.close();
  },
);
