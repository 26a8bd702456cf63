import type { Target } from '../../../drivers/conformance/suite/target.ts';
import { dockerTarget } from './docker-target.ts';
import { fakeTarget } from './fake-target.ts';
import { qemuTarget } from './qemu-target.ts';

/** How to make the target of each driver that can be tested. */
export const targets: Record<string, () => Promise<Target>> = {
  fake: async () => fakeTarget(),
  qemu: qemuTarget,
  docker: dockerTarget,
};
