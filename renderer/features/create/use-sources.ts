import { useTranslation } from 'react-i18next';
import type { CatalogueEntry } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useHost } from '../../client/window-context.ts';
import { type Source, sources } from './form.ts';

/** The sources with the reason of those that can't be used here, and the catalogue. */
export function useSources(): {
  reasons: Record<Source, string | null>;
  catalogue: CatalogueEntry[];
  demo: CatalogueEntry | undefined;
} {
  const { t } = useTranslation('create');
  const { data, error } = useQuery('catalogue.list', {});
  const qemu = useHost((state) => state.drivers['qemu']);
  const docker = useHost((state) => state.drivers['docker']);
  const catalogue = data ?? [];
  const demo = catalogue.find((entry) => entry.kind === 'demo');
  const machine = qemu?.health === 'healthy' ? null : (qemu?.summary ?? t('noQemu'));
  const container = docker?.health === 'healthy' ? null : (docker?.summary ?? t('noDocker'));
  const reasonOf = (source: Source): string | null => {
    if (source === 'container') return container;
    if (machine !== null) return machine;
    if (source === 'demo') return error?.message ?? demo?.unavailable ?? (data && !demo ? t('noDemo') : null);
    if (source === 'catalogue')
      return error?.message ?? (data && catalogue.every((one) => one === demo) ? t('noCatalogue') : null);
    return null;
  };
  return {
    reasons: Object.fromEntries(sources.map((source) => [source, reasonOf(source)])) as Record<Source, string | null>,
    catalogue: catalogue.filter((entry) => entry.kind !== 'demo'),
    demo,
  };
}
