import { useMemo } from 'react';
import { useQuery } from '../../client/use-query.ts';
import { useHost } from '../../client/window-context.ts';
import { engineOf } from '../../store/engine-of.ts';
import type { SettingError } from './form-error.ts';
import { type Settings, textAt } from './settings.ts';

/** What the engine of the container has to choose from. */
export type Choices = { volumes: string[]; networks: string[]; runtimes: string[]; logDrivers: string[] };

/** What every part of the form gets. */
export type DockerForm = {
  settings: Settings;
  /** Changes one setting; nothing (null, undefined, empty text) takes it away. */
  set: (key: string, value: unknown) => void;
  error: SettingError | null;
  choices: Choices;
};

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Volumes, networks, runtimes and log drivers of the engine that the settings name; of `otherwise` where they name none. */
export function useChoices(settings: Settings, otherwise: string): Choices {
  const docker = useHost((state) => state.drivers['docker']);
  const named = textAt(settings, 'endpoint') || otherwise;
  // What the first engine has comes without a name.
  const endpoint = named === docker?.endpoints?.[0]?.name ? '' : named;
  const engine = useMemo(() => engineOf(docker, { settings: endpoint === '' ? {} : { endpoint } }), [docker, endpoint]);
  const able = engine?.health === 'healthy';
  const volumes = useQuery('volumes.list', able ? {} : null, endpoint);
  const networks = useQuery('networks.list', able ? {} : null, endpoint);
  const here = (one: { driver: string; endpoint?: string | undefined }) =>
    one.driver === 'docker' && (one.endpoint ?? '') === endpoint;
  const names = (list: readonly { driver: string; name: string; endpoint?: string | undefined }[] | null) =>
    (list ?? [])
      .filter(here)
      .map((one) => one.name)
      .toSorted((a, b) => a.localeCompare(b));
  return {
    volumes: names(volumes.data),
    networks: names(networks.data),
    runtimes: strings(engine?.attributes['runtimes']),
    logDrivers: strings(engine?.attributes['logDrivers']),
  };
}
