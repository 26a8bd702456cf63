import { Plus, Search, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextInput } from '../../ui/field.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { SaveFilter } from '../filters/save-filter.tsx';
import { useViewTitle } from './use-view-title.ts';

/** The id by which `/` finds the filter. */
export const filterId = 'list-filter';

/** The view's title, the filter and the way to a new workload. */
export function ListToolbar({ view, shown, total }: { view: string; shown: number; total: number }) {
  const { ui } = useWindow();
  const { t } = useTranslation('list');
  const filter = useUi((state) => state.filter);
  const title = useViewTitle(view);
  const set = (text: string) => ui.setState({ filter: text });
  return (
    <header className="list-bar">
      <h2 className="truncate">{title}</h2>
      <span className="num muted">{shown === total ? total : t('shown', { shown, total })}</span>
      <span className="grow" />
      <span className="list-filter">
        <Search size={14} aria-hidden />
        <TextInput
          id={filterId}
          aria-label={t('filter')}
          aria-keyshortcuts="/"
          placeholder={t('filterHint')}
          title={t('filterWords')}
          value={filter}
          onChange={(event) => set(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' && event.key !== 'Enter' && event.key !== 'ArrowDown') return;
            event.preventDefault();
            if (event.key === 'Escape') set('');
            document.querySelector<HTMLElement>('.grid')?.focus();
          }}
        />
        {filter ? (
          <span className="list-filter-acts">
            <SaveFilter view={view} />
            <IconButton size="sm" icon={X} label={t('clear')} onClick={() => set('')} />
          </span>
        ) : (
          <span className="list-filter-key" aria-hidden>
            <Kbd keys="/" />
          </span>
        )}
      </span>
      <Button
        variant="primary"
        icon={Plus}
        title={t('newHint')}
        keys="C"
        onClick={() => ui.setState({ dialog: 'create' })}
      >
        {t('new')}
      </Button>
    </header>
  );
}
