import { join } from 'node:path';
import { runDesktop } from './desktop/run.ts';

/** Entry point: the desktop application. Lifecycle and windows are in `desktop/`, everything else in the host. */
const here = import.meta.dirname;
// Not awaited: Electron becomes ready only after this module has been evaluated.
void runDesktop({
  preload: join(here, 'preload.cjs'),
  pageDirectory: join(here, 'renderer'),
  iconDirectory: join(here, '..', 'resources', 'icons'),
  env: process.env,
});
