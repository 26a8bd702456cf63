import { RotateCcw } from 'lucide-react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotView } from '../../../../electron/bridge/contract.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { hadDisplay, SnapshotPicture } from '../console/screen-picture.tsx';

/** Lines of the console that are shown on hover. */
const tailLines = 8;

/** One snapshot in the timeline: its name, and below what it holds, how large and how old it is. */
export function TimelineRow(props: {
  snapshot: SnapshotView;
  style: CSSProperties;
  selected: boolean;
  current: boolean;
  /** The workload that it is of. */
  workload: string;
  /** Why nothing can be done now. */
  busy: string | null;
  onSelect: () => void;
  onRestore: () => void;
}) {
  const { t } = useTranslation('workload');
  const { snapshot } = props;
  const tail = snapshot.consoleTail?.trim().split('\n').slice(-tailLines).join('\n');
  const row = (
    <div
      id={`snapshot-${snapshot.id}`}
      className="timeline-row"
      data-automatic={snapshot.automatic}
      role="option"
      aria-selected={props.selected}
      style={props.style}
      onClick={props.onSelect}
      onDoubleClick={props.onRestore}
    >
      <span className="timeline-words">
        <span className="timeline-name">
          <span className="truncate">{snapshot.name}</span>
          {props.current ? <Badge tone="ok">{t('snapshots.current')}</Badge> : null}
        </span>{' '}
        <span className="timeline-facts truncate num">
          {snapshot.automatic ? <span className="timeline-automatic">{`${t('snapshots.automatic')} · `}</span> : null}
          <span data-memory={snapshot.memoryBytes > 0}>{t(`snapshots.kind.${snapshot.kind}`)}</span>
          {` · ${formatBytes(snapshot.sizeBytes)} · `}
          <RelativeTime atMs={snapshot.createdAtMs} />
          {snapshot.notes === '' ? '' : ` · ${snapshot.notes.split('\n')[0] ?? ''}`}
        </span>
      </span>
      <span className="timeline-back" onClick={(event) => event.stopPropagation()}>
        <Button size="sm" icon={RotateCcw} tabIndex={-1} reason={props.busy} onClick={props.onRestore}>
          {t('snapshots.back')}
        </Button>
      </span>
    </div>
  );
  const pictured = hadDisplay(snapshot);
  if (!tail && !pictured) return row;
  return (
    <Tooltip
      side="bottom"
      text={
        <>
          {pictured ? <SnapshotPicture workload={props.workload} snapshot={snapshot} /> : null}
          {tail ? <pre className="tail mono">{tail}</pre> : snapshot.name}
        </>
      }
    >
      {row}
    </Tooltip>
  );
}
