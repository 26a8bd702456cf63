import { expect, it } from 'vitest';
import { placeOf } from '../../../../electron/cli/place.ts';

it.each([
  ['one engine', [{ driver: 'docker' }, { driver: 'qemu' }], ['docker', 'qemu']],
  [
    'several',
    [{ driver: 'docker' }, { driver: 'docker', endpoint: 'far' }, { driver: 'qemu' }],
    ['docker:default', 'docker:far', 'qemu'],
  ],
])('says where each row lies: %s', (_title, all, wanted) => {
  expect(all.map(placeOf(all))).toEqual(wanted);
});
