import { useTranslation } from 'react-i18next';
import { savedOf } from '../filters/saved.ts';
import { useSavedFilters } from '../filters/use-saved-filters.ts';

/** The title of a view in words. */
export function useViewTitle(view: string): string {
  const { t } = useTranslation(['list', 'common']);
  const { saved } = useSavedFilters();
  const own = savedOf(view, saved);
  if (own !== undefined) return own.name;
  if (view.startsWith('driver:')) return t(`common:driverShort.${view.slice(7)}`, { defaultValue: view.slice(7) });
  const [, driver = '', engine = ''] = /^engine:([^/]*)\/(.*)$/.exec(view) ?? [];
  if (engine !== '') return `${t(`common:driverShort.${driver}`, { defaultValue: driver })}: ${engine}`;
  if (view.startsWith('label:')) return view.slice(6);
  return t(`view.${view}`, { defaultValue: view });
}
