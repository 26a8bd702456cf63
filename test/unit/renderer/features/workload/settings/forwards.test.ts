import { expect, test } from 'vitest';
import { readForwards, writeForwards } from '../../../../../../renderer/features/workload/settings/forwards.ts';

test.each([
  ['qemu', 'portForwards', 'guestPort'],
  ['docker', 'ports', 'containerPort'],
] as const)('forwards of %s are read and written back unchanged', (driver, list, inside) => {
  const settings = {
    other: 1,
    [list]: [
      { hostAddress: '0.0.0.0', hostPort: 8080, [inside]: 80, protocol: 'tcp' },
      { hostAddress: '127.0.0.1', hostPort: 0, [inside]: 53, protocol: 'udp' },
    ],
  };
  const read = readForwards(driver, settings);
  expect(read?.map((one) => one.guestPort)).toEqual([80, 53]);
  expect(writeForwards(driver, settings, read ?? [])).toEqual(settings);
});

test('a forward without a port inside waits; an empty port outside is a free one', () => {
  const written = writeForwards('qemu', {}, [
    { hostPort: null, guestPort: 22, protocol: 'tcp' },
    { hostPort: 1, guestPort: null, protocol: 'tcp' },
  ]);
  expect(written).toEqual({ portForwards: [{ hostPort: 0, guestPort: 22, protocol: 'tcp' }] });
});

test('a driver without forwards has none', () => {
  expect(readForwards('fake', { portForwards: [] })).toBeNull();
  expect(writeForwards('fake', { a: 1 }, [])).toEqual({ a: 1 });
});
