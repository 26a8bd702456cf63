import { useHost } from '../../client/window-context.ts';
import { StateBadge } from '../../ui/state-badge.tsx';

/** The page of one workload. */
export function WorkloadPage({ id }: { id: string }) {
  const workload = useHost((state) => state.workloads[id]);
  if (!workload) return null;
  return (
    <section>
      <h1>{workload.spec.name}</h1>
      <StateBadge phase={workload.observation.phase} reason={workload.observation.reason} />
    </section>
  );
}
