import { PackageX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DriverName } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { useHost } from '../../client/window-context.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Checkbox } from '../../ui/field.tsx';

/** A Compose project in one engine; the driver's default one without an endpoint. */
export type Project = { driver: DriverName; project: string; endpoint?: string };

/** Opens the question what taking a project down takes with it. */
export function TakeDown({ project }: { project: Project }) {
  const { t } = useTranslation('groups');
  const able = useHost((state) => state.drivers[project.driver]?.capabilities.compose);
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        size="sm"
        icon={PackageX}
        label={t('down.open', { name: project.project })}
        reason={able?.available ? null : (able?.reason ?? t('down.unable'))}
        onClick={() => setOpen(true)}
      />
      {open ? <TakeDownDialog project={project} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function TakeDownDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation(['groups', 'common']);
  const runJob = useRunJob();
  const plan = useQuery('compose.planDown', project);
  const [volumes, setVolumes] = useState(false);
  const held = (plan.data?.workloads ?? []).filter((one) => one.protected).map((one) => one.name);
  const reason =
    plan.data === null ? t('common:loading') : held.length > 0 ? t('down.protected', { names: held.join(', ') }) : null;
  const down = () => {
    onClose();
    void runJob('compose.down', { ...project, volumes });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('down.title', { name: project.project })}
      description={project.endpoint === undefined ? t('down.text') : t('down.textIn', { endpoint: project.endpoint })}
      footer={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button variant="danger" reason={reason} onClick={down}>
            {t('down.do', { name: project.project })}
          </Button>
        </>
      }
    >
      <div className="stack">
        {plan.error ? <ErrorNote error={plan.error} /> : null}
        {plan.data ? (
          <>
            <Names
              title={t('down.workloads')}
              names={plan.data.workloads.map((one) => t('down.workload', { name: one.name, count: one.snapshots }))}
            />
            <Names title={t('down.containers')} names={plan.data.containers} />
            <Names title={t('down.networks')} names={plan.data.networks} />
            <Names title={t(volumes ? 'down.volumesGo' : 'down.volumesStay')} names={plan.data.volumes} />
            {plan.data.volumes.length > 0 ? (
              <Checkbox
                checked={volumes}
                onChange={setVolumes}
                label={t('down.volumes')}
                hint={t('down.volumesHint')}
              />
            ) : null}
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

function Names({ title, names }: { title: string; names: string[] }) {
  if (names.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="take-down-names">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </div>
  );
}
