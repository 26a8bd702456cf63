import { useTranslation } from 'react-i18next';
import { useHost, useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { projectsOf } from './projects.ts';
import { TakeDown } from './take-down.tsx';

/** Compose projects of which nothing is in our care yet: they can be adopted, or taken down. Nothing where there is none. */
export function ForeignProjects() {
  const { t } = useTranslation('groups');
  const { route } = useWindow();
  const foreign = useHost((state) => state.foreign);
  const workloads = useHost((state) => state.workloads);
  const projects = projectsOf(Object.values(foreign).flat(), Object.values(workloads));
  if (projects.length === 0) return null;
  return (
    <section aria-labelledby="projects-title">
      <h2 id="projects-title">{t('foreign.title')}</h2>
      <ul className="lines">
        {projects.map(({ names, ...project }) => (
          <li key={`${project.endpoint ?? ''} ${project.project}`}>
            <div className="grow">
              <h3 className="truncate">{project.project}</h3>
              <p className="muted truncate">
                {[...(project.endpoint === undefined ? [] : [project.endpoint]), ...names].join(', ')}
              </p>
            </div>
            <Button size="sm" onClick={() => route.go({ page: 'foreign' })}>
              {t('foreign.adopt')}
            </Button>
            <TakeDown project={project} />
          </li>
        ))}
      </ul>
    </section>
  );
}
