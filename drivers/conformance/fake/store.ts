import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NovaError } from '../../errors.ts';
import type { FakeRecord } from './record.ts';

/** The fake engine's own memory: one JSON file for each workload, outside of any host. */
export type FakeStore = {
  find(id: string): FakeRecord | null;
  /** Throws `not_found`. */
  get(id: string): FakeRecord;
  all(): FakeRecord[];
  /** Whole or not at all. Survives the end of the process, not of the machine. */
  put(record: FakeRecord): FakeRecord;
  /** Changes what is there. Throws `not_found`. */
  change(id: string, part: Partial<FakeRecord>): FakeRecord;
  /** Removes all files of it. Idempotent. */
  remove(id: string): void;
  /** Where the console of it is recorded. */
  logPath(id: string): string;
};

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Opens the store; what other processes wrote before is found. */
export function openFakeStore(root: string): FakeStore {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(root).filter((each) => each.endsWith('.new'))) {
    // A write that was cut off; what it replaces is still there.
    rmSync(join(root, name), { force: true });
  }
  const records = new Map<string, FakeRecord>();

  const path = (id: string, ending: string): string => {
    if (!idPattern.test(id)) {
      throw new NovaError('invalid_spec', `${JSON.stringify(id)} is not an id.`);
    }
    return join(root, `${id}.${ending}`);
  };
  const find = (id: string): FakeRecord | null => {
    const known = records.get(id);
    if (known !== undefined) {
      return known;
    }
    const file = path(id, 'json');
    if (!existsSync(file)) {
      return null;
    }
    const record: FakeRecord = JSON.parse(readFileSync(file, 'utf8'));
    records.set(id, record);
    return record;
  };
  const get = (id: string): FakeRecord => {
    const record = find(id);
    if (record === null) {
      throw new NovaError('not_found', `There is no fake workload with the id ${id}.`);
    }
    return record;
  };
  const put = (record: FakeRecord): FakeRecord => {
    const file = path(record.id, 'json');
    writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    records.set(record.id, record);
    return record;
  };

  return {
    find,
    get,
    put,
    all() {
      const names = readdirSync(root).filter((name) => name.endsWith('.json') && name !== 'images.json');
      return names.map((name) => get(name.slice(0, -'.json'.length)));
    },
    change(id, part) {
      return put({ ...get(id), ...part });
    },
    remove(id) {
      records.delete(id);
      for (const ending of ['json', 'json.new', 'log']) {
        rmSync(path(id, ending), { force: true });
      }
    },
    logPath(id) {
      return path(id, 'log');
    },
  };
}
