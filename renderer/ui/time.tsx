import { useTranslation } from 'react-i18next';
import { exactTime, relativeTime } from '../format/time.ts';
import { useNow } from './use-now.ts';

/** A moment as "3 min ago", with the exact one on hover. */
export function RelativeTime({ atMs }: { atMs: number }) {
  const { i18n } = useTranslation();
  const now = useNow(15_000);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactTime(atMs, i18n.language)}>
      {relativeTime(atMs, now, i18n.language)}
    </time>
  );
}
