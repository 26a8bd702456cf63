import { Copy, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type SnapshotView,
  snapshotNameSchema,
  type Workload,
  workloadNameSchema,
} from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRun } from '../../../client/use-run.ts';
import { useHost } from '../../../client/window-context.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Checkbox, Field, TextInput } from '../../../ui/field.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { freeName } from '../../../verbs/names.ts';

/** One snapshot: its name and notes, and what can be done with it. */
export function SnapshotDetails({
  workload,
  snapshot,
  onRestore,
}: {
  workload: Workload;
  snapshot: SnapshotView;
  onRestore: () => void;
}) {
  const { t } = useTranslation(['workload', 'common']);
  const run = useRun();
  const [name, setName] = useState(snapshot.name);
  const [notes, setNotes] = useState(snapshot.notes);
  const [open, setOpen] = useState<'clone' | 'remove' | null>(null);
  const checked = snapshotNameSchema.safeParse(name);
  const changed = name !== snapshot.name || notes !== snapshot.notes;
  const busy = workload.pendingVerb === null ? null : t('common:refusal.busy');
  const save = async () => {
    await run('snapshots.update', { workload: workload.id, snapshot: snapshot.id, name, notes });
  };
  return (
    <aside className="snapshot-details stack" aria-label={t('snapshots.details')}>
      <Field label={t('snapshots.name')} error={checked.success ? null : (checked.error.issues[0]?.message ?? null)}>
        {(control) => (
          <TextInput
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => event.stopPropagation()}
          />
        )}
      </Field>
      <Field label={t('snapshots.notes')}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={3}
            value={notes}
            onChange={(event) => setNotes(event.target.value)}
            onKeyDown={(event) => event.stopPropagation()}
          />
        )}
      </Field>
      {changed ? (
        <div className="row">
          <Button
            variant="primary"
            size="sm"
            reason={checked.success ? null : t('snapshots.badName')}
            onClick={() => void save()}
          >
            {t('save')}
          </Button>
          <Button
            size="sm"
            onClick={() => {
              setName(snapshot.name);
              setNotes(snapshot.notes);
            }}
          >
            {t('common:cancel')}
          </Button>
        </div>
      ) : null}
      <dl>
        <dt>{t('snapshots.kindLabel')}</dt>
        <dd>{t(`snapshots.kind.${snapshot.kind}`)}</dd>
        <dt>{t('snapshots.taken')}</dt>
        <dd>
          <RelativeTime atMs={snapshot.createdAtMs} />
        </dd>
        <dt>{t('snapshots.diskSize')}</dt>
        <dd className="num">{formatBytes(snapshot.sizeBytes)}</dd>
        {snapshot.memoryBytes > 0 ? (
          <>
            <dt>{t('snapshots.memorySize')}</dt>
            <dd className="num">{formatBytes(snapshot.memoryBytes)}</dd>
          </>
        ) : null}
        {snapshot.pauseMs === undefined ? null : (
          <>
            <dt>{t('snapshots.stood')}</dt>
            <dd className="num">{`${snapshot.pauseMs.toFixed(snapshot.pauseMs < 10 ? 1 : 0)} ms`}</dd>
          </>
        )}
      </dl>
      <div className="stack">
        <Button icon={RotateCcw} reason={busy} onClick={onRestore}>
          {t('snapshots.restore')}
        </Button>
        <Button icon={Copy} reason={busy} onClick={() => setOpen('clone')}>
          {t('snapshots.cloneFrom')}
        </Button>
        <Button icon={Trash2} variant="danger" reason={busy} onClick={() => setOpen('remove')}>
          {t('snapshots.remove')}
        </Button>
      </div>
      {open === 'clone' ? <CloneDialog workload={workload} snapshot={snapshot} onClose={() => setOpen(null)} /> : null}
      {open === 'remove' ? (
        <RemoveDialog workload={workload} snapshot={snapshot} onClose={() => setOpen(null)} />
      ) : null}
    </aside>
  );
}

type DialogProps = { workload: Workload; snapshot: SnapshotView; onClose: () => void };

function CloneDialog({ workload, snapshot, onClose }: DialogProps) {
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

function RemoveDialog({ workload, snapshot, onClose }: DialogProps) {
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
      <ul className="files mono">
        {files.map((file) => (
          <li key={file}>{file}</li>
        ))}
      </ul>
    </div>
  );
}
