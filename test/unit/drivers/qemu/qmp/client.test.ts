import { afterEach, expect, test } from 'vitest';
import { connectQmp } from '../../../../../drivers/qemu/qmp/client.ts';
import type { QmpEvent } from '../../../../../drivers/qemu/qmp/types.ts';
import { createFakeMonitor, type FakeMonitor, greeting } from '../../../../support/qemu/fake-monitor.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) {
    await close();
  }
});

async function monitor(options: Parameters<typeof createFakeMonitor>[0]): Promise<FakeMonitor> {
  const fake = await createFakeMonitor(options);
  open.push(() => fake.close());
  return fake;
}

async function connect(fake: FakeMonitor, options: Parameters<typeof connectQmp>[1] = {}) {
  const client = await connectQmp(fake.path, options);
  open.push(() => client.close());
  return client;
}

const echo: NonNullable<Parameters<typeof createFakeMonitor>[0]['answer']> = (command, socket) => {
  socket.write(`${JSON.stringify({ return: { was: command.execute, with: command.arguments }, id: command.id })}\r\n`);
};

test('greets, negotiates, and pairs answers with commands by id', async () => {
  const held: string[] = [];
  const fake = await monitor({
    answer(command, socket) {
      held.push(`${JSON.stringify({ return: command.execute, id: command.id })}\r\n`);
      if (held.length === 2) {
        // The second answer first.
        socket.write(held.reverse().join(''));
      }
    },
  });
  const client = await connect(fake);
  expect(client.version).toBe('7.2.22');
  expect(await Promise.all([client.execute('one'), client.execute('two')])).toEqual(['one', 'two']);
});

test('passes arguments and maps error classes', async () => {
  const fake = await monitor({
    answer(command, socket) {
      const error = { class: String(command.arguments?.['class']), desc: 'because' };
      socket.write(`${JSON.stringify({ error, id: command.id })}\r\n`);
    },
  });
  const client = await connect(fake);
  for (const [errorClass, code] of [
    ['CommandNotFound', 'unsupported'],
    ['DeviceNotFound', 'not_found'],
    ['DeviceNotActive', 'wrong_state'],
    ['GenericError', 'internal'],
    ['NewClass', 'internal'],
  ]) {
    await expect(client.execute('do', { class: errorClass })).rejects.toMatchObject({
      code,
      details: { qmpClass: errorClass, command: 'do' },
    });
  }
});

test('fault 14: a monitor that serves someone else greets nobody and is told as busy', async () => {
  const fake = await monitor({ greet: false });
  await expect(connectQmp(fake.path, { greetingTimeoutMs: 50 })).rejects.toMatchObject({
    code: 'timeout',
    retryable: true,
    details: { stage: 'greeting' },
    message: expect.stringContaining('monitor is busy'),
  });
});

test('nothing listens: the stage is connect', async () => {
  await expect(connectQmp('/nonexistent/qmp')).rejects.toMatchObject({
    code: 'engine_unavailable',
    details: { stage: 'connect', errno: 'ENOENT' },
  });
});

test('negotiation that is refused by an end of the connection', async () => {
  const fake = await monitor({ negotiate: false, answer: (_command, socket) => socket.destroy() });
  await expect(connectQmp(fake.path)).rejects.toMatchObject({ details: { stage: 'negotiation' } });
});

test('fault 15: garbage ends the connection with a reason, and a new one works', async () => {
  let garbage = true;
  const fake = await monitor({
    answer(command, socket) {
      if (garbage) {
        garbage = false;
        socket.write('\u0000\u0001 not json\r\n');
      } else {
        echo(command, socket);
      }
    },
  });
  const client = await connect(fake);
  await expect(client.execute('query-status')).rejects.toMatchObject({ code: 'engine_unavailable', retryable: true });
  expect(await client.closed).toContain('no answer of a monitor');
  const again = await connect(fake);
  expect(await again.execute('query-status')).toMatchObject({ was: 'query-status' });
});

test('fault 15: a character that is split over two packets arrives whole', async () => {
  const fake = await monitor({
    answer(command, socket) {
      const bytes = Buffer.from(`${JSON.stringify({ return: 'Größe 漢字 😀', id: command.id })}\r\n`);
      let at = 0;
      const next = (): void => {
        if (at < bytes.length) {
          socket.write(bytes.subarray(at, at + 1));
          at += 1;
          setImmediate(next);
        }
      };
      next();
    },
  });
  const client = await connect(fake);
  expect(await client.execute('x')).toBe('Größe 漢字 😀');
});

test('fault 15: a line of 20 MB is cut off at the bound instead of being kept', async () => {
  const fake = await monitor({
    answer(_command, socket) {
      const block = Buffer.alloc(1024 * 1024, 0x61);
      const more = (left: number): void => {
        if (left > 0 && !socket.destroyed) {
          socket.write(block, () => more(left - 1));
        }
      };
      more(20);
    },
  });
  const client = await connect(fake);
  await expect(client.execute('query-status')).rejects.toMatchObject({ code: 'engine_unavailable' });
  expect(await client.closed).toContain('more than 8388608 bytes');
});

test('fault 16: unknown events pass, unknown ids are dropped, and an end in mid-answer rejects what waits', async () => {
  const fake = await monitor({
    answer(command, socket) {
      if (command.execute === 'first') {
        socket.write('{"event":"NEVER_HEARD_OF","data":{"a":1},"timestamp":{"seconds":1,"microseconds":500000}}\r\n');
        socket.write('{"return":{},"id":999}\r\n{"return":{}}\r\n');
        echo(command, socket);
      } else {
        socket.end('{"return": {"half');
      }
    },
  });
  const client = await connect(fake);
  const events: QmpEvent[] = [];
  client.onEvent((event) => events.push(event));
  await client.execute('first');
  expect(events).toEqual([{ event: 'NEVER_HEARD_OF', data: { a: 1 }, timestampMs: 1500 }]);
  await expect(client.execute('second')).rejects.toMatchObject({
    code: 'engine_unavailable',
    message: expect.stringContaining('"second"'),
  });
  await expect(client.execute('third')).rejects.toMatchObject({ code: 'engine_unavailable' });
});

test('a command without an answer ends at its limit, and a late answer harms nobody', async () => {
  const late: (() => void)[] = [];
  const fake = await monitor({
    answer(command, socket) {
      if (command.execute === 'slow') {
        late.push(() => echo(command, socket));
      } else {
        echo(command, socket);
      }
    },
  });
  const client = await connect(fake);
  await expect(client.execute('slow', undefined, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
  late[0]?.();
  expect(await client.execute('next')).toMatchObject({ was: 'next' });
});

test('cancel: before and during a command', async () => {
  const fake = await monitor({ answer: () => undefined });
  const client = await connect(fake);
  await expect(client.execute('x', undefined, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'cancelled',
  });
  const controller = new AbortController();
  const waiting = client.execute('x', undefined, { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
});

test('events reach every reader, waitFor takes the first match, and readers end with the connection', async () => {
  const fake = await monitor({ answer: echo });
  const client = await connect(fake);
  const read = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { event } of client.events()) {
      names.push(event);
    }
    return names;
  };
  const readers = [read(), read()];
  const wanted = client.waitFor(({ event }) => event === 'B', { timeoutMs: 5000 });
  for (const name of ['A', 'B', 'C']) {
    fake.socket().write(`{"event":"${name}","timestamp":{"seconds":1,"microseconds":0}}\r\n`);
  }
  expect((await wanted).event).toBe('B');
  await client.execute('sync');
  client.close();
  expect(await Promise.all(readers)).toEqual([
    ['A', 'B', 'C'],
    ['A', 'B', 'C'],
  ]);
  await expect(client.waitFor(() => true, { timeoutMs: 5000 })).rejects.toMatchObject({ code: 'engine_unavailable' });
  await expect(client.waitFor(() => true, { timeoutMs: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: expect.stringMatching(/cancelled|engine_unavailable/),
  });
});

test('a second greeting is against the protocol', async () => {
  const fake = await monitor({ answer: (_command, socket) => void socket.write(greeting) });
  const client = await connect(fake);
  await expect(client.execute('x')).rejects.toMatchObject({ code: 'engine_unavailable' });
});
