import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { qemuSettingsSchema } from '../../../../../drivers/qemu/settings.ts';
import { catalogueEntrySchema } from '../../../../../electron/bridge/schemas.ts';
import { openCatalogue } from '../../../../../electron/host/catalogue/open-catalogue.ts';
import { imageServer } from '../../../../support/http/image-server.ts';
import { recordingContext } from '../../../../support/operation.ts';

const resourcesDirectory = join(import.meta.dirname, '../../../../../resources');
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'novacron-catalogue-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('the shipped catalogue', () => {
  test('every entry is valid, the demo first, all from https', async () => {
    const catalogue = openCatalogue({ resourcesDirectory, cacheDirectory: directory, env: process.env });
    const entries = await catalogue.list();
    expect(entries[0]?.id).toBe('demo');
    for (const entry of entries) expect(catalogueEntrySchema.safeParse(entry).error).toBeUndefined();
    expect(entries.every((entry) => !entry.ready)).toBe(true);
    expect(await readFile(join(resourcesDirectory, 'catalogue.json'), 'utf8')).not.toContain('http:');
  });

  test('without apt the demo says why it is not there', async () => {
    const catalogue = openCatalogue({ resourcesDirectory, cacheDirectory: directory, env: { PATH: directory } });
    expect((await catalogue.list())[0]?.unavailable).toMatch(/catalogue image/);
    await expect(catalogue.prepare(recordingContext(), 'demo')).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('an unknown id is told with those that exist', async () => {
    const catalogue = openCatalogue({ resourcesDirectory, cacheDirectory: directory, env: {} });
    await expect(catalogue.prepare(recordingContext(), 'nope')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('debian-12'),
    });
  });

  test('a kernel and BusyBox that are given make a demo guest without apt', async () => {
    await writeFile(join(directory, 'kernel'), 'kernel');
    await writeFile(join(directory, 'busybox'), 'busybox');
    const env = {
      NOVACRON_GUEST_KERNEL: join(directory, 'kernel'),
      NOVACRON_GUEST_BUSYBOX: join(directory, 'busybox'),
    };
    const catalogue = openCatalogue({ resourcesDirectory, cacheDirectory: directory, env });
    const [first, second] = await Promise.all([
      catalogue.prepare(recordingContext(), 'demo'),
      catalogue.prepare(recordingContext(), 'demo'),
    ]);
    expect(second).toEqual(first);
    expect(qemuSettingsSchema.safeParse(first.settings).error).toBeUndefined();
    expect((await catalogue.list())[0]?.ready).toBe(true);
  });
});

describe('an image', () => {
  test('is downloaded with the publisher’s checksum, once', async () => {
    const body = randomBytes(5000);
    const sums = `${createHash('sha512').update(body).digest('hex')}  image.img\n`;
    const server = await imageServer([(request, response) => response.end(request.url === '/SUMS' ? sums : body)]);
    const image = {
      id: 'small',
      name: 'Small',
      kind: 'disk',
      format: 'qcow2',
      url: server.url,
      checksumsUrl: server.url.replace('image.img', 'SUMS'),
      sizeBytes: null,
      login: null,
      diskBytes: 1024 ** 3,
      resources: {},
    };
    const resources = join(directory, 'resources');
    await mkdir(resources);
    await writeFile(join(resources, 'catalogue.json'), JSON.stringify([image]));
    const catalogue = openCatalogue({
      resourcesDirectory: resources,
      cacheDirectory: join(directory, 'cache'),
      env: {},
      policy: { protocols: ['http:'], allowsAddress: () => true, stallMs: 20_000, retries: 0 },
    });
    try {
      const both = await Promise.all([
        catalogue.prepare(recordingContext(), 'small'),
        catalogue.prepare(recordingContext(), 'small'),
      ]);
      expect(both[0]).toEqual(both[1]);
      const settings = qemuSettingsSchema.parse(both[0]?.settings);
      expect(body.equals(await readFile(settings.disks[0]?.image ?? ''))).toBe(true);
      expect(server.requests.map((request) => request.url)).toEqual(['/SUMS', '/image.img']);
    } finally {
      await server.close();
    }
  });
});
