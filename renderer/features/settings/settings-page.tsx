import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../electron/bridge/contract.ts';
import { useRun } from '../../client/use-run.ts';
import { useHost } from '../../client/window-context.ts';
import { Select } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { NumberSetting } from './number-setting.tsx';
import { SettingLine } from './setting-line.tsx';

/** The user's settings; each takes effect as it is changed. */
export function SettingsPage() {
  const { t } = useTranslation('settings');
  const settings = useHost((state) => state.settings);
  const host = useHost((state) => state.host);
  const run = useRun();
  if (!settings) return null;
  const set = (part: Partial<Settings>) => void run('settings.set', part);
  return (
    <Page title={t('title')} text={t('text')}>
      <ul className="lines">
        <SettingLine name="theme">
          <Select
            aria-label={t('theme.title')}
            value={settings.theme}
            options={(['system', 'dark', 'light', 'contrast'] as const).map((value) => ({
              value,
              label: t(`theme.${value}`),
            }))}
            onChange={(theme) => set({ theme: theme as Settings['theme'] })}
          />
        </SettingLine>
        <NumberSetting name="consoleFontSize" value={settings.consoleFontSize} min={8} max={32} unit="px" onSet={set} />
        <SettingLine name="consoleWriters">
          <Select
            aria-label={t('consoleWriters.title')}
            value={settings.consoleWriters}
            options={(['all', 'one'] as const).map((value) => ({ value, label: t(`consoleWriters.${value}`) }))}
            onChange={(writers) => set({ consoleWriters: writers as Settings['consoleWriters'] })}
          />
        </SettingLine>
        <NumberSetting
          name="stopGraceSeconds"
          value={settings.stopGraceSeconds}
          min={0}
          max={600}
          unit="s"
          onSet={set}
        />
        <NumberSetting name="trashHours" value={settings.trashHours} min={0} max={720} unit="h" onSet={set} />
        <NumberSetting name="automaticSnapshots" value={settings.automaticSnapshots} min={0} max={50} onSet={set} />
      </ul>
      {host ? (
        <p className="muted">
          NovaCron {host.version}, {host.platform}. {t('data')} <code>{host.dataDirectory}</code>
        </p>
      ) : null}
    </Page>
  );
}
