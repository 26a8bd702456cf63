import { useTranslation } from 'react-i18next';
import type { HostEvent } from '../../../../electron/bridge/contract.ts';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { groupMarks } from './marks.ts';

/** Nearer ones are one mark: a share of the width. */
const apart = 0.012;
/** Lines that a mark's explanation has at most. */
const mostLines = 6;

/** Lines over a chart where something happened, with what it was on hover. The history tab has the same as a list. */
export function ChartMarks({ events, spanMs, live }: { events: readonly HostEvent[]; spanMs: number; live: boolean }) {
  const { t, i18n } = useTranslation('workload');
  const now = useNow(live ? 1000 : 30_000);
  const time = new Intl.DateTimeFormat(i18n.language, {
    ...(spanMs > 86_400_000 ? { month: 'short', day: 'numeric' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    ...(live ? { second: '2-digit' } : {}),
  });
  return groupMarks(events, now - spanMs, now, apart).map((mark) => (
    <Tooltip
      key={mark.events[0]?.id ?? 0}
      side="top"
      text={[
        ...mark.events
          .slice(0, mostLines)
          .map((event) => `${time.format(event.atMs)}  ${t(`jobVerb.${event.kind}`, { defaultValue: event.message })}`),
        ...(mark.events.length > mostLines ? [t('moreMarks', { count: mark.events.length - mostLines })] : []),
      ].join('\n')}
    >
      <span
        className="chart-mark"
        data-level={mark.level}
        aria-hidden
        style={{ left: `${(mark.share * 100).toFixed(2)}%` }}
      />
    </Tooltip>
  ));
}
