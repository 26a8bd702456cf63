import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { Dialog } from '../../../ui/dialog.tsx';

/** Shows the whole address of a link that a guest printed, since its words may say another one, before it is opened. */
export function LinkDialog({ address, onClose }: { address: string; onClose: () => void }) {
  const { t } = useTranslation(['workload', 'common']);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('console.openLink')}
      description={t('console.openLinkText')}
      footer={
        <>
          <CopyButton label={t('console.copyLink')} text={address} />
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button
            variant="primary"
            onClick={() => {
              onClose();
              window.open(address, '_blank', 'noopener,noreferrer');
            }}
          >
            {t('console.open')}
          </Button>
        </>
      }
    >
      <p className="mono link-address">{address}</p>
    </Dialog>
  );
}
