/** The label by which compose names a container's service. */
const serviceLabel = 'com.docker.compose.service';
/** The label in which compose writes what a service needs: `db:service_started:false,cache:service_healthy:true`. */
const needsLabel = 'com.docker.compose.depends_on';

/** The services that a workload needs, from its labels. */
function needsOf(labels: Readonly<Record<string, string>>): string[] {
  return (labels[needsLabel] ?? '')
    .split(',')
    .map((entry) => entry.split(':')[0] ?? '')
    .filter((name) => name !== '');
}

/**
 * Puts members into steps: each needs only members of earlier steps. Without compose labels all are in one step; those
 * that need each other in a circle come together in the last one. Pure.
 */
export function startSteps<T>(members: readonly T[], labelsOf: (member: T) => Readonly<Record<string, string>>): T[][] {
  const services = new Set(members.map((member) => labelsOf(member)[serviceLabel]));
  const steps: T[][] = [];
  const started = new Set<string>();
  let left = [...members];
  while (left.length > 0) {
    const ready = left.filter((member) =>
      needsOf(labelsOf(member)).every((name) => started.has(name) || !services.has(name)),
    );
    const step = ready.length === 0 ? left : ready;
    steps.push(step);
    left = left.filter((member) => !step.includes(member));
    for (const member of step) {
      // A service of several containers is there when the last of them is.
      const name = labelsOf(member)[serviceLabel];
      if (name !== undefined && !left.some((other) => labelsOf(other)[serviceLabel] === name)) {
        started.add(name);
      }
    }
  }
  return steps;
}
