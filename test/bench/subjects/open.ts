import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRig } from '../../support/qemu/rig.ts';
import { type Libvirt, startLibvirt, whyNoLibvirt } from '../peers/libvirt.ts';
import { ourSubject } from './ours.ts';
import { rawSubject } from './raw-qmp.ts';
import type { Subject } from './subject.ts';
import { virshSubject } from './virsh.ts';

/** Guests of the same kind, one in each way. */
export type Subjects = {
  ours: Subject;
  raw: Subject;
  /** Null where there is no libvirt. */
  virsh: Subject | null;
  /** Why there is none, or null. */
  whyNoVirsh: string | null;
  /** Whether ours had to stand still because the kernel grants no saving in the background. */
  stood(): boolean;
};

/** Opens all of them, works with them, and ends them whatever happens. */
export async function withSubjects<T>(work: (subjects: Subjects) => Promise<T>): Promise<T> {
  const whyNoVirsh = whyNoLibvirt();
  const directory = mkdtempSync(join(tmpdir(), 'nb-'));
  const rig = createRig();
  const opened: Subject[] = [];
  let libvirt: Libvirt | null = null;
  let standing = false;
  const open = async (subject: Promise<Subject>): Promise<Subject> => {
    const there = await subject;
    opened.push(there);
    return there;
  };
  try {
    libvirt = whyNoVirsh === null ? await startLibvirt() : null;
    const ours = ourSubject(rig, () => {
      standing = true;
    });
    return await work({
      ours: await open(ours),
      raw: await open(rawSubject(rig)),
      virsh: libvirt === null ? null : await open(virshSubject(libvirt, directory)),
      whyNoVirsh,
      stood: () => standing,
    });
  } finally {
    for (const subject of opened) await subject.close();
    await libvirt?.close();
    await rig.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
