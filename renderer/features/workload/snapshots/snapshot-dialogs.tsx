import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type SnapshotView, type Workload, workloadNameSchema } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRun } from '../../../client/use-run.ts';
import { useHost } from '../../../client/window-context.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Checkbox, Field, TextInput } from '../../../ui/field.tsx';
import { freeName } from '../../../verbs/names.ts';

type DialogProps = { workload: Workload; snapshot: SnapshotView; onClose: () => void };

/** Makes a workload from a snapshot. */
export function CloneDialog({ workload, snapshot, onClose }: DialogProps) {
  const { t } = useTranslation(['workload', 'common']);
  const run = useRun();
  const taken = useHost((state) => state.workloads);
  const [name, setName] = useState(() =>
    freeName(`${workload.spec.name}-clone`, new Set(Object.values(taken).map((one) => one.spec.name))),
  );
  const [linked, setLinked] = useState(true);
  const checked = workloadNameSchema.safeParse(name);
  const clone = async () => {
    onClose();
    await run('workloads.clone', { workload: workload.id, snapshot: snapshot.id, name, linked });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('snapshots.cloneTitle', { name: snapshot.name })}
      footer={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button
            variant="primary"
            reason={checked.success ? null : (checked.error.issues[0]?.message ?? null)}
            onClick={() => void clone()}
          >
            {t('common:verb.clone')}
          </Button>
        </>
      }
    >
      <div className="stack">
        <Field label={t('name')} error={checked.success ? null : (checked.error.issues[0]?.message ?? null)}>
          {(control) => (
            <TextInput {...control} value={name} autoFocus onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Checkbox
          checked={linked}
          onChange={setLinked}
          label={t('snapshots.linked')}
          hint={t('snapshots.linkedHint')}
        />
      </div>
    </Dialog>
  );
}

/** Says which files a removal touches, before it is done. */
export function RemoveDialog({ workload, snapshot, onClose }: DialogProps) {
  const { t } = useTranslation(['workload', 'common']);
  const run = useRun();
  const plan = useQuery('snapshots.planRemoval', { workload: workload.id, snapshot: snapshot.id });
  const remove = async () => {
    onClose();
    await run('snapshots.remove', { workload: workload.id, snapshot: snapshot.id });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('snapshots.removeTitle', { name: snapshot.name })}
      description={t('snapshots.removeText')}
      footer={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button
            variant="danger"
            reason={plan.data?.refused ?? (plan.data === null ? t('common:loading') : null)}
            onClick={() => void remove()}
          >
            {t('snapshots.removeNamed', { name: snapshot.name })}
          </Button>
        </>
      }
    >
      <div className="stack">
        {plan.error ? <ErrorNote error={plan.error} /> : null}
        {plan.data?.refused ? <p>{plan.data.refused}</p> : null}
        {plan.data ? (
          <>
            <FileList title={t('snapshots.deletes')} files={plan.data.deletes} />
            <FileList title={t('snapshots.merges')} files={plan.data.merges} />
            <p className="muted num">{t('snapshots.frees', { size: formatBytes(plan.data.freesBytes) })}</p>
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

function FileList({ title, files }: { title: string; files: string[] }) {
  if (files.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="file-names mono">
        {files.map((file) => (
          <li key={file}>{file}</li>
        ))}
      </ul>
    </div>
  );
}
