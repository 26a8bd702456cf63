import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../../../drivers/qemu');

test('fault 63: no migration goes through a command: under its sandbox that would kill QEMU', () => {
  const places: string[] = [];
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(root, file), 'utf8');
    expect(text, file).not.toMatch(/['"`]exec:/);
    for (const [, uri] of text.matchAll(/execute\('migrate(?:-incoming)?', \{ uri: (.)/g)) {
      places.push(`${file} ${uri}`);
    }
    // Wherever an address of a migration stands, it is written out here as a socket or a passed descriptor.
    for (const [, uri] of text.matchAll(/\buri: (['"`][^'"`]*)/g)) {
      expect(uri, file).toMatch(/^['"`](?:unix|fd):/);
    }
  }
  // Both directions were seen, so that the search is known to find them.
  expect(places.length).toBeGreaterThanOrEqual(2);
});
