import { createHash } from 'node:crypto';
import { agentChardev, agentPort } from '../agent/link.ts';
import type { QemuSettings } from '../settings.ts';
import { fileNode, layerNode } from './block.ts';
import type { PlanInput } from './input.ts';

/** Free slots for devices that are plugged in while the machine runs. */
const spareRootPorts = 2;

/** The bus family of a machine type: PCI Express with hotplug ports, plain PCI, or none (virtio-mmio). */
export function busOf(machine: string): 'pcie' | 'pci' | 'mmio' {
  if (machine === 'microvm') {
    return 'mmio';
  }
  return machine.includes('q35') || machine.startsWith('virt') ? 'pcie' : 'pci';
}

/** A stable MAC address in QEMU's range (52:54:00) from the machine's uuid. */
export function macAddress(uuid: string): string {
  const hash = createHash('sha256').update(uuid).digest('hex');
  return `52:54:00:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}`;
}

const json = (option: string, value: unknown): string[] => [option, JSON.stringify(value)];

/** 1 is the first: QEMU gives 0 to a kernel that is loaded directly. Undefined: never booted from. */
function bootIndex(order: QemuSettings['bootOrder'], source: 'disk' | 'cdrom' | 'network'): number | undefined {
  const at = order.indexOf(source);
  return at === -1 ? undefined : at * 16 + 1;
}

function disks(input: PlanInput, suffix: string): string[] {
  const first = bootIndex(input.settings.bootOrder, 'disk');
  return input.disks.flatMap((disk, index) => {
    const node = layerNode(
      input.layers,
      disk.layerId,
      (layer) => input.pathOf(layer),
      input.settings.disks[index]?.readOnly ?? false,
    );
    return [
      ...json('-blockdev', node),
      ...json('-device', {
        driver: `virtio-blk${suffix}`,
        id: disk.id,
        drive: node['node-name'],
        serial: disk.id,
        ...(first === undefined ? {} : { bootindex: first + index }),
      }),
    ];
  });
}

function cdrom(input: PlanInput, suffix: string): string[] {
  const { cdrom: path, bootOrder, arch } = input.settings;
  if (path === undefined) {
    return [];
  }
  const bootindex = bootIndex(bootOrder, 'cdrom');
  const common = { id: 'cd0', drive: 'cdrom', ...(bootindex === undefined ? {} : { bootindex }) };
  const node = { driver: 'raw', 'node-name': 'cdrom', 'read-only': true, file: fileNode(path, true) };
  // SeaBIOS boots from IDE; Arm machines have none.
  return arch === 'x86_64' && suffix === '-pci'
    ? [...json('-blockdev', node), ...json('-device', { driver: 'ide-cd', ...common })]
    : [
        ...json('-blockdev', node),
        ...json('-device', { driver: `virtio-scsi${suffix}`, id: 'scsi0' }),
        ...json('-device', { driver: 'scsi-cd', bus: 'scsi0.0', ...common }),
      ];
}

function network(input: PlanInput, suffix: string): string[] {
  if (input.settings.network === 'none') {
    return [];
  }
  const rules = input.forwards.map(
    (rule) => `${rule.protocol}:${rule.hostAddress}:${rule.hostPort}-:${rule.guestPort}`,
  );
  const bootindex = bootIndex(input.settings.bootOrder, 'network');
  // The boot ROM costs start time and serves only a boot from the network.
  const rom = suffix === '-pci' ? { romfile: '' } : {};
  const netdev = input.facts.jsonNetdev
    ? json('-netdev', { type: 'user', id: 'net0', hostfwd: rules.map((str) => ({ str })) })
    : // The parts are checked addresses and numbers: no comma can be in them.
      ['-netdev', ['user,id=net0', ...rules.map((rule) => `hostfwd=${rule}`)].join(',')];
  return [
    ...netdev,
    ...json('-device', {
      driver: `virtio-net${suffix}`,
      id: 'nic0',
      netdev: 'net0',
      mac: macAddress(input.uuid),
      ...(bootindex === undefined ? rom : { bootindex }),
    }),
  ];
}

function display(input: PlanInput, bus: 'pcie' | 'pci' | 'mmio'): string[] {
  if (input.settings.display === 'none' || bus === 'mmio') {
    return [];
  }
  return [
    ...json('-device', { driver: input.settings.arch === 'x86_64' ? 'VGA' : 'virtio-gpu-pci', id: 'video0' }),
    ...json('-device', { driver: 'qemu-xhci', id: 'usb0' }),
    ...json('-device', { driver: 'usb-tablet', id: 'tablet0', bus: 'usb0.0' }),
    ...(input.settings.arch === 'x86_64' ? [] : json('-device', { driver: 'usb-kbd', id: 'keyboard0', bus: 'usb0.0' })),
  ];
}

function agent(input: PlanInput, suffix: string): string[] {
  return input.settings.guestAgent
    ? [
        ...json('-device', { driver: `virtio-serial${suffix}`, id: 'vserial0' }),
        ...json('-device', {
          driver: 'virtserialport',
          id: 'agentport0',
          bus: 'vserial0.0',
          chardev: agentChardev,
          name: agentPort,
        }),
      ]
    : [];
}

/** The id of a machine's watchdog. */
export const watchdogId = 'watchdog0';

function watchdog({ settings }: PlanInput): string[] {
  return settings.watchdog === undefined ? [] : json('-device', { driver: settings.watchdog.model, id: watchdogId });
}

/** Everything that the guest sees beyond CPU and memory, in a fixed order so that addresses on the bus stay the same. */
export function deviceArguments(input: PlanInput): string[] {
  const bus = busOf(input.settings.machine);
  const suffix = bus === 'mmio' ? '-device' : '-pci';
  const rootPorts =
    bus === 'pcie'
      ? Array.from({ length: spareRootPorts }, (_, index) =>
          json('-device', { driver: 'pcie-root-port', id: `port${index}`, chassis: index + 1, slot: index + 1 }),
        ).flat()
      : [];
  return [
    ...rootPorts,
    ...disks(input, suffix),
    ...cdrom(input, suffix),
    ...network(input, suffix),
    // A guest that was asked for too much takes back what it needs instead of killing its programs.
    ...json('-device', { driver: `virtio-balloon${suffix}`, id: 'balloon0', 'deflate-on-oom': true }),
    ...json('-object', { 'qom-type': 'rng-builtin', id: 'rng0' }),
    ...json('-device', { driver: `virtio-rng${suffix}`, id: 'rngdev0', rng: 'rng0' }),
    ...(input.settings.arch === 'x86_64' && bus !== 'mmio' ? json('-device', { driver: 'pvpanic', id: 'panic0' }) : []),
    ...display(input, bus),
    // Last: the others keep their addresses.
    ...agent(input, suffix),
    ...watchdog(input),
  ];
}
