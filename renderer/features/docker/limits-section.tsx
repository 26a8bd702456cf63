import { useTranslation } from 'react-i18next';
import { Checkbox, Select } from '../../ui/field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { DockerForm } from './docker-form.ts';
import { NumberSetting, SizeSetting, TextSetting, withOwn } from './field-kit.tsx';
import { RowsField } from './rows-field.tsx';
import { numberAt, textAt } from './settings.ts';

/** Docker's word for no limit. */
const noLimit = -1;
/** The limits that a kernel knows, by Docker's names. */
const limitNames = [
  'nofile',
  'nproc',
  'core',
  'memlock',
  'stack',
  'cpu',
  'data',
  'fsize',
  'locks',
  'msgqueue',
  'nice',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
];

/** Weights and limits beside CPU and memory. */
export function LimitsSection({ form }: { form: DockerForm }) {
  const { t } = useTranslation('docker');
  const swap = numberAt(form.settings, 'memorySwapBytes');
  return (
    <>
      <div className="docker-pair">
        <NumberSetting form={form} name="cpuShares" placeholder="1024" min={2} hint={t('cpuSharesHint')} step={128} />
        <TextSetting form={form} name="cpuset" placeholder="0-1,3" hint={t('cpusetHint')} />
        <div className="stack docker-tight">
          {swap === noLimit ? (
            <span className="field-label">{t('field.memorySwapBytes')}</span>
          ) : (
            <SizeSetting form={form} name="memorySwapBytes" placeholder={t('swapTwice')} hint={t('swapHint')} />
          )}
          <Checkbox
            checked={swap === noLimit}
            onChange={(on) => form.set('memorySwapBytes', on ? noLimit : null)}
            label={t('swapUnlimited')}
          />
        </div>
        <SizeSetting form={form} name="memoryReservationBytes" placeholder={t('noneSet')} hint={t('reservationHint')} />
        <NumberSetting form={form} name="pidsLimit" placeholder={t('unlimited')} min={1} hint={t('pidsHint')} />
        <NumberSetting form={form} name="blkioWeight" placeholder="500" min={10} max={1000} hint={t('blkioHint')} />
      </div>
      <RowsField form={form} name="ulimits" hint={t('ulimitsHint')} fresh={{ name: 'nofile', soft: 1024, hard: 1024 }}>
        {({ row, replace, index, invalid }) => (
          <>
            <Select
              aria-label={t('limitName', { number: index + 1 })}
              aria-invalid={invalid('name')}
              value={textAt(row, 'name')}
              options={withOwn(limitNames, textAt(row, 'name'))}
              onChange={(name) => replace({ ...row, name })}
            />
            <NumberField
              label={t('softLimit', { number: index + 1 })}
              control={{ 'aria-invalid': invalid('soft') }}
              value={numberAt(row, 'soft')}
              unit={t('soft')}
              onChange={(soft) => replace({ ...row, soft })}
            />
            <NumberField
              label={t('hardLimit', { number: index + 1 })}
              control={{ 'aria-invalid': invalid('hard') }}
              value={numberAt(row, 'hard')}
              unit={t('hard')}
              onChange={(hard) => replace({ ...row, hard })}
            />
          </>
        )}
      </RowsField>
    </>
  );
}
