import { describe, expect, test } from 'vitest';
import { findChecksum } from '../../../../../../electron/host/catalogue/download/checksums.ts';

const sha256 = 'a'.repeat(64);
const sha512 = 'B'.repeat(128);

describe('findChecksum', () => {
  test.each([
    ['GNU text mode', `${sha256}  image.img\n`, { algorithm: 'sha256', hex: sha256 }],
    ['GNU binary mode', `${sha256} *image.img\n`, { algorithm: 'sha256', hex: sha256 }],
    ['GNU with folder dot', `${sha256}  ./image.img\n`, { algorithm: 'sha256', hex: sha256 }],
    ['512 bits, upper case', `${sha512}  image.img\r\n`, { algorithm: 'sha512', hex: sha512.toLowerCase() }],
    [
      'BSD inside a signature',
      `-----BEGIN\nSHA256 (image.img) = ${sha256}\n-----END`,
      { algorithm: 'sha256', hex: sha256 },
    ],
    ['another file', `${sha256}  image.img.sig\n`, null],
    ['a name that ends alike', `${sha256}  other-image.img\n`, null],
    ['a length that fits nothing', `${'a'.repeat(40)}  image.img\n`, null],
    ['nothing', '', null],
  ])('%s', (_what, list, expected) => {
    expect(findChecksum(list, 'image.img')).toEqual(expected);
  });
});
