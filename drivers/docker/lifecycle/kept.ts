import type { KeptGroup } from '../../driver.ts';
import type { DockerEnvironment } from '../environment.ts';
import { dropAside, inspectOrNull } from './aside.ts';
import { dockerHandle } from './handle.ts';
import { settle } from './settle.ts';
import { revertContainer } from './swap.ts';

/** The container from before the last change that made it anew. */
export function createDockerKept(environment: DockerEnvironment): KeptGroup {
  const { records } = environment;
  return {
    async get(ref) {
      const { kept } = records.get(ref.id);
      // Somebody else may have removed it.
      if (kept === undefined || (await inspectOrNull(environment, ref.name, kept.containerId)) === null) return null;
      return { spec: { ...kept.spec, name: ref.name }, atMs: kept.atMs };
    },
    async revert(context, ref) {
      const { intent } = records.get(ref.id);
      await settle(environment, ref.id);
      const now = records.get(ref.id);
      // What an engine that hung had begun is this very thing: once more would take it back.
      if (intent?.kind === 'swap' && intent.existing && intent.back !== true && now.containerId === intent.to) {
        return { handle: dockerHandle(now.containerId), spec: now.spec ?? ref.spec };
      }
      context.log(`Stopping ${ref.name} and starting the container from before its last change`);
      const record = await revertContainer(environment, ref, context.signal);
      const handle = dockerHandle(record.containerId);
      context.saveHandle(handle);
      return { handle, spec: record.spec ?? ref.spec };
    },
    async drop(context, ref) {
      await settle(environment, ref.id);
      const { kept } = records.get(ref.id);
      if (kept === undefined) return;
      context.log(`DELETE /containers/${kept.containerId.slice(0, 12)}`);
      await dropAside(environment, ref.id, kept);
      records.change(ref.id, ({ kept: _gone, ...record }) => record);
    },
  };
}
