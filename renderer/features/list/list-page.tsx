import { useTranslation } from 'react-i18next';
import { useRoute, useUi, useWindow } from '../../client/window-context.ts';
import { PageGuard } from '../../ui/page-guard.tsx';
import { SplitPane } from '../../ui/split-pane.tsx';
import { WorkloadPage } from '../workload/workload-page.tsx';
import { WorkloadList } from './workload-list.tsx';
import './list.css';

/** The list, and the open workload beside it. */
export function ListPage() {
  const route = useRoute();
  const { ui } = useWindow();
  const share = useUi((state) => state.preferences.split);
  const { t } = useTranslation('list');
  if (route.page !== 'list') return null;
  if (route.id === null) return <WorkloadList view={route.view} openId={null} />;
  return (
    <SplitPane
      label={t('split')}
      share={share}
      onShare={(split) => ui.setState((state) => ({ preferences: { ...state.preferences, split } }))}
      minLeft={300}
      minRight={560}
      left={<WorkloadList view={route.view} openId={route.id} />}
      right={
        <PageGuard key={route.id}>
          <WorkloadPage id={route.id} />
        </PageGuard>
      }
    />
  );
}
