import type { Line } from './figures.ts';
import type { Cost } from './guest/counting.ts';
import { withSubjects } from './subjects/open.ts';
import type { Kind, Subject } from './subjects/subject.ts';
import { type Contestant, inTurns } from './turns.ts';

const rounds = 5;
/** Extra pause of the guest that is allowed, milliseconds. */
const goals: Record<Kind, number> = { disk: 30, 'disk+memory': 60 };
/** What QEMU's own commands are called, by kind. */
const rawNames: Record<Kind, string> = { disk: 'QMP blockdev-snapshot-sync', 'disk+memory': 'QMP snapshot-save' };

/** Snapshots of a guest that counts every 50 ms: the pause that it sees, and how long each takes. */
export async function benchSnapshot(): Promise<Line[]> {
  return withSubjects(async (subjects) => {
    const lines: Line[] = [];
    // The disks last: each of their snapshots makes the chain longer.
    for (const kind of ['disk+memory', 'disk'] as const) {
      const costOf = (subject: Subject): Contestant<Cost> => {
        return () => subject.guest.cost(() => subject.snapshot(kind));
      };
      const { ours, raw, virsh } = await inTurns(rounds, {
        ours: costOf(subjects.ours),
        raw: costOf(subjects.raw),
        virsh: subjects.virsh === null ? null : costOf(subjects.virsh),
      });
      const peers = [
        { name: rawNames[kind], costs: raw },
        { name: 'virsh snapshot-create-as', costs: virsh },
      ];
      for (const { name, costs } of peers) {
        if (costs.length === 0) {
          lines.push({ name: `snapshot ${kind}`, skipped: `no ${name}: ${subjects.whyNoVirsh ?? ''}` });
          continue;
        }
        const stood = kind === 'disk+memory' && subjects.stood();
        lines.push({
          name: `snapshot ${kind}, extra pause`,
          value: ours.map((cost) => cost.extraPauseMs),
          unit: 'ms',
          peer: { name, value: costs.map((cost) => cost.extraPauseMs) },
          // Without background-snapshot the guest stands until its memory is written; no goal was set for that.
          goal: stood ? null : { atMost: goals[kind] },
          ...(stood ? { note: 'background-snapshot is not granted here' } : {}),
        });
        lines.push({
          name: `snapshot ${kind}, time`,
          value: ours.map((cost) => cost.tookMs),
          unit: 'ms',
          peer: { name, value: costs.map((cost) => cost.tookMs) },
          goal: null,
        });
      }
    }
    return lines;
  });
}
