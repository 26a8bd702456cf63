import { describe, expect, it } from 'vitest';
import { specOf } from '../../../../electron/cli/commands/create.ts';
import { diffLines, treeLines } from '../../../../electron/cli/commands/snapshots.ts';
import { table } from '../../../../electron/cli/table.ts';
import { formatAge, formatBytes, parseMoment, parsePort, parseSize } from '../../../../electron/cli/units.ts';

const none = { disk: [], port: [], env: [], mount: [], label: [], set: [] };

describe('sizes', () => {
  it.each([
    ['512', 512 * 1024 ** 2],
    ['512M', 512 * 1024 ** 2],
    ['1.5g', 1.5 * 1024 ** 3],
    ['2GiB', 2 * 1024 ** 3],
    ['64 KB', 64 * 1024],
  ])('%s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));
  it.each(['', 'x', '-1', '1X', '1e3'])('refuses %s', (text) => expect(() => parseSize(text)).toThrow('512M'));
  it.each([
    [0, '0 B'],
    [1536, '1.5 KiB'],
    [128 * 1024 ** 2, '128 MiB'],
  ])('shows %i as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
  it.each([
    [5000, '5 s'],
    [125_000, '2 min'],
    [7_200_000, '2 h'],
    [200_000_000, '2 d'],
  ])('shows %i ms as %s', (ms, text) => expect(formatAge(ms)).toBe(text));
});

describe('moments', () => {
  const now = Date.parse('2026-01-31T08:00:00Z');
  it.each([
    ['90s', now - 90_000],
    ['1.5h', now - 5_400_000],
    ['3d', now - 259_200_000],
    ['2026-01-31T07:00:00Z', now - 3_600_000],
    ['1769846400', now],
  ])('%s', (text, ms) => expect(parseMoment(text, now)).toBe(ms));
  it.each(['', 'yesterday', '-5m', '5 m'])('refuses %j', (text) => expect(() => parseMoment(text, now)).toThrow('10m'));
});

describe('ports', () => {
  it.each([
    ['8080:80', { hostPort: 8080, guestPort: 80, protocol: 'tcp' }],
    ['127.0.0.1:0:53/udp', { hostAddress: '127.0.0.1', hostPort: 0, guestPort: 53, protocol: 'udp' }],
    ['[::1]:1:2', { hostAddress: '::1', hostPort: 1, guestPort: 2, protocol: 'tcp' }],
  ])('%s', (text, port) => expect(parsePort(text)).toEqual(port));
  it.each(['80', 'a:b', '1:2/sctp', '1:2:3:4'])('refuses %s', (text) => expect(() => parsePort(text)).toThrow());
});

describe('create', () => {
  it('makes a machine from a catalogue entry, a file or a disk', () => {
    expect(specOf('qemu', 'a', [], { ...none, image: 'demo' })).toMatchObject({
      catalogue: 'demo',
      spec: { name: 'a', driver: 'qemu' },
    });
    const file = specOf('qemu', 'a', [], { ...none, image: '/x/y.qcow2', disk: [5] });
    expect(file.catalogue).toBeUndefined();
    expect(file.spec.settings).toMatchObject({ disks: [{ image: '/x/y.qcow2' }, { sizeBytes: 5 }] });
  });

  it('makes a container', () => {
    const { spec } = specOf('docker', 'web', ['sh', '-c', 'x'], {
      ...none,
      image: 'busybox',
      env: ['A=b=c'],
      mount: ['data:/data', '/host:/h:ro'],
      port: [{ hostPort: 8080, guestPort: 80, protocol: 'tcp' }],
      label: ['team=web'],
      set: ['init=true'],
    });
    expect(spec).toMatchObject({
      labels: { team: 'web' },
      settings: {
        image: 'busybox',
        command: ['sh', '-c', 'x'],
        env: { A: 'b=c' },
        mounts: [
          { type: 'volume', source: 'data', target: '/data', readOnly: false },
          { type: 'bind', source: '/host', target: '/h', readOnly: true },
        ],
        ports: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
        init: true,
      },
    });
  });

  it('says how a pair is written', () => {
    expect(() => specOf('docker', 'web', [], { ...none, env: ['novalue'] })).toThrow('NAME=VALUE');
  });
});

describe('tables', () => {
  it('fault 60: aligns columns and shows control characters as such', () => {
    expect(
      table([
        ['A', 'B'],
        ['long\u001b[31m', 'x'],
      ]),
    ).toBe('A          B\nlong�[31m  x');
  });

  it.each([
    [{ fields: [] }, ['no difference']],
    [
      {
        fields: [
          { field: 'notes', to: 'a\u001b[2J' },
          { field: 'resources.vcpus', from: 1, to: 2 },
        ],
        bytes: 1024,
        files: [{ path: '/a\n', change: 'removed' as const }],
        truncated: true,
      },
      [
        'notes: (not set) → "a\\u001b[2J"',
        'resources.vcpus: 1 → 2',
        'up to 1 KiB written',
        '- /a�',
        '(more files than are listed)',
      ],
    ],
  ])('fault 60: a difference is told line by line: %j', (diff, lines) => {
    expect(diffLines(diff)).toEqual(lines);
  });

  it('draws the snapshot tree', () => {
    const snapshot = (id: string, parentId: string | null) => ({
      id,
      workloadId: 'w',
      name: id,
      notes: '',
      kind: 'disk' as const,
      parentId,
      createdAtMs: 0,
      sizeBytes: 0,
      memoryBytes: 0,
      automatic: false,
      spec: {} as never,
    });
    const rows = treeLines(
      { workloadId: 'w', snapshots: [snapshot('a', null), snapshot('b', 'a')], currentId: 'b' },
      0,
    );
    expect(rows.map((row) => row[0])).toEqual(['a', '  b ← you are here']);
  });
});
