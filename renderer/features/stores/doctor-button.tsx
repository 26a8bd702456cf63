import { useTranslation } from 'react-i18next';
import { useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';

/** The next step where no engine is ready. */
export function DoctorButton() {
  const { t } = useTranslation('stores');
  const { route } = useWindow();
  return <Button onClick={() => route.go({ page: 'doctor' })}>{t('doctor')}</Button>;
}
