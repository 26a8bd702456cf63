import { describe, expect, test } from 'vitest';
import { dependsOf, loadOrder, moduleOfFile } from '../../../../../../electron/host/catalogue/guest/modules.ts';

describe('moduleOfFile', () => {
  test.each([
    ['virtio-rng.ko', 'virtio_rng'],
    ['virtio_net.ko.xz', 'virtio_net'],
    ['a.ko.zst', 'a'],
    ['modules.order', null],
    ['a.ko.sig', null],
  ])('%s', (file, expected) => {
    expect(moduleOfFile(file)).toBe(expected);
  });
});

describe('dependsOf', () => {
  test.each([
    ['two', 'license=GPL\0depends=virtio,virtio-ring\0retpoline=Y\0', ['virtio', 'virtio_ring']],
    ['none', 'license=GPL\0depends=\0', []],
    ['no field', 'license=GPL\0softdepends=x\0', []],
  ])('%s', (_what, text, expected) => {
    expect(dependsOf(Buffer.from(`\u007fELF\0${text}`))).toEqual(expected);
  });
});

describe('loadOrder', () => {
  const graph: Record<string, string[]> = {
    virtio_net: ['net_failover', 'virtio'],
    net_failover: ['failover'],
    failover: [],
    virtio: ['virtio_ring'],
    virtio_ring: [],
    virtio_blk: ['virtio'],
  };

  test('each module comes after what it needs, once', () => {
    const order = loadOrder(['virtio-net', 'virtio_blk'], (name) => graph[name] ?? null);
    expect(order).toEqual(['failover', 'net_failover', 'virtio_ring', 'virtio', 'virtio_net', 'virtio_blk']);
  });

  test('a module that is built in is left out', () => {
    expect(loadOrder(['ext4', 'virtio'], (name) => graph[name] ?? null)).toEqual(['virtio_ring', 'virtio']);
  });

  test('a circle is an error and not a hang', () => {
    expect(() => loadOrder(['a'], (name) => (name === 'a' ? ['b'] : ['a']))).toThrow(/depend on each other/);
  });
});
