import { ArrowRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Select, TextInput } from '../../ui/field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { DockerForm } from './docker-form.ts';
import { RowsField } from './rows-field.tsx';
import { numberAt, textAt } from './settings.ts';

/** Only this machine reaches it. */
const loopback = '127.0.0.1';

/** Published ports: address and port of this machine, port inside, protocol. */
export function PortsField({ form }: { form: DockerForm }) {
  const { t } = useTranslation('docker');
  return (
    <RowsField form={form} name="ports" hint={t('portsHint')} fresh={{ hostPort: 0, protocol: 'tcp' }}>
      {({ row, set, invalid }) => (
        <>
          <TextInput
            className="mono docker-address"
            aria-label={t('hostAddress')}
            aria-invalid={invalid('hostAddress')}
            title={t('hostAddressHint')}
            placeholder={loopback}
            value={textAt(row, 'hostAddress')}
            onChange={(event) => set('hostAddress', event.target.value)}
          />
          <NumberField
            label={t('hostPort')}
            control={{ 'aria-invalid': invalid('hostPort') }}
            value={numberAt(row, 'hostPort')}
            min={0}
            max={65_535}
            placeholder="0"
            onChange={(port) => set('hostPort', port ?? 0)}
          />
          <ArrowRight size={14} aria-hidden />
          <NumberField
            label={t('containerPort')}
            control={{ 'aria-invalid': invalid('containerPort') }}
            value={numberAt(row, 'containerPort')}
            min={1}
            max={65_535}
            onChange={(port) => set('containerPort', port)}
          />
          <Select
            aria-label={t('protocol')}
            value={textAt(row, 'protocol') || 'tcp'}
            options={[
              { value: 'tcp', label: 'TCP' },
              { value: 'udp', label: 'UDP' },
            ]}
            onChange={(protocol) => set('protocol', protocol)}
          />
        </>
      )}
    </RowsField>
  );
}
