import { describe, expect, test } from 'vitest';
import { type HostInfo, type Job, type StateMessage, settingsSchema } from '../../../../../electron/bridge/contract.ts';
import { createStateStore, type StateStore } from '../../../../../electron/host/state/state-store.ts';

const host: HostInfo = {
  id: 'local',
  version: '0',
  platform: 'linux',
  dataDirectory: '/d',
  cpus: 1,
  memoryBytes: 1,
  freeMemoryBytes: 1,
  startedAtMs: 0,
  readOnly: null,
};

function job(id: string, message = ''): Job {
  return {
    id,
    verb: 'start',
    workloadId: null,
    subject: 's',
    state: 'running',
    fraction: null,
    message,
    createdAtMs: 0,
    startedAtMs: null,
    endedAtMs: null,
    error: null,
    log: [],
    result: null,
  };
}

const open = (kept?: number) => createStateStore({ host, settings: settingsSchema.parse({}) }, kept);
const put = (store: StateStore, id: string, message?: string) =>
  store.apply({ collection: 'jobs', key: id, value: job(id, message) });

function reader(store: StateStore, options: { epoch?: string; since?: number } = {}) {
  const stop = new AbortController();
  const iterator = store.subscribe(options, stop.signal)[Symbol.asyncIterator]();
  return {
    async next(): Promise<StateMessage> {
      const result = await iterator.next();
      if (result.done) {
        throw new Error('the stream ended');
      }
      return result.value;
    },
    stop: () => stop.abort(),
  };
}

describe('state store', () => {
  test('a snapshot, then numbered deltas; changes of one moment travel together, the last of a record counts', async () => {
    const store = open();
    put(store, 'a', 'first');
    const client = reader(store);
    const first = await client.next();
    expect(first).toMatchObject({ type: 'snapshot', seq: 1, state: { jobs: [{ id: 'a' }] } });
    put(store, 'a', 'second');
    put(store, 'b');
    put(store, 'a', 'third');
    const second = await client.next();
    expect(second).toMatchObject({
      type: 'delta',
      seq: 2,
      changes: [{ key: 'b' }, { key: 'a', value: { message: 'third' } }],
    });
    client.stop();
    store.close();
  });

  test('a removed record is told as null and is gone from the snapshot', async () => {
    const store = open();
    put(store, 'a');
    const client = reader(store);
    await client.next();
    store.apply({ collection: 'jobs', key: 'a', value: null });
    expect(await client.next()).toMatchObject({ changes: [{ collection: 'jobs', key: 'a', value: null }] });
    expect(store.state().jobs).toEqual([]);
    client.stop();
  });

  test('a client that comes back gets only the gap', async () => {
    const store = open();
    const client = reader(store);
    const { epoch, seq } = await client.next();
    client.stop();
    put(store, 'a');
    const other = reader(store);
    await other.next();
    put(store, 'b');
    await other.next();
    const back = reader(store, { epoch, since: seq });
    expect(await back.next()).toMatchObject({ type: 'delta', seq: seq + 1, changes: [{ key: 'a' }] });
    expect(await back.next()).toMatchObject({ type: 'delta', seq: seq + 2, changes: [{ key: 'b' }] });
    back.stop();
    other.stop();
  });

  test.each([
    ['another epoch', { epoch: 'other', since: 0 }],
    ['a number from the future', { since: 999 }],
  ])('%s gets a fresh snapshot', async (_, options) => {
    const store = open();
    const probe = reader(store);
    const { epoch } = await probe.next();
    probe.stop();
    const client = reader(store, { epoch, ...options });
    expect(await client.next()).toMatchObject({ type: 'snapshot' });
    client.stop();
  });

  test('a client whose gap is no longer kept gets a fresh snapshot, also one that is only slow', async () => {
    const store = open(2);
    const slow = reader(store);
    const { epoch, seq } = await slow.next();
    for (const id of ['a', 'b', 'c', 'd']) {
      put(store, id);
      const flusher = reader(store);
      await flusher.next();
      flusher.stop();
    }
    expect(await slow.next()).toMatchObject({ type: 'snapshot', seq: seq + 4 });
    const back = reader(store, { epoch, since: seq });
    expect(await back.next()).toMatchObject({ type: 'snapshot' });
    slow.stop();
    back.stop();
  });
});
