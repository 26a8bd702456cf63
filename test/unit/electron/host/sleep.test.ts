import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestPlace, type TestPlace } from '../../../support/host/open-test-host.ts';

let place: TestPlace;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  place = createTestPlace();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await place.clean();
});

test.each([3_600_000, -3_600_000])(
  'fault 51: after the clock has jumped by %i ms all is looked at again, and nothing is taken for crashed',
  async (jumpMs) => {
    const { make, fake, get, until } = await place.open();
    await make('awake', { start: true });
    await make('ended', { start: true });
    const look = fake.inspect.bind(fake);
    const looks = vi
      .spyOn(fake, 'inspect')
      .mockImplementation(async (ref) =>
        ref.name === 'ended' ? { phase: 'stopped', reason: 'Ended while nobody looked.' } : await look(ref),
      );
    const probes = vi.spyOn(fake, 'probe');
    // An ordinary turn of the clock asks nobody.
    vi.advanceTimersByTime(5000);
    expect(looks).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + jumpMs);
    vi.advanceTimersByTime(5000);
    await until('ended', ({ observation }) => observation.phase === 'stopped');
    expect(probes).toHaveBeenCalled();
    expect((await get('awake')).observation.phase).toBe('running');
  },
);
