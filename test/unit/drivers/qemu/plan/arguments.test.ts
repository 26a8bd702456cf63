import { expect, test } from 'vitest';
import { machinePaths } from '../../../../../drivers/qemu/machine/paths.ts';
import type { Layer } from '../../../../../drivers/qemu/machine/record.ts';
import { buildArguments } from '../../../../../drivers/qemu/plan/arguments.ts';
import { layerPath, nodeName } from '../../../../../drivers/qemu/plan/block.ts';
import type { PlanInput } from '../../../../../drivers/qemu/plan/input.ts';
import { qemuSettingsSchema } from '../../../../../drivers/qemu/settings.ts';
import { GiB, MiB, workloadSpecSchema } from '../../../../../drivers/spec.ts';

const layer = (id: string, change: Partial<Layer> = {}): Layer => ({
  id,
  diskId: 'disk0',
  file: `${id}.qcow2`,
  format: 'qcow2',
  backing: null,
  frozen: false,
  external: false,
  sharedFrom: null,
  ...change,
});

function input(settings: Record<string, unknown> = {}, change: Partial<PlanInput> = {}): PlanInput {
  const paths = machinePaths('/data/machines', '/run/novacron', 'machine-1');
  return {
    facts: {
      binary: '/usr/bin/qemu-system-x86_64',
      version: '7.2.0',
      accelerator: 'tcg',
      sandbox: true,
      machineTypes: { q35: 'pc-q35-7.2' },
      firmware: null,
      jsonNetdev: true,
    },
    spec: workloadSpecSchema.parse({
      name: 'web',
      driver: 'qemu',
      resources: { vcpus: 2, maxVcpus: 4, memoryBytes: 512 * MiB, maxMemoryBytes: GiB },
    }),
    settings: qemuSettingsSchema.parse(settings),
    uuid: '0b0e4d39-1d3c-4a08-9a43-2e1cf0a2f1aa',
    paths,
    variables: paths.nvram,
    layers: [],
    disks: [],
    pathOf: (entry) => layerPath(paths.disks, entry),
    forwards: [],
    ...change,
  };
}

const valuesOf = (argv: string[], option: string): string[] =>
  argv.flatMap((word, index) => (argv[index - 1] === option ? [word] : []));
const jsonOf = (argv: string[], option: string): Record<string, unknown>[] =>
  valuesOf(argv, option)
    .filter((value) => value.startsWith('{'))
    .map((value) => JSON.parse(value) as Record<string, unknown>);

test('a watchdog is the last device, so that the others keep their addresses', () => {
  const argv = buildArguments(input({ watchdog: { model: 'ib700', action: 'pause' } }));
  expect(jsonOf(argv, '-device').at(-1)).toEqual({ driver: 'ib700', id: 'watchdog0' });
  expect(valuesOf(argv, '-action')).toEqual(['watchdog=pause']);
});

test('the whole command line of a plain machine', () => {
  const argv = buildArguments(input());
  expect(argv[0]).toBe('/usr/bin/qemu-system-x86_64');
  expect(argv).toContain('-nodefaults');
  expect(argv).toContain('-no-user-config');
  expect(valuesOf(argv, '-machine')).toEqual(['type=pc-q35-7.2']);
  expect(valuesOf(argv, '-smp')).toEqual(['cpus=2,maxcpus=4,sockets=1,cores=4,threads=1']);
  expect(valuesOf(argv, '-m')).toEqual([`size=${512 * MiB}B,slots=16,maxmem=${GiB}B`]);
  expect(valuesOf(argv, '-sandbox')).toEqual([
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  ]);
  expect(valuesOf(argv, '-mon')).toHaveLength(2);
  expect(jsonOf(argv, '-device').map((device) => device['driver'])).toEqual([
    'pcie-root-port',
    'pcie-root-port',
    'virtio-net-pci',
    'virtio-balloon-pci',
    'virtio-rng-pci',
    'pvpanic',
    'virtio-serial-pci',
    'virtserialport',
  ]);
  expect(argv.join(' ')).toMatchInlineSnapshot(
    `"/usr/bin/qemu-system-x86_64 -no-user-config -nodefaults -name guest=web -uuid 0b0e4d39-1d3c-4a08-9a43-2e1cf0a2f1aa -machine type=pc-q35-7.2 -accel tcg -cpu max -smp cpus=2,maxcpus=4,sockets=1,cores=4,threads=1 -m size=536870912B,slots=16,maxmem=1073741824B -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny -pidfile /data/machines/machine-1/pid -chardev socket,id=qmp0,path=/run/novacron/f7a7266df8b4/qmp,server=on,wait=off -mon chardev=qmp0,mode=control -chardev socket,id=qmp1,path=/run/novacron/f7a7266df8b4/qmp2,server=on,wait=off -mon chardev=qmp1,mode=control -chardev pipe,id=serial0,path=/run/novacron/f7a7266df8b4/serial -serial chardev:serial0 -chardev socket,id=agent0,path=/run/novacron/f7a7266df8b4/agent,server=on,wait=off -display none -rtc base=utc -boot menu=off,strict=on -device {"driver":"pcie-root-port","id":"port0","chassis":1,"slot":1} -device {"driver":"pcie-root-port","id":"port1","chassis":2,"slot":2} -netdev {"type":"user","id":"net0","hostfwd":[]} -device {"driver":"virtio-net-pci","id":"nic0","netdev":"net0","mac":"52:54:00:f1:f4:75","romfile":""} -device {"driver":"virtio-balloon-pci","id":"balloon0","deflate-on-oom":true} -object {"qom-type":"rng-builtin","id":"rng0"} -device {"driver":"virtio-rng-pci","id":"rngdev0","rng":"rng0"} -device {"driver":"pvpanic","id":"panic0"} -device {"driver":"virtio-serial-pci","id":"vserial0"} -device {"driver":"virtserialport","id":"agentport0","bus":"vserial0.0","chardev":"agent0","name":"org.qemu.guest_agent.0"} -trace qemu_system_shutdown_request"`,
  );
});

test.each([
  ['kvm', 'host'],
  ['tcg', 'max'],
] as const)('the CPU model under %s is %s', (accelerator, model) => {
  const base = input();
  const argv = buildArguments({ ...base, facts: { ...base.facts, accelerator } });
  expect(valuesOf(argv, '-accel')).toEqual([accelerator]);
  expect(valuesOf(argv, '-cpu')).toEqual([model]);
});

test('no memory slots without headroom, no sandbox where QEMU has none, no network where none is wanted', () => {
  const base = input({ network: 'none' });
  const argv = buildArguments({
    ...base,
    facts: { ...base.facts, sandbox: false },
    spec: { ...base.spec, resources: { vcpus: 1, maxVcpus: 1, memoryBytes: GiB, maxMemoryBytes: GiB } },
  });
  expect(valuesOf(argv, '-m')).toEqual([`size=${GiB}B`]);
  expect(argv).not.toContain('-sandbox');
  expect(argv).not.toContain('-netdev');
});

test('a chain of layers is spelled out from the top to the base', () => {
  const layers = [
    layer('base', { file: '/images/debian.raw', format: 'raw', external: true, frozen: true }),
    layer('middle', { backing: 'base', frozen: true }),
    layer('top', { backing: 'middle' }),
  ];
  const argv = buildArguments(input({}, { layers, disks: [{ id: 'disk0', layerId: 'top' }] }));
  expect(jsonOf(argv, '-blockdev')).toEqual([
    {
      driver: 'qcow2',
      'node-name': nodeName('top'),
      'read-only': false,
      discard: 'unmap',
      file: { driver: 'file', filename: '/data/machines/machine-1/disks/top.qcow2' },
      backing: {
        driver: 'qcow2',
        'node-name': nodeName('middle'),
        'read-only': true,
        file: { driver: 'file', filename: '/data/machines/machine-1/disks/middle.qcow2' },
        backing: {
          driver: 'raw',
          'node-name': nodeName('base'),
          'read-only': true,
          file: { driver: 'file', filename: '/images/debian.raw' },
        },
      },
    },
  ]);
  expect(nodeName('top').length).toBeLessThanOrEqual(31);
});

test('a record with a missing or circular layer is refused', () => {
  const disks = [{ id: 'disk0', layerId: 'a' }];
  for (const layers of [[], [layer('a', { backing: 'b' }), layer('b', { backing: 'a' })]]) {
    expect(() => buildArguments(input({}, { layers, disks }))).toThrowError(
      expect.objectContaining({ code: 'internal' }),
    );
  }
});

const hostile = [
  'a,b',
  '-x',
  '../x',
  'a=b,file=/etc/passwd',
  'x,readonly=on',
  'new\nline',
  'quote"\'back\\slash',
  'json:{"driver":"nbd"}',
  'nbd:localhost:10809',
  'exec:sh',
  'fat:rw:/etc',
  'Größe 漢字 😀',
  '\u202egnp.exe',
  'n'.repeat(200),
];

test.each(hostile)('fault 55: the path part %j is carried literally', (part) => {
  const path = `/images/${part}`;
  const base = input({ kernel: path, initrd: path, cmdline: 'quiet -device evil,x=y', cdrom: path });
  const layers = [layer('l', { file: path, external: true, format: 'raw' })];
  const paths = machinePaths(`/data/${part}`, `/run/${part}`, 'machine-1');
  const argv = buildArguments({ ...base, layers, disks: [{ id: 'disk0', layerId: 'l' }], paths });
  expect(valuesOf(argv, '-kernel')).toEqual([path]);
  expect(valuesOf(argv, '-initrd')).toEqual([path]);
  expect(valuesOf(argv, '-append')).toEqual(['quiet -device evil,x=y']);
  expect(jsonOf(argv, '-blockdev').map((node) => node['file'])).toEqual([
    expect.objectContaining({ driver: 'file', filename: path }),
    expect.objectContaining({ driver: 'file', filename: path }),
  ]);
  // In QEMU's own syntax an odd number of commas would begin an option.
  for (const value of valuesOf(argv, '-chardev')) {
    const options = value
      .replaceAll(',,', '\u0000')
      .split(',')
      .map((option) => option.split('=')[0]);
    expect(new Set(options).size).toBe(options.length);
    expect(options).toEqual(
      options[0] === 'pipe' ? ['pipe', 'id', 'path'] : ['socket', 'id', 'path', 'server', 'wait'],
    );
  }
  // Nothing became an option of its own.
  const plain = buildArguments(
    input(
      { kernel: '/k', initrd: '/i', cmdline: 'c', cdrom: '/c' },
      { layers: [layer('l', { file: '/l', external: true, format: 'raw' })], disks: [{ id: 'disk0', layerId: 'l' }] },
    ),
  );
  expect(argv.length).toBe(plain.length);
  expect(argv.filter((_, index) => index % 2 === 1)).toHaveLength(plain.filter((_, index) => index % 2 === 1).length);
});

test('port forwards in both forms', () => {
  const forwards = [
    { hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80, protocol: 'tcp' as const },
    { hostAddress: '0.0.0.0', hostPort: 5353, guestPort: 53, protocol: 'udp' as const },
  ];
  const base = input({}, { forwards });
  expect(jsonOf(buildArguments(base), '-netdev')).toEqual([
    { type: 'user', id: 'net0', hostfwd: [{ str: 'tcp:127.0.0.1:8080-:80' }, { str: 'udp:0.0.0.0:5353-:53' }] },
  ]);
  const old = buildArguments({ ...base, facts: { ...base.facts, jsonNetdev: false } });
  expect(valuesOf(old, '-netdev')).toEqual([
    'user,id=net0,hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=udp:0.0.0.0:5353-:53',
  ]);
});

test('the boot order gives boot indexes, and the network boots only when asked', () => {
  const layers = [layer('a'), layer('b', { diskId: 'disk1' })];
  const disks = [
    { id: 'disk0', layerId: 'a' },
    { id: 'disk1', layerId: 'b' },
  ];
  const of = (settings: Record<string, unknown>) =>
    Object.fromEntries(
      jsonOf(buildArguments(input({ cdrom: '/iso', ...settings }, { layers, disks })), '-device')
        .filter((device) => 'bootindex' in device)
        .map((device) => [device['id'], device['bootindex']]),
    );
  expect(of({})).toEqual({ disk0: 1, disk1: 2, cd0: 17 });
  expect(of({ bootOrder: ['cdrom', 'disk'] })).toEqual({ cd0: 1, disk0: 17, disk1: 18 });
  expect(of({ bootOrder: ['network'] })).toEqual({ nic0: 1 });
});

test('a display has a socket in the runtime directory and a pointer', () => {
  const base = input({ display: 'vnc' });
  const argv = buildArguments(base);
  expect(valuesOf(argv, '-display')).toEqual([`vnc=unix:${base.paths.runtime}/vnc`]);
  expect(jsonOf(argv, '-device').map((device) => device['driver'])).toContain('usb-tablet');
});

test('microvm has no PCI and no hotplug', () => {
  const argv = buildArguments(input({ machine: 'microvm' }));
  expect(jsonOf(argv, '-device').every((device) => !String(device['driver']).endsWith('-pci'))).toBe(true);
  expect(valuesOf(argv, '-smp')).toEqual(['cpus=2,maxcpus=2,sockets=1,cores=2,threads=1']);
});

test('UEFI: code that is only read, and variables of its own, both as names without meaning', () => {
  const base = input();
  const argv = buildArguments({
    ...base,
    facts: { ...base.facts, firmware: { code: '/f/a,b.fd', variables: '/f/v' } },
  });
  expect(valuesOf(argv, '-machine')).toEqual(['type=pc-q35-7.2,pflash0=firmware,pflash1=nvram']);
  expect(jsonOf(argv, '-blockdev')).toMatchObject([
    { 'node-name': 'firmware', 'read-only': true, file: { filename: '/f/a,b.fd' } },
    { 'node-name': 'nvram', 'read-only': false, file: { filename: base.paths.nvram } },
  ]);
});
