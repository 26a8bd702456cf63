import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { startVitest } from 'vitest/node';
import { collect } from './collect.ts';
import type { RunOutcome } from './outcome.ts';
import { hasFailed, reportLines } from './report.ts';

/** `npm test [-- PROJECT...] [FILE FILTER...]`: all tests, the fast ones first, then one page of what they showed. */
const projects = ['unit', 'integration', 'e2e'];
const root = resolve(import.meta.dirname, '../..');
const words = process.argv.slice(2);
const asked = words.filter((word) => projects.includes(word));
const filters = words.filter((word) => !projects.includes(word));
const wanted = projects.filter((project) => asked.length === 0 || asked.includes(project));

const ensure = join(root, 'scripts/setup/ensure.ts');
if (wanted.some((project) => project !== 'unit') && existsSync(ensure)) {
  // What can't be installed is told by the tests that need it.
  spawnSync(process.execPath, [ensure], { cwd: root, stdio: 'inherit' });
}

// Each command line and host that a test starts would compile the same sources again: most of a short command's time.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), `novacron-test-cache-${userInfo().uid}`, 'code');

const run: RunOutcome = { tests: [], breakages: [] };
for (const project of wanted) {
  const vitest = await startVitest(filters, {
    root,
    project: [project],
    run: true,
    watch: false,
    passWithNoTests: true,
    reporters: ['default', collect(run)],
  });
  await vitest.close();
}
console.log(reportLines(run).join('\n'));
// A test that left a timer or a socket behind must not keep this process.
process.exit(hasFailed(run) ? 1 : 0);
