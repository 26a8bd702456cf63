import { expect, test } from 'vitest';
import { qemuSettingsSchema } from '../../../drivers/qemu/settings.ts';
import { maxNameLength, snapshotNameSchema, workloadNameSchema, workloadSpecSchema } from '../../../drivers/spec.ts';

/** Texts of fault 55, and whether they may be the name of a workload, the name of a snapshot, and a path. */
const texts: [text: string, workload: boolean, snapshot: boolean, path: boolean][] = [
  ['plain-name_1.2', true, true, false],
  ['', false, false, false],
  [' ', false, false, false],
  ['a b', false, true, false],
  [' a', false, false, false],
  ['a,b', false, true, false],
  ['a=b', false, true, false],
  ['-x', false, true, false],
  ['--help', false, true, false],
  ['.', false, true, false],
  ['..', false, true, false],
  ['.hidden', false, true, false],
  ['../x', false, false, false],
  ['a/../../x', false, false, false],
  ['/etc/passwd', false, false, true],
  ['/a,b=c', false, false, true],
  ['/../x', false, false, true],
  ['C:\\x', false, false, false],
  ['a\0b', false, false, false],
  ['/a\0b', false, false, false],
  ['a\nb', false, false, false],
  ['a\n', false, false, false],
  ['/a\nb', false, false, true],
  ['a\u001b[31mb', false, false, false],
  ['a\u0085b', false, false, false],
  ['\ud800', false, false, false],
  ['quote"\'`$(x);&|', false, true, false],
  ['Größe', false, true, false],
  ['漢字', false, true, false],
  ['😀', false, true, false],
  ['\u202egnp.exe', false, true, false],
  ['json:{"driver":"nbd"}', false, true, false],
  ['nbd:localhost:10809', false, true, false],
  ['exec:sh', false, true, false],
  ['fat:rw:x', false, true, false],
  ['file:///etc/shadow', false, false, false],
  ['http://x/', false, false, false],
  ['n'.repeat(maxNameLength), true, true, false],
  ['n'.repeat(maxNameLength + 1), false, false, false],
  ['n'.repeat(300), false, false, false],
  [`/${'n'.repeat(300)}`, false, false, true],
  [`/${'n'.repeat(5000)}`, false, false, false],
  // A key of each object: it may be a name of ours, which never becomes a key without a map of its own.
  ['constructor', true, true, false],
  ['__proto__', false, true, false],
];

test.each(texts)(
  'fault 55: %j as a name of a workload %s, of a snapshot %s, as a path %s',
  (text, workload, snapshot, path) => {
    expect(workloadNameSchema.safeParse(text).success).toBe(workload);
    expect(snapshotNameSchema.safeParse(text).success).toBe(snapshot);
    for (const settings of [{ kernel: text }, { initrd: text }, { cdrom: text }, { disks: [{ image: text }] }]) {
      expect(qemuSettingsSchema.safeParse(settings).success, JSON.stringify(settings)).toBe(path);
    }
  },
);

test.each(['sub dir', 'pc,accel=tcg', '-machine', 'q35\n', 'q35\0', '../q35', 'Q35', 'ü', 'm'.repeat(65)])(
  'fault 55: %j is no machine type, and no CPU model that smuggles an option',
  (text) => {
    expect(qemuSettingsSchema.safeParse({ machine: text }).success).toBe(false);
    // Letters and signs of real models only; a capital or a dash in front is one.
    if (!/^[A-Za-z0-9._+-]{1,64}$/.test(text)) {
      expect(qemuSettingsSchema.safeParse({ cpuModel: text }).success).toBe(false);
    }
  },
);

test.each<[string, string, boolean]>([
  ['team', 'core', true],
  ['a,b', 'c=d', true],
  ['é', '😀', true],
  ['', 'x', false],
  ['a\nb', 'x', false],
  ['a', 'x\0', false],
  ['a', '\u001b[2J', false],
  ['a', 'x'.repeat(257), false],
])('fault 55: the label %j with the value %j: %s', (key, value, allowed) => {
  const spec = { name: 'a', driver: 'qemu', labels: { [key]: value } };
  expect(workloadSpecSchema.safeParse(spec).success).toBe(allowed);
});
