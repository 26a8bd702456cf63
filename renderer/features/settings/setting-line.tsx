import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './settings.css';

/** One setting: what it is, what it does, and its control. */
export function SettingLine({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation('settings');
  return (
    <li>
      <div className="grow">
        <h2>{t(`${name}.title`)}</h2>
        <p className="muted">{t(`${name}.text`)}</p>
      </div>
      <div className="setting-control">{children}</div>
    </li>
  );
}
