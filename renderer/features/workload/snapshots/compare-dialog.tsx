import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotDiffView, SnapshotTreeView, Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Select } from '../../../ui/field.tsx';
import { Note } from '../../../ui/note.tsx';
import { shownValue } from '../settings/changes.ts';
import { CompareFiles } from './compare-files.tsx';
import './compare.css';

/** Stands for the present state: no snapshot has an empty id. */
const now = '';

/** What differs between a snapshot and the present state or another snapshot. */
export function CompareDialog(props: {
  workload: Workload;
  tree: SnapshotTreeView;
  from: string;
  onClose: () => void;
}) {
  const { t } = useTranslation(['compare', 'common']);
  const [from, setFrom] = useState(props.from);
  const [to, setTo] = useState(now);
  const same = from === to;
  const { data, error, loading } = useQuery(
    'snapshots.diff',
    same ? null : { workload: props.workload.id, from, ...(to === now ? {} : { to }) },
  );
  const points = props.tree.snapshots
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
    .map((one) => ({ value: one.id, label: one.name }));
  return (
    <Dialog
      open
      size="lg"
      title={t('title', { name: props.workload.spec.name })}
      onClose={props.onClose}
      footer={<Button onClick={props.onClose}>{t('common:close')}</Button>}
    >
      <div className="compare">
        <div className="row compare-points">
          <Select aria-label={t('from')} data-autofocus value={from} options={points} onChange={setFrom} />
          <ArrowRight size={15} aria-hidden />
          <Select
            aria-label={t('to')}
            value={to}
            options={[{ value: now, label: t('now') }, ...points]}
            onChange={setTo}
          />
        </div>
        {same ? <p className="muted">{t('same')}</p> : null}
        {loading && !same ? (
          <p className="muted row" role="status">
            <span className="spinner" aria-hidden />
            {t('reading')}
          </p>
        ) : null}
        {error && !same && !loading ? <ErrorNote error={error} /> : null}
        {data && !same && !loading && !error ? <Difference diff={data} /> : null}
      </div>
    </Dialog>
  );
}

function Difference({ diff }: { diff: SnapshotDiffView }) {
  const { t } = useTranslation('compare');
  const { fields, bytes, disks, files } = diff;
  const most = Math.max(1, ...(disks ?? []).map((disk) => disk.bytes));
  const nothing = fields.length === 0 && (bytes ?? 0) === 0 && (files ?? []).length === 0;
  return (
    <>
      <p className="compare-sum num" role="status">
        {nothing
          ? t('nothing')
          : [
              ...(fields.length === 0 ? [] : [t('settings', { count: fields.length })]),
              ...(files === undefined ? [] : [t('fileCount', { count: files.length })]),
              ...(bytes === undefined ? [] : [t('bytes', { size: formatBytes(bytes) })]),
            ].join(' · ')}
      </p>
      {fields.length === 0 ? null : (
        <section aria-label={t('fields')}>
          <h3>{t('fields')}</h3>
          <dl className="compare-fields">
            {fields.map((one) => (
              <div key={one.field}>
                <dt className="mono">{one.field}</dt>
                <dd className="mono">
                  <Value sign="-" value={one.from} />
                  <Value sign="+" value={one.to} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {disks === undefined || disks.length === 0 ? null : (
        <section aria-label={t('disks')}>
          <h3>{t('disks')}</h3>
          <ul className="compare-disks">
            {disks.map((disk) => (
              <li key={disk.name}>
                <span className="mono">{disk.name}</span>
                <span className="compare-bar" aria-hidden>
                  <span style={{ width: `${(disk.bytes / most) * 100}%` }} />
                </span>
                <span className="num">{formatBytes(disk.bytes)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {files === undefined ? (
        <Note>{t('noInside')}</Note>
      ) : (
        <CompareFiles files={files} truncated={diff.truncated === true} />
      )}
    </>
  );
}

function Value({ sign, value }: { sign: '-' | '+'; value: unknown }) {
  const { t } = useTranslation('compare');
  return (
    <div data-sign={sign}>
      <span aria-hidden>{sign === '-' ? '−' : '+'}</span> {shownValue(value) ?? <em>{t('none')}</em>}
    </div>
  );
}
