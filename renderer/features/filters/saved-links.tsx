import { Bookmark, Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SideLink } from '../../app/side-link.tsx';
import { useHost } from '../../client/window-context.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { NameDialog } from './name-dialog.tsx';
import { inAnyView, savedView } from './saved.ts';
import { useSavedFilters } from './use-saved-filters.ts';

/** The saved filters in the sidebar, each with its count and a menu. */
export function SavedLinks() {
  const { t } = useTranslation('filters');
  const { saved, rename, remove } = useSavedFilters();
  const workloads = useHost((state) => state.workloads);
  const [renaming, setRenaming] = useState<string | null>(null);
  const counts = useMemo(() => {
    const list = Object.values(workloads);
    return new Map(
      saved.map((one) => [one.id, list.filter((each) => inAnyView(each, savedView(one.id), saved)).length]),
    );
  }, [workloads, saved]);
  if (saved.length === 0) return null;
  const edited = saved.find((one) => one.id === renaming);
  return (
    <div className="side-group">
      <h2>{t('title')}</h2>
      {saved.map((one) => (
        <div key={one.id} className="side-own">
          <SideLink
            to={{ page: 'list', view: savedView(one.id), id: null, tab: null }}
            icon={<Bookmark size={15} aria-hidden />}
            label={one.name}
            count={counts.get(one.id)}
          />
          <Menu
            align="start"
            trigger={<IconButton size="sm" icon={Ellipsis} label={t('more', { name: one.name })} />}
            items={[
              { id: 'rename', label: t('rename'), icon: Pencil, onSelect: () => setRenaming(one.id) },
              { id: 'remove', label: t('remove'), icon: Trash2, danger: true, onSelect: () => void remove(one) },
            ]}
          />
        </div>
      ))}
      {edited ? (
        <NameDialog
          title={t('rename')}
          about={edited.filter}
          first={edited.name}
          action={t('renameNow')}
          onName={(name) => void rename(edited.id, name)}
          onClose={() => setRenaming(null)}
        />
      ) : null}
    </div>
  );
}
