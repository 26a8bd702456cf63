import { GiB, MiB, type RestartPolicy, type WorkloadSpecInput } from '../../../electron/bridge/contract.ts';
import { type Settings, textAt } from '../docker/settings.ts';
import type { WatchdogChoice } from './watchdog.ts';

/** What a new workload is made from. */
export const sources = ['demo', 'catalogue', 'disk', 'iso', 'kernel', 'container'] as const;
/** One of them. */
export type Source = (typeof sources)[number];

/** A port of this machine that leads into the workload; null while a field is empty. */
export type Forward = { hostPort: number | null; guestPort: number | null; protocol: 'tcp' | 'udp' };

/** One more disk of a machine: a new one of a size, or an existing image. */
export type MoreDisk = { kind: 'new' | 'image'; sizeBytes: number | null; image: string; use: 'overlay' | 'import' };

/** What a machine tries to boot from first; `auto` leaves it to the source. */
export const bootFirst = ['auto', 'disk', 'cdrom', 'network'] as const;

/** What few people have to choose; empty takes the driver's own. */
export type Advanced = {
  machine: string;
  firmware: string;
  accelerator: string;
  cpuModel: string;
  boot: (typeof bootFirst)[number];
  network: 'user' | 'none';
  watchdog: WatchdogChoice | null;
};

/** The fields of the dialog, as they are typed. */
export type CreateForm = {
  source: Source;
  /** The name as typed; empty takes the suggested one. */
  name: string;
  vcpus: number | null;
  memoryBytes: number | null;
  /** A disk of this size; with an image: grown to it. */
  diskBytes: number | null;
  diskImage: string;
  diskUse: 'overlay' | 'import';
  moreDisks: MoreDisk[];
  cdrom: string;
  kernel: string;
  initrd: string;
  cmdline: string;
  catalogueId: string;
  /** The settings of a container as they will be asked for. */
  docker: Settings;
  restart: RestartPolicy;
  autostart: boolean;
  /** A virtual machine has a screen. */
  display: boolean;
  forwards: Forward[];
  advanced: Advanced;
  /** Labels as text: `key=value`, by spaces. */
  labels: string;
  start: boolean;
};

/** The standard fields of a source. */
export function standardForm(source: Source): CreateForm {
  return {
    source,
    name: '',
    vcpus: source === 'container' ? null : source === 'demo' ? 1 : 2,
    memoryBytes: source === 'container' ? null : source === 'demo' ? 256 * MiB : 2 * GiB,
    diskBytes: source === 'demo' ? GiB : source === 'iso' ? 20 * GiB : null,
    diskImage: '',
    diskUse: 'overlay',
    moreDisks: [],
    cdrom: '',
    kernel: '',
    initrd: '',
    cmdline: '',
    catalogueId: '',
    docker: { image: '' },
    restart: 'no',
    autostart: false,
    // What a person brings is made to be looked at; a kernel is given its serial console on its command line.
    display: source === 'iso' || source === 'disk',
    forwards: source === 'demo' ? [{ hostPort: 0, guestPort: 80, protocol: 'tcp' }] : [],
    advanced: {
      machine: '',
      firmware: '',
      accelerator: '',
      cpuModel: '',
      boot: 'auto',
      network: 'user',
      watchdog: null,
    },
    labels: '',
    start: true,
  };
}

/** What `workloads.create` gets. */
export type CreateRequest = { spec: WorkloadSpecInput; catalogue?: string; start: boolean };

/** The request of a form. `name` is the one to take where none is typed. Pure; the host checks it. */
export function toRequest(form: CreateForm, name: string): CreateRequest {
  const resources = {
    ...(form.vcpus === null ? {} : { vcpus: form.vcpus }),
    ...(form.memoryBytes === null ? {} : { memoryBytes: form.memoryBytes }),
  };
  const container = form.source === 'container';
  const catalogue = form.source === 'demo' ? form.catalogueId || 'demo' : form.catalogueId;
  const fromCatalogue = form.source === 'demo' || form.source === 'catalogue';
  return {
    spec: {
      name: form.name.trim() || name,
      driver: container ? 'docker' : 'qemu',
      resources,
      ...(form.labels.trim() ? { labels: parseLabels(form.labels) } : {}),
      ...(form.restart === 'no' ? {} : { restart: form.restart }),
      ...(form.autostart ? { autostart: true } : {}),
      settings: container ? { ...form.docker, image: textAt(form.docker, 'image').trim() } : machineSettings(form),
    },
    ...(fromCatalogue ? { catalogue } : {}),
    start: form.start,
  };
}

function machineSettings(form: CreateForm): Record<string, unknown> {
  const portForwards = form.forwards
    .filter((one) => one.guestPort !== null)
    .map((one) => ({ hostPort: one.hostPort ?? 0, guestPort: one.guestPort, protocol: one.protocol }));
  const image = form.source === 'disk' ? { image: form.diskImage.trim(), use: form.diskUse } : {};
  const size = form.diskBytes === null ? {} : { sizeBytes: form.diskBytes };
  const disk = { ...image, ...size };
  const disks = [...(Object.keys(disk).length > 0 ? [disk] : []), ...form.moreDisks.flatMap(diskOf)];
  const kernel = form.source === 'kernel';
  return {
    // A catalogue image brings its own disk; one of ours would take its place.
    ...(form.source !== 'catalogue' && disks.length > 0 ? { disks } : {}),
    ...(form.source === 'iso' ? { cdrom: form.cdrom.trim(), bootOrder: ['cdrom', 'disk'] } : {}),
    ...advancedSettings(form.advanced),
    ...(kernel ? { kernel: form.kernel.trim() } : {}),
    ...(kernel && form.initrd.trim() ? { initrd: form.initrd.trim() } : {}),
    ...(kernel && form.cmdline.trim() ? { cmdline: form.cmdline.trim() } : {}),
    ...(form.display ? { display: 'vnc' } : {}),
    ...(portForwards.length > 0 ? { portForwards } : {}),
  };
}

/** A disk without its size or its file is not there yet. */
function diskOf(disk: MoreDisk): Record<string, unknown>[] {
  const size = disk.sizeBytes === null ? {} : { sizeBytes: disk.sizeBytes };
  if (disk.kind === 'new') return disk.sizeBytes === null ? [] : [size];
  return disk.image.trim() === '' ? [] : [{ image: disk.image.trim(), use: disk.use, ...size }];
}

function advancedSettings(given: Advanced): Record<string, unknown> {
  const text = (key: 'machine' | 'firmware' | 'accelerator' | 'cpuModel') =>
    given[key].trim() === '' ? {} : { [key]: given[key].trim() };
  const rest = bootFirst.filter((one) => one !== 'auto' && one !== given.boot && one !== 'network');
  return {
    ...text('machine'),
    ...text('firmware'),
    ...text('accelerator'),
    ...text('cpuModel'),
    ...(given.boot === 'auto' ? {} : { bootOrder: [given.boot, ...rest] }),
    ...(given.network === 'user' ? {} : { network: given.network }),
    ...(given.watchdog === null ? {} : { watchdog: given.watchdog }),
  };
}

function parseLabels(text: string): Record<string, string> {
  const pairs = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word): [string, string] => {
      const at = word.indexOf('=');
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
    });
  return Object.fromEntries(pairs);
}

/** The name to suggest: after the image or file that it is made from. */
export function suggestedName(form: CreateForm): string {
  const from = {
    demo: 'demo',
    catalogue: form.catalogueId,
    disk: form.diskImage,
    iso: form.cdrom,
    kernel: form.kernel,
    container: textAt(form.docker, 'image').replace(/[:@].*$/, ''),
  }[form.source];
  const last = from.split('/').at(-1) ?? '';
  const plain = last
    .replace(/\.(qcow2|img|raw|vmdk|vdi|vhdx|iso)$/i, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return plain || (form.source === 'container' ? 'container' : 'machine');
}

/** The field of the dialog at which an error of the host belongs, by the spec's dotted path; null for none. */
export function fieldOf(path: unknown, source?: Source): keyof CreateForm | null {
  if (typeof path !== 'string') return null;
  if (source === 'container' && path.startsWith('settings.')) return 'docker';
  const rules: [RegExp, keyof CreateForm][] = [
    [/^(spec\.)?name/, 'name'],
    [/resources\.(max)?vcpus/i, 'vcpus'],
    [/resources\.(max)?memory/i, 'memoryBytes'],
    [/disks(\.|\[)0\]?\.?size/, 'diskBytes'],
    [/disks(\.|\[)0/, 'diskImage'],
    [/disks/, 'moreDisks'],
    [/machine|firmware|accelerator|cpuModel|bootOrder|network|watchdog/, 'advanced'],
    [/cdrom/, 'cdrom'],
    [/kernel/, 'kernel'],
    [/initrd/, 'initrd'],
    [/cmdline/, 'cmdline'],
    [/portForwards|ports/, 'forwards'],
    [/labels/, 'labels'],
  ];
  return rules.find(([rule]) => rule.test(path))?.[1] ?? null;
}

/** The field without which nothing can be made of a source yet, or null. Pure. */
export function missingField(form: CreateForm): 'diskImage' | 'cdrom' | 'kernel' | 'catalogueId' | 'image' | null {
  const needed = {
    demo: null,
    catalogue: 'catalogueId',
    disk: 'diskImage',
    iso: 'cdrom',
    kernel: 'kernel',
    container: 'image',
  } as const;
  const field = needed[form.source];
  if (field === null) return null;
  const text = field === 'image' ? textAt(form.docker, 'image') : form[field];
  return text.trim() === '' ? field : null;
}
