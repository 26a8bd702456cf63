import type { Foreign } from '../../driver.ts';
import type { MachineEnvironment } from '../machine/environment.ts';
import { commandLine } from '../machine/identity.ts';
import type { Tracker } from './tracker.ts';

/** All machines beneath our root, and processes that were started from it and have no files any more. The host knows which of them it has. */
export function discoverMachines(
  env: MachineEnvironment,
  tracker: Tracker,
  scan: () => Map<string, number>,
): Foreign[] {
  const uuids = new Set<string>();
  const machines = env.ids().flatMap((id): Foreign[] => {
    try {
      const machine = env.find(id);
      if (machine === null) {
        return [];
      }
      const { record } = machine;
      uuids.add(record.uuid);
      return [
        { engineId: id, name: record.spec.name, observation: tracker.observe(machine), ours: true, spec: record.spec },
      ];
    } catch {
      // A record that can't be read is told by recover() when the host knows the machine; nobody else can do anything.
      return [];
    }
  });
  const strays = [...scan()].flatMap(([uuid, pid]): Foreign[] => {
    const argv = commandLine(pid) ?? [];
    const file = argv[argv.indexOf('-pidfile') + 1] ?? '';
    return uuids.has(uuid) || !argv.includes('-pidfile') || !file.startsWith(`${env.root}/`)
      ? []
      : [
          {
            engineId: uuid,
            name: /guest=(.*)/.exec(argv[argv.indexOf('-name') + 1] ?? '')?.[1] ?? uuid,
            observation: {
              phase: 'running',
              reason: 'Runs without files.',
              pid,
              attention: `This QEMU (process ${pid}) was started by NovaCron, and its files are gone. End it by hand if it is not needed.`,
            },
            ours: true,
          },
        ];
  });
  return [...machines, ...strays];
}
