import type { Driver } from '../../drivers/driver.ts';
import { guestSpec } from '../support/qemu/guest-spec.ts';
import { createRig } from '../support/qemu/rig.ts';
import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { startBareQemu } from './peers/bare-qemu.ts';
import { defineDemo } from './peers/demo-domain.ts';
import { startLibvirt, whyNoLibvirt } from './peers/libvirt.ts';
import { type Contestant, inTurns } from './turns.ts';

/** Enough for a median that some slow starts do not move. */
const rounds = 11;
/** At most this part more than QEMU alone, and faster than virsh. */
const goals = { bare: 1.1, virsh: 1 };

/** From the call of the driver's start until the guest runs: against QEMU alone with the same arguments, and against `virsh start`. */
export async function benchStart(): Promise<Line[]> {
  const why = whyNoLibvirt();
  const rig = createRig();
  const libvirt = why === null ? await startLibvirt() : null;
  try {
    const ref = await rig.create(await guestSpec());
    const { qmpSocket } = rig.paths(ref);
    let argv: readonly string[] = [];
    const ours: Contestant = async () => {
      const stop = new AbortController();
      const running = toldRunning(rig.driver, ref.id, stop.signal);
      const tookMs = await timed(async () => {
        await rig.driver.start(rig.context(), ref);
        await running;
      });
      stop.abort();
      argv = rig.record(ref).run?.argv ?? [];
      await rig.driver.stop(rig.context(), ref, { graceMs: 0, force: true });
      return tookMs;
    };
    const bare: Contestant = async () => {
      const begun = performance.now();
      const qemu = await startBareQemu(argv, qmpSocket);
      const tookMs = performance.now() - begun;
      qemu.client.close();
      await qemu.end();
      return tookMs;
    };
    if (libvirt !== null) await defineDemo(libvirt, null);
    const virsh: Contestant | null =
      libvirt === null
        ? null
        : async () => {
            const tookMs = await timed(() => libvirt.virsh('start', 'demo'));
            await libvirt.virsh('destroy', 'demo');
            return tookMs;
          };
    const samples = await inTurns(rounds, { ours, bare, virsh });
    const line = { name: 'start', value: samples.ours, unit: 'ms' };
    return [
      { ...line, peer: { name: 'QEMU alone', value: samples.bare }, goal: { ratioAtMost: goals.bare } },
      virsh === null
        ? { name: 'start', skipped: `no virsh start: ${why ?? ''}` }
        : { ...line, peer: { name: 'virsh start', value: samples.virsh }, goal: { ratioAtMost: goals.virsh } },
    ];
  } finally {
    await libvirt?.close();
    await rig.close();
  }
}

/** Resolves when the driver tells its host that QEMU said that the guest runs. */
async function toldRunning(driver: Driver, id: string, signal: AbortSignal): Promise<void> {
  for await (const event of driver.events(signal)) {
    if (event.type === 'observed' && event.id === id && event.observation.phase === 'running') return;
  }
}
