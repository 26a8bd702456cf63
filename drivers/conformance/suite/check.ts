import type { CapabilityName } from '../../driver.ts';
import type { Kit } from './kit.ts';

/** One thing that every driver must do. Throws when it does not. */
export type Check = {
  id: string;
  title: string;
  /** Not run where one of these is missing on this machine. */
  needs: CapabilityName[];
  /** Runs a guest with a shell on its console. */
  guest?: boolean;
  run(kit: Kit): Promise<void>;
};
