import type { Row, Settings } from './settings.ts';

/** The folded parts of the form, in their order, with the settings that each holds. */
export const sections = {
  process: ['entrypoint', 'workingDirectory', 'user', 'hostname', 'stopSignal', 'tty', 'stdin', 'init'],
  network: ['network', 'aliases', 'networks'],
  limits: ['cpuShares', 'cpuset', 'memorySwapBytes', 'memoryReservationBytes', 'pidsLimit', 'blkioWeight', 'ulimits'],
  rights: ['capAdd', 'capDrop', 'devices', 'noNewPrivileges', 'readOnlyRoot', 'runtime'],
  health: ['healthCheck'],
  log: ['logDriver', 'logOptions'],
} as const;
/** One of them. */
export type SectionName = keyof typeof sections;
/** Their names in order. */
export const sectionNames = Object.keys(sections) as SectionName[];

/** What the driver takes where nothing is said; such a value counts as not set. */
const standard: Row = { logDriver: 'json-file' };

/** The settings of a section that differ from the driver's defaults. Pure. */
export function setIn(section: SectionName, settings: Settings): string[] {
  return sections[section].filter((key) => {
    const value = settings[key];
    if (value === undefined || value === null || value === '' || value === false || value === standard[key])
      return false;
    return typeof value !== 'object' || Object.keys(value).length > 0;
  });
}

/** The section that holds a setting by its dotted path, or null for those that are always in sight. Pure. */
export function sectionOf(path: string): SectionName | null {
  const [key = ''] = path.split('.');
  return sectionNames.find((name) => (sections[name] as readonly string[]).includes(key)) ?? null;
}
