/** What Docker says (20.10 to 28) of a part of a spec that only it can judge, and the field that it speaks of. */
const fields: readonly [RegExp, string][] = [
  [/unknown (or invalid )?runtime/i, 'settings.runtime'],
  [/requested CPUs are not available|for cpuset cpus/i, 'settings.cpuset'],
  [/invalid CapAdd/i, 'settings.capAdd'],
  [/invalid CapDrop/i, 'settings.capDrop'],
  [
    /invalid mount config|bind source path does not exist|for a local volume name|invalid volume specification/i,
    'settings.mounts',
  ],
  [/adding custom device|no such device/i, 'settings.devices'],
  [/^network \S+ not found/i, 'settings.networks'],
  [/unable to find (user|group)|no matching entries in (passwd|group) file/i, 'settings.user'],
  [/range of CPUs is from/i, 'resources.vcpus'],
  [/memory reservation limit/i, 'settings.memoryReservationBytes'],
  [/minimum memory limit/i, 'resources.memoryBytes'],
  [/unknown log opt|log-opt/i, 'settings.logOptions'],
  [/looking up logging plugin|initialize logging driver/i, 'settings.logDriver'],
  [/invalid signal/i, 'settings.stopSignal'],
  [/in Healthcheck/i, 'settings.healthCheck'],
  [/exec: .* (executable file not found|permission denied|no such file)/i, 'settings.command'],
  [/chdir to cwd/i, 'settings.workingDirectory'],
  [
    /port is already allocated|starting userland proxy|address already in use|cannot assign requested address/i,
    'settings.ports',
  ],
  [/no such image|manifest unknown|pull access denied|invalid reference format/i, 'settings.image'],
  [/container name .* is already in use|invalid container name|name is too short/i, 'name'],
];

/** The field of the spec that the engine refuses; null when its words name none. Pure. */
export function refusedField(said: string): string | null {
  return fields.find(([words]) => words.test(said))?.[1] ?? null;
}
