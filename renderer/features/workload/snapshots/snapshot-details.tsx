import { Copy, GitCompare, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type SnapshotView, snapshotNameSchema, type Workload } from '../../../../electron/bridge/contract.ts';
import { useRun } from '../../../client/use-run.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, TextInput } from '../../../ui/field.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { useKeptRefusal } from '../../../verbs/use-verbs.ts';
import { SnapshotPicture } from '../console/screen-picture.tsx';
import { CloneDialog, RemoveDialog } from './snapshot-dialogs.tsx';

/** A pause below that was none: nothing ran, or there was no memory to keep. Milliseconds. */
const leastPauseMs = 0.05;

/** One snapshot: its name and notes, and what can be done with it. */
export function SnapshotDetails({
  workload,
  snapshot,
  onRestore,
  onCompare,
}: {
  workload: Workload;
  snapshot: SnapshotView;
  onRestore: () => void;
  onCompare: () => void;
}) {
  const { t } = useTranslation(['workload', 'common', 'compare']);
  const run = useRun();
  const [name, setName] = useState(snapshot.name);
  const [notes, setNotes] = useState(snapshot.notes);
  const [open, setOpen] = useState<'clone' | 'remove' | null>(null);
  const checked = snapshotNameSchema.safeParse(name);
  const changed = name !== snapshot.name || notes !== snapshot.notes;
  const busy = useKeptRefusal(workload);
  const save = async () => {
    await run('snapshots.update', { workload: workload.id, snapshot: snapshot.id, name, notes });
  };
  return (
    <aside className="snapshot-details stack" aria-label={t('snapshots.details')}>
      <div className="row snapshot-acts">
        <Button
          icon={RotateCcw}
          variant="primary"
          keys="Enter"
          title={t('snapshots.restoreHint')}
          reason={busy}
          onClick={onRestore}
        >
          {t('snapshots.restore')}
        </Button>
        <Button icon={GitCompare} keys="D" title={t('compare:hint')} onClick={onCompare}>
          {t('compare:open')}
        </Button>
        <Button icon={Copy} reason={busy} onClick={() => setOpen('clone')}>
          {t('snapshots.cloneFrom')}
        </Button>
        <Button icon={Trash2} variant="danger" reason={busy} onClick={() => setOpen('remove')}>
          {t('snapshots.remove')}
        </Button>
      </div>
      <SnapshotPicture key={snapshot.id} workload={workload.id} snapshot={snapshot} />
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
        {snapshot.pauseMs === undefined || snapshot.pauseMs < leastPauseMs ? null : (
          <>
            <dt>{t('snapshots.stood')}</dt>
            <dd className="num">{`${snapshot.pauseMs.toFixed(snapshot.pauseMs < 10 ? 1 : 0)} ms`}</dd>
          </>
        )}
      </dl>
      {open === 'clone' ? <CloneDialog workload={workload} snapshot={snapshot} onClose={() => setOpen(null)} /> : null}
      {open === 'remove' ? (
        <RemoveDialog workload={workload} snapshot={snapshot} onClose={() => setOpen(null)} />
      ) : null}
    </aside>
  );
}
