import { History } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type SnapshotKind, snapshotNameSchema, type Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRun, useRunJob } from '../../../client/use-run.ts';
import { useHost, useWindow } from '../../../client/window-context.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Checkbox, Select, TextInput } from '../../../ui/field.tsx';
import { stampName } from '../../../verbs/names.ts';
import { useRefusal } from '../../../verbs/use-verbs.ts';
import { CompareDialog } from './compare-dialog.tsx';
import { SnapshotDetails } from './snapshot-details.tsx';
import { Timeline } from './timeline.tsx';
import './snapshots.css';

/** Whether a snapshot of it would copy volumes. */
function mountsVolumes(workload: Workload): boolean {
  const { mounts } = workload.spec.settings;
  return Array.isArray(mounts) && mounts.some((mount: { type?: unknown }) => mount.type === 'volume');
}

/** The snapshot timeline: take, go back, undo. */
export function SnapshotsTab({ workload }: { workload: Workload }) {
  const { t, i18n } = useTranslation(['workload', 'common']);
  const { host, toasts } = useWindow();
  const run = useRun();
  const runJob = useRunJob();
  const refusal = useRefusal();
  const tree = useHost((state) => state.snapshots[workload.id]);
  const driver = useHost((state) => state.drivers[workload.spec.driver]);
  const [picked, setSelected] = useState<string | null>(null);
  const [compared, setCompared] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<SnapshotKind | 'best'>('best');
  const [volumes, setVolumes] = useState(true);
  const hasVolumes = mountsVolumes(workload);
  const estimate = useQuery(
    'snapshots.estimate',
    { workload: workload.id },
    `${workload.observation.phase} ${tree?.snapshots.length ?? 0}`,
  );
  const chosen =
    tree?.snapshots.find((one) => one.id === picked) ?? tree?.snapshots.find((one) => one.id === tree.currentId);
  const selected = chosen?.id ?? null;

  const checked = name === '' ? null : snapshotNameSchema.safeParse(name);
  const why =
    refusal('snapshot', workload, driver) ??
    (checked?.success === false ? (checked.error.issues[0]?.message ?? null) : null);
  const take = async () => {
    if (why !== null) return;
    const given = name || stampName(t('common:snapshotName'), new Date(), i18n.language);
    setName('');
    await run('snapshots.create', {
      workload: workload.id,
      name: given,
      ...(kind === 'best' ? {} : { kind }),
      ...(hasVolumes && !volumes ? { volumes: 'none' as const } : {}),
    });
  };
  const restore = async (snapshot: string) => {
    const target = tree?.snapshots.find((one) => one.id === snapshot);
    const before = new Set((tree?.snapshots ?? []).map((one) => one.id));
    const job = await runJob('snapshots.restore', { workload: workload.id, snapshot });
    if (job === null) return;
    toasts.show({
      tone: 'ok',
      text: t('snapshots.restored', { name: target?.name ?? '' }),
      action: { label: t('common:undo'), run: () => void undo(before) },
    });
  };
  /** The automatic snapshot that the restore left is the way back. */
  const undo = async (before: ReadonlySet<string>) => {
    const kept = host
      .getState()
      .snapshots[workload.id]?.snapshots.filter((one) => one.automatic && !before.has(one.id))
      .sort((left, right) => right.createdAtMs - left.createdAtMs)[0];
    if (kept !== undefined)
      await runJob('snapshots.restore', { workload: workload.id, snapshot: kept.id, keep: false });
  };

  const kinds = estimate.data?.kinds ?? [];
  const best =
    kinds.find((one) => one.kind === (kind === 'best' ? 'disk+memory' : kind) && one.available) ??
    kinds.find((one) => one.available);
  const cost = [
    best?.pauseMs === undefined ? '' : t('snapshots.pause', { ms: Math.round(best.pauseMs) }),
    best?.sizeBytes === undefined ? '' : t('snapshots.size', { size: formatBytes(best.sizeBytes) }),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <div className="snapshots">
      <div className="row snapshots-bar">
        <Button
          icon={History}
          variant="primary"
          reason={why}
          busy={workload.pendingVerb === 'snapshot'}
          onClick={() => void take()}
        >
          {t('common:verb.snapshot')}
        </Button>
        <TextInput
          aria-label={t('snapshots.name')}
          placeholder={t('snapshots.namePlaceholder')}
          value={name}
          aria-invalid={checked?.success === false}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Enter') void take();
          }}
        />
        <Select
          aria-label={t('snapshots.kindLabel')}
          value={kind}
          options={[
            { value: 'best', label: t('snapshots.best') },
            ...kinds
              .filter((one) => one.available)
              .map((one) => ({ value: one.kind, label: t(`snapshots.kind.${one.kind}`) })),
          ]}
          onChange={(value) => setKind(value as SnapshotKind | 'best')}
        />
        {hasVolumes ? <Checkbox checked={volumes} onChange={setVolumes} label={t('snapshots.volumes')} /> : null}
        {cost === '' ? null : <span className="muted truncate grow">{cost}</span>}
      </div>
      {tree === undefined || tree.snapshots.length === 0 ? (
        <EmptyState icon={History} title={t('snapshots.none')} text={t('snapshots.noneText')} />
      ) : (
        <div className="snapshots-body">
          <Timeline
            workload={workload}
            tree={tree}
            selected={selected}
            onSelect={setSelected}
            onRestore={(id) => void restore(id)}
            onCompare={setCompared}
          />
          {chosen === undefined ? null : (
            <SnapshotDetails
              key={chosen.id}
              workload={workload}
              snapshot={chosen}
              onRestore={() => void restore(chosen.id)}
              onCompare={() => setCompared(chosen.id)}
            />
          )}
        </div>
      )}
      {tree === undefined || compared === null ? null : (
        <CompareDialog workload={workload} tree={tree} from={compared} onClose={() => setCompared(null)} />
      )}
    </div>
  );
}
