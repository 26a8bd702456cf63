import { timed } from './clock.ts';
import type { Line } from './figures.ts';
import { withSubjects } from './subjects/open.ts';
import type { Subject } from './subjects/subject.ts';
import { type Contestant, inTurns } from './turns.ts';

const rounds = 5;

/** The way back to a snapshot with memory, until the guest runs again. */
export async function benchRestore(): Promise<Line[]> {
  return withSubjects(async ({ ours, raw, virsh, whyNoVirsh }) => {
    for (const subject of [ours, raw, virsh]) await subject?.snapshot('disk+memory');
    const restoreOf = (subject: Subject): Contestant => {
      return () => timed(() => subject.restore());
    };
    const samples = await inTurns(rounds, {
      ours: restoreOf(ours),
      raw: restoreOf(raw),
      virsh: virsh === null ? null : restoreOf(virsh),
    });
    const line = { name: 'restore disk+memory', value: samples.ours, unit: 'ms', goal: null };
    return [
      { ...line, peer: { name: 'QMP snapshot-load', value: samples.raw } },
      virsh === null
        ? { name: line.name, skipped: `no virsh snapshot-revert: ${whyNoVirsh ?? ''}` }
        : { ...line, peer: { name: 'virsh snapshot-revert', value: samples.virsh } },
    ];
  });
}
