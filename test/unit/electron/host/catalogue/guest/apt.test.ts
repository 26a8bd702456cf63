import { describe, expect, test } from 'vitest';
import { parseDepends } from '../../../../../../electron/host/catalogue/guest/apt.ts';

describe('parseDepends', () => {
  test('names of all dependencies, alternatives too, without what is only suggested', () => {
    const output = [
      'linux-image-cloud-amd64',
      '  Depends: linux-image-6.1.0-56-cloud-amd64',
      ' |Depends: initramfs-tools',
      '  Depends: <linux-initramfs-tool>',
      '    dracut',
      '  Suggests: linux-doc-6.1',
    ].join('\n');
    expect(parseDepends(output)).toEqual([
      'linux-image-6.1.0-56-cloud-amd64',
      'initramfs-tools',
      '<linux-initramfs-tool>',
    ]);
  });
});
