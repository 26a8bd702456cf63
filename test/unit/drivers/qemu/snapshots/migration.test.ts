import { expect, test } from 'vitest';
import { NovaError } from '../../../../../drivers/errors.ts';
import type { QmpClient } from '../../../../../drivers/qemu/qmp/types.ts';
import { prepareSave } from '../../../../../drivers/qemu/snapshots/migration.ts';

type Asked = { command: string; args: unknown };

/** A monitor that refuses what `refuses` says. */
function monitor(refuses: (args: string) => boolean): { client: QmpClient; asked: Asked[] } {
  const asked: Asked[] = [];
  const execute = async (command: string, args?: Record<string, unknown>): Promise<never> => {
    asked.push({ command, args });
    if (command === 'migrate-set-capabilities' && refuses(JSON.stringify(args))) {
      throw new NovaError('internal', 'Background-snapshot is not supported by host kernel');
    }
    return {} as never;
  };
  return { client: { execute } as unknown as QmpClient, asked };
}

const on = { capabilities: [{ capability: 'background-snapshot', state: true }] };
const off = { capabilities: [{ capability: 'background-snapshot', state: false }] };

test('faults 17-20: a background snapshot that the kernel refuses: the guest is to stand, and the reason is told', async () => {
  const { client, asked } = monitor((args) => args.includes('true'));
  expect(await prepareSave(client, 'background')).toEqual({
    background: false,
    reason: 'Background-snapshot is not supported by host kernel',
  });
  expect(asked.at(-1)).toEqual({ command: 'migrate-set-capabilities', args: on });
});

test('one that is granted is used, and a guest that stands anyway is saved without', async () => {
  const granted = monitor(() => false);
  expect(await prepareSave(granted.client, 'background')).toEqual({ background: true, reason: null });
  expect(await prepareSave(granted.client, 'standing')).toEqual({ background: false, reason: null });
  expect(granted.asked.at(-1)).toEqual({ command: 'migrate-set-capabilities', args: off });
});

test('a QEMU that does not know it saves a guest that stands', async () => {
  expect(await prepareSave(monitor(() => true).client, 'standing')).toEqual({ background: false, reason: null });
});
