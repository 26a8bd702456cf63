import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openNotes } from '../../../../../drivers/docker/lifecycle/notes.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nova-notes-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('keeps notes for the next process, and nothing of those that are dropped', () => {
  const first = openNotes(root);
  first.add({ id: 'a1', name: 'web' });
  first.add({ id: 'b2', name: 'db' });
  first.drop('b2');
  first.drop('b2');
  const second = openNotes(root);
  expect(second.all()).toEqual([{ id: 'a1', name: 'web' }]);
  expect([second.has('a1'), second.has('b2')]).toEqual([true, false]);
  second.drop('a1');
  expect(readdirSync(root)).toEqual([]);
});

it('takes half a note for one', () => {
  writeFileSync(join(root, 'a1.undo'), '{"na');
  expect(openNotes(root).all()).toEqual([{ id: 'a1', name: 'a1' }]);
});
