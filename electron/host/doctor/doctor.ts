import { lstatSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Driver } from '../../../drivers/driver.ts';
import { GiB, MiB } from '../../../drivers/spec.ts';
import type { DoctorCheck } from '../../bridge/contract.ts';
import type { HostContext } from '../context.ts';
import { engineFacts } from './engine-facts.ts';

/** Checks of this machine, each with its fix. */
export type Doctor = {
  /** Runs all checks. Never throws: a check that fails is `unknown` with the reason. */
  run(): Promise<DoctorCheck[]>;
};

type Finding = Omit<DoctorCheck, 'muted'>;

/** Free space below which a machine's disks or a snapshot soon fail. */
const littleSpaceBytes = 5 * GiB;
const noSpaceBytes = 500 * MiB;

/** The doctor of one host. */
export function createDoctor(host: HostContext): Doctor {
  return {
    async run() {
      await host.drivers.probeAgain();
      const findings = [
        ...host.drivers.all.flatMap((driver) => driverFindings(host, driver)),
        await spaceFinding('data', 'Space for machines and snapshots', host.directories.data),
        await spaceFinding('cache', 'Space for downloads', host.directories.cache),
        runtimeFinding(host.directories.runtime),
        inventoryFinding(host),
        attentionFinding(host),
      ];
      const muted = new Set(host.settings.get().mutedChecks);
      return findings.map((finding) => ({ ...finding, muted: muted.has(finding.id) }));
    },
  };
}

/** Capabilities that are a matter of choice: a machine without them is in good order. */
const choices: ReadonlySet<string> = new Set(['services']);

function driverFindings(host: HostContext, driver: Driver): Finding[] {
  const probe = host.drivers.probed(driver.name);
  const id = `driver.${driver.name}`;
  if (!probe) {
    return [{ id, title: driver.name, status: 'unknown', detail: 'Its probe has not answered yet.', fixes: [] }];
  }
  const status = { healthy: 'ok', unhealthy: 'problem', undetected: 'warning' } as const;
  const main: Finding = {
    id,
    title: driver.name,
    // Well, but something could be better: hardware acceleration that is there and does not work.
    status: probe.health === 'healthy' && probe.fixes.length > 0 ? 'warning' : status[probe.health],
    detail: [
      probe.version && !probe.summary.includes(probe.version)
        ? `${probe.summary} (version ${probe.version})`
        : probe.summary,
      engineFacts(probe.attributes),
    ]
      .filter((text) => text !== '')
      .join('. '),
    fixes: probe.fixes,
  };
  const engines = (probe.endpoints ?? []).map(
    (endpoint): Finding => ({
      id: `${id}.endpoint.${endpoint.name}`,
      title: `${driver.name}: endpoint ${endpoint.name}`,
      status: status[endpoint.health],
      detail: [endpoint.summary, engineFacts(endpoint.attributes)].filter((text) => text !== '').join('. '),
      fixes: [],
    }),
  );
  // With several engines the first one is told by its own line: the whole says only how many there are.
  const shown: Finding =
    engines.length > 1 && main.status === 'ok' ? { ...main, detail: enginesText(probe.endpoints ?? []) } : main;
  if (probe.health !== 'healthy') {
    return [main, ...engines];
  }
  const features = Object.entries(probe.capabilities)
    // Without a fix there is nothing that the user could do about it.
    .filter(([name, capability]) => !choices.has(name) && !capability.available && (capability.fixes?.length ?? 0) > 0)
    .map(
      ([name, capability]): Finding => ({
        id: `${id}.${name}`,
        title: `${driver.name}: ${name}`,
        status: 'warning',
        detail: capability.reason ?? 'Not available here.',
        fixes: capability.fixes ?? [],
      }),
    );
  return [shown, ...engines, ...features];
}

function enginesText(endpoints: readonly { health: string }[]): string {
  const well = endpoints.filter((one) => one.health === 'healthy').length;
  return `${well} of ${endpoints.length} engines answer.`;
}

async function spaceFinding(id: string, title: string, path: string): Promise<Finding> {
  try {
    const stats = await statfs(path);
    const free = stats.bavail * stats.bsize;
    const status = free < noSpaceBytes ? 'problem' : free < littleSpaceBytes ? 'warning' : 'ok';
    return {
      id: `space.${id}`,
      title,
      status,
      detail: `${(free / GiB).toFixed(1)} GiB are free under ${path}.`,
      fixes:
        status === 'ok' ? [] : [{ text: 'Remove snapshots, machines in the trash or other files from that disk.' }],
    };
  } catch (error) {
    const detail = `${path} can't be looked at: ${error instanceof Error ? error.message : String(error)}`;
    return { id: `space.${id}`, title, status: 'unknown', detail, fixes: [] };
  }
}

function runtimeFinding(path: string): Finding {
  const base = { id: 'runtime', title: 'Directory for sockets' };
  try {
    const stats = lstatSync(path);
    const foreign = process.getuid !== undefined && stats.uid !== process.getuid();
    // The lower bits: what others than the owner may do.
    const open = (stats.mode & 0o077) !== 0;
    return {
      ...base,
      status: foreign || open ? 'problem' : 'ok',
      detail: foreign || open ? `Others can reach ${path}.` : `Only you can reach ${path}.`,
      fixes: foreign || open ? [{ text: 'Make it private.', command: `chmod 700 '${path}'` }] : [],
    };
  } catch (error) {
    const detail = `${path} can't be looked at: ${error instanceof Error ? error.message : String(error)}`;
    return { ...base, status: 'problem', detail, fixes: [{ text: 'Restart NovaCron: it is made anew.' }] };
  }
}

function inventoryFinding(host: HostContext): Finding {
  const base = { id: 'inventory', title: "NovaCron's inventory" };
  const readOnly = host.inventory.readOnly();
  if (readOnly !== null) {
    return {
      ...base,
      status: 'problem',
      detail: `It can't be written: ${readOnly} Workloads go on; changes are refused.`,
      fixes: [{ text: 'Free space on its disk, or make it writable. It is tried again every few seconds.' }],
    };
  }
  const { rebuilt } = host.inventory;
  if (rebuilt) {
    return {
      ...base,
      status: 'warning',
      detail: `${rebuilt.aside === null ? 'It was gone' : 'It was damaged'} and rebuilt from ${rebuilt.from === 'backup' ? 'its backup and ' : ''}what the engines know.${rebuilt.aside === null ? '' : ` The damaged file is ${rebuilt.aside}.`}`,
      fixes: [],
    };
  }
  return { ...base, status: 'ok', detail: 'It can be read and written.', fixes: [] };
}

function attentionFinding(host: HostContext): Finding {
  const lines = host.registry.all().flatMap(({ row }) => {
    const { phase, reason, attention } = row.observation;
    const bad = phase === 'crashed' || phase === 'lost' || phase === 'unknown';
    if (row.trashedUntilMs !== null || (attention === undefined && !bad)) return [];
    return [`${row.spec.name}: ${attention ?? `${phase}, ${reason}`.replace(/\.?$/, '.')}`];
  });
  return {
    id: 'attention',
    title: 'Workloads that need a look',
    status: lines.length > 0 ? 'warning' : 'ok',
    detail: lines.length > 0 ? lines.join(' ') : 'None.',
    fixes: [],
  };
}
