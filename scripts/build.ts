import { join } from 'node:path';
import { buildAll } from './build/build.ts';

/** Entry point: `npm run build`. `--if-stale` does nothing when out/ is made from these sources. */
const built = await buildAll(join(import.meta.dirname, '..'), { force: !process.argv.includes('--if-stale') });
console.log(built ? 'Built into out/.' : 'out/ is up to date.');
