import { BookmarkPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import { IconButton } from '../../ui/button.tsx';
import { useViewTitle } from '../list/use-view-title.ts';
import { NameDialog } from './name-dialog.tsx';
import { savedView, toSave } from './saved.ts';
import { useSavedFilters } from './use-saved-filters.ts';

/** Keeps the present filter in the sidebar; not there while nothing is filtered. */
export function SaveFilter({ view }: { view: string }) {
  const { ui, route } = useWindow();
  const { t } = useTranslation('filters');
  const filter = useUi((state) => state.filter);
  const { saved, add } = useSavedFilters();
  const [open, setOpen] = useState(false);
  const what = toSave(view, filter, saved);
  const title = useViewTitle(what.view);
  if (filter.trim() === '') return null;
  const save = async (name: string) => {
    const one = await add({ name, ...what });
    if (one === null) return;
    ui.setState({ filter: '' });
    route.go({ page: 'list', view: savedView(one.id), id: null, tab: null });
  };
  return (
    <>
      <IconButton size="sm" icon={BookmarkPlus} label={t('save')} onClick={() => setOpen(true)} />
      {open ? (
        <NameDialog
          title={t('save')}
          about={t('about', { view: title, filter: what.filter })}
          first={what.filter}
          action={t('saveNow')}
          onName={(name) => void save(name)}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}
