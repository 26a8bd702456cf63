import { expect, it, vi } from 'vitest';
import type { BridgeClient } from '../../../../electron/bridge/client.ts';
import type { InputOf, StateMessage } from '../../../../electron/bridge/contract.ts';
import { pumpState } from '../../../../renderer/store/pump.ts';
import { createHostStore } from '../../../../renderer/store/store.ts';

type Input = InputOf<'state.subscribe'>;

function clientOf(streams: ((input: Input) => AsyncIterable<StateMessage>)[]): {
  client: BridgeClient;
  asked: Input[];
} {
  const asked: Input[] = [];
  const client = {
    stream: (_method: string, input: Input) => {
      const make = streams[asked.length];
      asked.push(input);
      return make ? make(input) : never();
    },
    onConnection: () => () => undefined,
  };
  return { client: client as unknown as BridgeClient, asked };
}

const never = (): AsyncIterable<StateMessage> => ({
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
});

const delta = (seq: number): StateMessage => ({ type: 'delta', epoch: 'e', seq, changes: [] });

it('asks for the gap after a loss and goes on', async () => {
  const store = createHostStore();
  const { client, asked } = clientOf([
    async function* () {
      yield delta(1);
      yield delta(2);
      throw new Error('lost');
    },
    async function* () {
      yield delta(3);
      await new Promise(() => undefined);
    },
  ]);
  const life = new AbortController();
  void pumpState(client, store, life.signal);
  await vi.waitFor(() => expect(store.getState().seq).toBe(3), { timeout: 10_000 });
  expect(asked).toEqual([{}, { epoch: 'e', since: 2 }]);
  expect(store.getState()).toMatchObject({ connection: 'connected', lostAtMs: null });
  life.abort();
});

it('makes one change of a burst', async () => {
  const store = createHostStore();
  const changes = vi.fn();
  store.subscribe(changes);
  const { client } = clientOf([
    async function* () {
      for (let seq = 1; seq <= 500; seq++) yield delta(seq);
      await new Promise(() => undefined);
    },
  ]);
  const life = new AbortController();
  void pumpState(client, store, life.signal);
  await vi.waitFor(() => expect(store.getState().seq).toBe(500), { timeout: 10_000 });
  expect(changes.mock.calls.length).toBeLessThan(20);
  life.abort();
});
