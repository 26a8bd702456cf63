import { ensureCriu } from './criu.ts';
import { testNeeds } from './needs.ts';
import { ensureNeeds } from './system-packages.ts';

/** Entry point: installs what the tests need where it can, else prints the command. Never fails: tests without their engine are skipped with a reason. */
const install = !process.argv.includes('--no-install');
ensureNeeds(testNeeds, { install });
if (install) ensureCriu();
