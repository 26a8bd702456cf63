import { deflateSync } from 'node:zlib';

/** Pixels of a picture, three bytes each (red, green, blue), rows from the top. */
export type Picture = { width: number; height: number; pixels: Buffer };

/** A guest chooses the size of its screen; more than this is no screen. */
const maxPixels = 64 * 1024 * 1024;

/** Reads a binary PPM (P6, ppm(5)), as QEMU writes it. Null when it is none. */
export function readPpm(bytes: Buffer): Picture | null {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64));
  if (head === null) {
    return null;
  }
  const [width, height] = [Number(head[1]), Number(head[2])];
  const pixels = bytes.subarray(head[0].length);
  return width === 0 || height === 0 || width * height > maxPixels || pixels.length < width * height * 3
    ? null
    : { width, height, pixels };
}

/** The picture at most `maxWidth` wide: each pixel is the mean of the square that it stands for. */
export function shrink(picture: Picture, maxWidth: number): Picture {
  const step = Math.ceil(picture.width / maxWidth);
  if (step <= 1) {
    return picture;
  }
  const width = Math.floor(picture.width / step);
  const height = Math.max(1, Math.floor(picture.height / step));
  const rows = Math.min(step, picture.height);
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let dy = 0; dy < rows; dy++) {
          const from = ((y * step + dy) * picture.width + x * step) * 3 + channel;
          for (let dx = 0; dx < step; dx++) {
            sum += picture.pixels[from + dx * 3] ?? 0;
          }
        }
        pixels[(y * width + x) * 3 + channel] = Math.round(sum / (rows * step));
      }
    }
  }
  return { width, height, pixels };
}

/** The table of the PNG specification, annex D. */
const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
  }
  return value;
});

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const crc = body.reduce((value, byte) => (value >>> 8) ^ (crcTable[(value ^ byte) & 0xff] ?? 0), 0xff_ff_ff_ff);
  const result = Buffer.alloc(body.length + 8);
  result.writeUInt32BE(data.length, 0);
  body.copy(result, 4);
  result.writeUInt32BE((crc ^ 0xff_ff_ff_ff) >>> 0, body.length + 4);
  return result;
}

/** The picture as PNG: eight bits, colour, each row filtered by the one above (filter 2), which suits screens. */
export function writePng({ width, height, pixels }: Picture): Buffer {
  const stride = width * 3;
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const at = y * (stride + 1);
    rows[at] = 2;
    for (let x = 0; x < stride; x++) {
      const above = y === 0 ? 0 : (pixels[(y - 1) * stride + x] ?? 0);
      rows[at + 1 + x] = (pixels[y * stride + x] ?? 0) - above;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
