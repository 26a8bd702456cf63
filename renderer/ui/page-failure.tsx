import { CircleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { CopyButton } from './copy.tsx';
import { EmptyState } from './empty-state.tsx';

/** What stands in the place of a page that could not be drawn. */
export function PageFailure({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation(['shell', 'common']);
  return (
    <EmptyState icon={CircleAlert} title={t('pageFailed')} text={t('pageFailedText', { message: error.message })}>
      <Button variant="primary" onClick={onAgain}>
        {t('common:again')}
      </Button>
      <CopyButton label={t('common:copyDetails')} text={error.stack ?? error.message} />
    </EmptyState>
  );
}
