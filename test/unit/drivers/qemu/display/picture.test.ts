import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPpm, shrink, writePng } from '../../../../../drivers/qemu/display/picture.ts';

const ppm = (head: string, pixels: number[]) => Buffer.concat([Buffer.from(head), Buffer.from(pixels)]);
const grey = (...values: number[]) => values.flatMap((value) => [value, value, value]);

test.each([
  ['a picture', ppm('P6\n2 1\n255\n', grey(1, 2)), { width: 2, height: 1 }],
  ['one with its pixels cut off', ppm('P6\n2 2\n255\n', grey(1, 2)), null],
  ['another format', ppm('P5\n2 1\n255\n', grey(1, 2)), null],
  ['an absurd size', ppm('P6\n99999 99999\n255\n', []), null],
  ['nothing', Buffer.alloc(0), null],
])('reads %s', (_name, bytes, expected) => {
  const picture = readPpm(bytes);
  expect(picture === null ? null : { width: picture.width, height: picture.height }).toEqual(expected);
});

test('shrinks to means, and leaves what is small enough', () => {
  const picture = { width: 4, height: 2, pixels: Buffer.from(grey(0, 10, 100, 100, 20, 30, 200, 200)) };
  expect(shrink(picture, 4)).toBe(picture);
  expect(shrink(picture, 2)).toEqual({ width: 2, height: 1, pixels: Buffer.from(grey(15, 150)) });
});

test('writes a PNG whose rows come back', () => {
  const pixels = Buffer.from([...grey(5, 6), ...grey(7, 5)]);
  const png = writePng({ width: 2, height: 2, pixels });
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  // Filter 2: each byte less the one above it.
  expect([...rows]).toEqual([2, ...grey(5, 6), 2, ...grey(2, 255)]);
  // The check sum of an empty IEND is the same in every PNG.
  expect(png.subarray(-4).toString('hex')).toBe('ae426082');
});
