import { describe, expect, it } from 'vitest';
import { dockerSettingsSchema } from '../../../../../drivers/docker/settings.ts';
import { qemuSettingsSchema } from '../../../../../drivers/qemu/settings.ts';
import { methods } from '../../../../../electron/bridge/contract.ts';
import {
  type CreateForm,
  fieldOf,
  type Source,
  sources,
  standardForm,
  suggestedName,
  toRequest,
} from '../../../../../renderer/features/create/form.ts';
import { fromRequest } from '../../../../../renderer/features/create/from-request.ts';

const filled: Record<Source, Partial<CreateForm>> = {
  demo: {},
  catalogue: { catalogueId: 'debian-12' },
  disk: { diskImage: ' /images/a, b=c.qcow2 ', diskUse: 'import' },
  iso: { cdrom: '/iso/alpine.iso' },
  kernel: { kernel: '/boot/vmlinuz', initrd: '/boot/initrd', cmdline: 'console=ttyS0' },
  container: {
    docker: {
      image: ' nginx:1.27 ',
      command: ['sh', '-c', 'echo hi'],
      env: { A: '1', B: 'x=y' },
      ports: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      mounts: [{ type: 'volume', source: 'data', target: '/data' }],
    },
    restart: 'always',
    autostart: true,
  },
};

describe('every source makes a request that the host and its driver accept', () => {
  it.each(sources)('%s', (source) => {
    const request = toRequest({ ...standardForm(source), ...filled[source], labels: 'team=core prod' }, 'fallback');
    const checked = methods['workloads.create'].input.parse(request);
    expect(checked.spec.labels).toEqual({ team: 'core', prod: '' });
    const schema = source === 'container' ? dockerSettingsSchema : qemuSettingsSchema;
    expect(schema.safeParse(checked.spec.settings).error).toBeUndefined();
  });
});

it('takes the suggested name only where none is typed', () => {
  const form = standardForm('demo');
  expect(toRequest(form, 'demo-2').spec.name).toBe('demo-2');
  expect(toRequest({ ...form, name: ' mine ' }, 'demo-2').spec.name).toBe('mine');
});

it('leaves the disk of a catalogue image alone', () => {
  const { spec, catalogue } = toRequest({ ...standardForm('catalogue'), catalogueId: 'x' }, 'n');
  expect(spec.settings).not.toHaveProperty('disks');
  expect(catalogue).toBe('x');
});

it('carries an image path literally', () => {
  const { spec } = toRequest({ ...standardForm('disk'), ...filled.disk }, 'n');
  expect(spec.settings).toMatchObject({ disks: [{ image: '/images/a, b=c.qcow2', use: 'import' }] });
});

it.each<[Source, Partial<CreateForm>, string]>([
  ['demo', {}, 'demo'],
  ['disk', { diskImage: '/x/Debian 12 (cloud).qcow2' }, 'Debian-12-cloud'],
  ['iso', { cdrom: '/x/alpine-3.20.iso' }, 'alpine-3.20'],
  ['container', { docker: { image: 'ghcr.io/org/app:1@sha256:ff' } }, 'app'],
  ['kernel', { kernel: '/' }, 'machine'],
  ['container', {}, 'container'],
])('suggests a name for %s %o', (source, part, name) => {
  expect(suggestedName({ ...standardForm(source), ...part })).toBe(name);
});

it.each([
  ['name', 'name'],
  ['resources.memoryBytes', 'memoryBytes'],
  ['resources.maxVcpus', 'vcpus'],
  ['settings.disks.0.image', 'diskImage'],
  ['settings.disks.0.sizeBytes', 'diskBytes'],
  ['settings.disks.1.sizeBytes', 'moreDisks'],
  ['settings.disks.2.image', 'moreDisks'],
  ['settings.bootOrder', 'advanced'],
  ['settings.portForwards.1.hostPort', 'forwards'],
  ['settings.machine', 'advanced'],
  ['settings.arch', null],
  [undefined, null],
])('an error at %s belongs to %s', (path, field) => {
  expect(fieldOf(path)).toBe(field);
});

it.each([
  ['settings.image', 'docker'],
  ['settings.mounts.0.target', 'docker'],
  ['resources.memoryBytes', 'memoryBytes'],
])('of a container an error at %s belongs to %s', (path, field) => {
  expect(fieldOf(path, 'container')).toBe(field);
});

describe('a request that was edited as text', () => {
  const form = { ...standardForm('container'), ...filled.container, labels: 'team=core' };
  it('becomes the form again', () => {
    const request = toRequest(form, 'web');
    const edited = {
      ...request,
      spec: {
        ...request.spec,
        name: 'mine',
        resources: { vcpus: 0.5 },
        labels: { a: '', b: 'c' },
        settings: { image: 'x', user: 'app' },
      },
    };
    const next = fromRequest(form, edited, 'web');
    expect(next).toMatchObject({ name: 'mine', vcpus: 0.5, labels: 'a b=c', docker: { image: 'x', user: 'app' } });
    expect(next && toRequest(next, 'web')).toEqual(edited);
    expect(fromRequest(form, request, 'web')?.name).toBe('');
  });
  it('stands for itself where the form has no place for it', () => {
    const request = toRequest(form, 'web');
    expect(fromRequest(form, { ...request, spec: { ...request.spec, notes: 'n' } }, 'web')).toBeNull();
    expect(fromRequest(form, { ...request, spec: { ...request.spec, driver: 'qemu' } }, 'web')).toBeNull();
    expect(fromRequest(standardForm('iso'), toRequest(standardForm('iso'), 'web'), 'web')).toBeNull();
  });
});

it('takes several disks, and leaves those out that are not filled in', () => {
  const { spec } = toRequest(
    {
      ...standardForm('iso'),
      cdrom: '/a.iso',
      moreDisks: [
        { kind: 'new', sizeBytes: 1024 ** 3, image: '/left/over', use: 'import' },
        { kind: 'image', sizeBytes: null, image: ' /data.qcow2 ', use: 'import' },
        { kind: 'image', sizeBytes: null, image: '', use: 'overlay' },
        { kind: 'new', sizeBytes: null, image: '', use: 'overlay' },
      ],
    },
    'n',
  );
  expect(spec.settings?.['disks']).toEqual([
    { sizeBytes: 20 * 1024 ** 3 },
    { sizeBytes: 1024 ** 3 },
    { image: '/data.qcow2', use: 'import' },
  ]);
  expect(qemuSettingsSchema.safeParse(spec.settings).error).toBeUndefined();
});

it('the advanced fields go in only where they were chosen', () => {
  const form = standardForm('disk');
  expect(toRequest(form, 'n').spec.settings).not.toHaveProperty('machine');
  const { spec } = toRequest(
    {
      ...form,
      diskImage: '/d.img',
      advanced: {
        machine: 'pc',
        firmware: 'uefi',
        accelerator: 'tcg',
        cpuModel: ' max ',
        boot: 'network',
        network: 'none',
        watchdog: { model: 'ib700', action: 'pause' },
      },
    },
    'n',
  );
  expect(spec.settings).toMatchObject({
    machine: 'pc',
    firmware: 'uefi',
    accelerator: 'tcg',
    cpuModel: 'max',
    bootOrder: ['network', 'disk', 'cdrom'],
    network: 'none',
    watchdog: { model: 'ib700', action: 'pause' },
  });
  expect(qemuSettingsSchema.safeParse(spec.settings).error).toBeUndefined();
});
