import { expect, test } from 'vitest';
import { qemuSettingsSchema, watchdogSchema } from '../../../../../drivers/qemu/settings.ts';
import {
  readWatchdog,
  watchdogActions,
  watchdogModels,
  writeWatchdog,
} from '../../../../../renderer/features/create/watchdog.ts';

test('what the form offers is what the driver takes', () => {
  expect(watchdogModels).toEqual(watchdogSchema.shape.model.unwrap().options);
  expect(watchdogActions).toEqual(watchdogSchema.shape.action.unwrap().options);
  expect(readWatchdog(qemuSettingsSchema.parse({ watchdog: {} }))).toEqual(watchdogSchema.parse({}));
});

test('a watchdog comes and goes in settings that keep the rest', () => {
  expect(readWatchdog({ machine: 'q35' })).toBeNull();
  const settings = writeWatchdog({ machine: 'q35' }, { model: 'ib700', action: 'pause' });
  expect(settings).toEqual({ machine: 'q35', watchdog: { model: 'ib700', action: 'pause' } });
  expect(readWatchdog(settings)).toEqual({ model: 'ib700', action: 'pause' });
  expect(writeWatchdog(settings, null)).toEqual({ machine: 'q35' });
});
