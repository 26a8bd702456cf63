import { expect, it } from 'vitest';
import { amongNotices, openNotices } from '../../../../../drivers/docker/events/notices.ts';
import type { DriverEvent } from '../../../../../drivers/driver.ts';

const notice = { type: 'notice', id: null, level: 'warning', message: 'It hangs.' } as const;

it('tells notices also while the stream is silent, those of before too', async () => {
  const notices = openNotices();
  notices.tell(notice);
  const over = new AbortController();
  const silent = async function* (signal: AbortSignal): AsyncIterable<DriverEvent> {
    yield { type: 'resync' };
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  const seen: string[] = [];
  for await (const event of amongNotices(notices, silent, over.signal)) {
    seen.push(event.type);
    if (event.type === 'resync') notices.tell(notice);
    if (seen.length === 3) over.abort();
  }
  expect(seen).toEqual(['notice', 'resync', 'notice']);
});

it('fails as the stream does', async () => {
  const broken = async function* (): AsyncIterable<DriverEvent> {
    yield { type: 'resync' };
    throw new Error('broken');
  };
  const read = async (): Promise<void> => {
    for await (const _ of amongNotices(openNotices(), broken, new AbortController().signal));
  };
  await expect(read()).rejects.toThrow('broken');
});
