import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useHost } from '../client/window-context.ts';
import { clockTime } from '../format/time.ts';
import { useNow } from '../ui/use-now.ts';

/** Says that what is shown may be old, or that changes are refused; nothing while all is well. */
export function ConnectionBanner() {
  const { t, i18n } = useTranslation('shell');
  const connection = useHost((state) => state.connection);
  const lostAtMs = useHost((state) => state.lostAtMs);
  const now = useNow(60_000);
  const readOnly = useHost((state) => state.host?.readOnly ?? null);
  if (connection === 'lost' || connection === 'closed') {
    const since = lostAtMs === null ? '' : clockTime(lostAtMs, now, i18n.language);
    return (
      <div className="banner" role="alert">
        {connection === 'lost' ? <span className="spinner" /> : <TriangleAlert size={15} aria-hidden />}
        {t(connection === 'lost' ? 'lost' : 'connectionEnded', { since })}
      </div>
    );
  }
  if (readOnly === null) return null;
  return (
    <div className="banner" role="alert">
      <TriangleAlert size={15} aria-hidden />
      {t('readOnly', { reason: readOnly })}
    </div>
  );
}
