import { type Capability, type CapabilityName, capabilityNames, type Probe } from '../../driver.ts';

/** Features that the fake engine can't have. */
const never: Partial<Record<CapabilityName, string>> = {
  consoleVnc: 'The fake guest has no screen.',
  files: 'The fake guest has no file system to look at.',
  volumes: 'The fake engine has no volumes.',
  networks: 'The fake engine has no networks.',
  portForwards: 'The fake guest has no network.',
  transfer: 'The fake engine keeps no file system.',
  migrate: 'There is one fake engine only.',
  signal: 'The fake guest takes no signals.',
  services: 'The fake engine has no cluster.',
  compose: 'The fake engine reads no Compose files.',
};

/** What the fake engine can do without the `missing` features. */
export function fakeProbe(missing: readonly CapabilityName[], part: Partial<Probe> = {}): Probe {
  const one = (name: CapabilityName): Capability => {
    const reason = missing.includes(name) ? 'Switched off for this test.' : never[name];
    return reason === undefined ? { available: true } : { available: false, reason };
  };
  const all = capabilityNames.map((name): [CapabilityName, Capability] => [name, one(name)]);
  return {
    health: 'healthy',
    summary: 'The fake engine answers.',
    version: '1.0.0',
    attributes: { fake: true },
    capabilities: Object.fromEntries(all) as Record<CapabilityName, Capability>,
    fixes: [],
    ...part,
  };
}
