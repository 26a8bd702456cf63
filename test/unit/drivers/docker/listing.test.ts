import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { expect, it } from 'vitest';
import { compareListings, type Listing, listArchive } from '../../../../drivers/docker/snapshots/listing.ts';

async function list(files: Record<string, string>, mtime = new Date(0)): Promise<Listing> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) {
    if (name.endsWith('/')) archive.entry({ name, type: 'directory', mtime });
    else archive.entry({ name, mtime }, text);
  }
  archive.finalize();
  const listing: Listing = new Map();
  await listArchive(Readable.from(archive), '', listing);
  return listing;
}

it('compares by what files hold: not by time, not by what the engine puts there', async () => {
  const from = await list({ 'd/': '', 'd/same': 'x', 'd/other': 'one', gone: 'g', 'etc/hosts': '1', 'proc/': '' });
  const to = await list(
    { 'd/': '', 'd/same': 'x', 'd/other': 'two', './new': 'four', 'etc/hosts': '2', '.dockerenv': '' },
    new Date(1_000_000),
  );
  expect(compareListings(from, to)).toEqual({
    files: [
      { path: '/d/other', change: 'changed', bytes: 3 },
      { path: '/gone', change: 'removed', bytes: 1 },
      { path: '/new', change: 'added', bytes: 4 },
    ],
    bytes: 7,
    truncated: false,
  });
});

it('says when there are more files than it lists', () => {
  const to: Listing = new Map();
  for (let index = 0; index < 1001; index += 1) to.set(`/f${index}`, { what: 'file', bytes: 1 });
  const found = compareListings(new Map(), to);
  expect([found.files.length, found.bytes, found.truncated]).toEqual([1000, 1001, true]);
});
