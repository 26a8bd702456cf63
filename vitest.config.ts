import { defineConfig } from 'vitest/config';

/**
 * Tests of real engines may be tried three times: a machine with two cores can starve an emulated guest. The runner names
 * those that needed it.
 *
 * Unit tests need no engine and run in `npm run check`; the other projects run in `npm test` against real engines.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
          // Half of the time would go into loading the same modules again: unit tests leave nothing behind in them.
          pool: 'threads',
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          retry: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          retry: 2,
        },
      },
    ],
  },
});
