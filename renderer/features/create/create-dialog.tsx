import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import { CreateContent } from './create-content.tsx';
import './create.css';

/** The dialog for a new workload. Its fields live as long as it is open. */
export function CreateDialog() {
  const { ui } = useWindow();
  const { t } = useTranslation('create');
  const open = useUi((state) => state.dialog === 'create');
  if (!open) return null;
  return <CreateContent title={t('title')} onClose={() => ui.setState({ dialog: null })} />;
}
