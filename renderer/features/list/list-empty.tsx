import { Activity, Inbox, Play, Plus, Search, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useHost, useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { DemoButton } from '../create/demo-button.tsx';

/** What an empty list says, and the next step. */
export function ListEmpty({ view, filtered }: { view: string; filtered: boolean }) {
  const { ui, route } = useWindow();
  const { t } = useTranslation('list');
  const joined = useHost((state) => state.epoch !== null);
  const none = useHost((state) => Object.keys(state.workloads).length === 0);
  if (!joined) return <div className="grow" role="status" aria-label={t('joining')} />;
  const create = (
    <Button
      variant={none ? 'default' : 'primary'}
      icon={Plus}
      keys="C"
      onClick={() => ui.setState({ dialog: 'create' })}
    >
      {t('new')}
    </Button>
  );
  if (filtered) {
    return (
      <EmptyState icon={Search} title={t('empty.filtered')} text={t('filterWords')}>
        <Button onClick={() => ui.setState({ filter: '' })}>{t('clear')}</Button>
      </EmptyState>
    );
  }
  if (view === 'trash') return <EmptyState icon={Trash2} title={t('empty.trash')} text={t('empty.trashText')} />;
  if (view === 'attention')
    return <EmptyState icon={Activity} title={t('empty.attention')} text={t('empty.attentionText')} />;
  if (none) {
    return (
      <EmptyState icon={Play} title={t('empty.first')} text={t('empty.firstText')}>
        <DemoButton />
        {create}
        <Button onClick={() => route.go({ page: 'foreign' })}>{t('empty.found')}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Inbox} title={t('empty.view')} text={t('empty.viewText')}>
      <Button onClick={() => route.go({ page: 'list', view: 'all', id: null, tab: null })}>{t('empty.all')}</Button>
      {create}
    </EmptyState>
  );
}
