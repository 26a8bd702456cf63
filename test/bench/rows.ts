import { benchCheckpoint } from './checkpoint.ts';
import { benchConsole } from './console.ts';
import { benchDocker } from './docker.ts';
import type { Line } from './figures.ts';
import { benchHost } from './host.ts';
import { benchList } from './list.ts';
import { benchPull } from './pull.ts';
import { benchRestore } from './restore.ts';
import { benchSilentEngine } from './silent-engine.ts';
import { benchSnapshot } from './snapshot.ts';
import { benchStart } from './start.ts';

/** All measurements by the name that the command line takes; each brings one line or more. */
export const rows: Readonly<Record<string, () => Promise<Line[]>>> = {
  start: benchStart,
  snapshot: benchSnapshot,
  restore: benchRestore,
  list: benchList,
  console: benchConsole,
  host: benchHost,
  docker: benchDocker,
  checkpoint: benchCheckpoint,
  pull: benchPull,
  silent: benchSilentEngine,
};
