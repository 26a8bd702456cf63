import { Compass } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useHost } from '../../client/window-context.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { FoundLine } from './found-line.tsx';
import { ProjectHead } from './project-head.tsx';
import { byProject } from './projects.ts';
import './foreign.css';

/** What runs on this machine without us, by project; read-only until it is adopted. */
export function ForeignPage() {
  const { t } = useTranslation('foreign');
  const found = useHost(useShallow((state) => Object.values(state.foreign).flat()));
  if (found.length === 0) return <EmptyState icon={Compass} title={t('none')} text={t('noneText')} />;
  const groups = byProject(found);
  return (
    <Page title={t('title')} text={t('text')}>
      {groups.map((group, index) => (
        <section key={group.key} className="found-group" aria-labelledby={`found-${index}`}>
          {group.project === null ? (
            <h2 id={`found-${index}`} className="found-head" hidden={groups.length === 1}>
              {t('single')}
            </h2>
          ) : (
            <ProjectHead group={group} id={`found-${index}`} />
          )}
          <ul className="lines">
            {group.members.map((one) => (
              <FoundLine key={`${one.driver} ${one.engineId}`} one={one} />
            ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}
