import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useHost } from '../../client/window-context.ts';
import { Checkbox, Field, Select } from '../../ui/field.tsx';
import { DockerAdvanced, DockerMain, DockerReach, useDockerForm } from '../docker/docker-fields.tsx';
import { Setting } from '../docker/field-kit.tsx';
import { textAt } from '../docker/settings.ts';
import { currentEngine, engineChoices } from '../stores/use-stores.ts';
import { LabelsField, SizeFields } from './common-fields.tsx';
import type { FieldsProps } from './fields-props.ts';
import type { CreateForm } from './form.ts';

const policies = ['no', 'on-failure', 'always'] as const;

/** All fields of a container. */
export function ContainerFields(props: FieldsProps) {
  const { t } = useTranslation('docker');
  const docker = useHost((state) => state.drivers['docker']);
  const form = useDockerForm(
    props.form.docker,
    props.dockerError,
    (settings) => props.onChange({ docker: settings }),
    currentEngine(docker),
  );
  const { t: common } = useTranslation('common');
  const engines = docker === undefined ? [] : engineChoices(docker, common('driverShort.docker'));
  return (
    <div className="create-fields">
      {engines.length > 1 ? (
        <Setting form={form} name="endpoint" hint={t('endpointHint')}>
          {(control) => (
            <Select
              {...control}
              value={textAt(props.form.docker, 'endpoint')}
              options={engines}
              onChange={(endpoint) => form.set('endpoint', endpoint)}
            />
          )}
        </Setting>
      ) : null}
      <DockerMain form={form} />
      <SizeFields {...props} />
      <DockerReach form={form} />
      <LabelsField {...props} />
      <DockerAdvanced form={form}>
        <RestartSection form={props.form} onChange={props.onChange} />
      </DockerAdvanced>
    </div>
  );
}

/** When it is started again, and with the machine. */
function RestartSection({ form, onChange }: Pick<FieldsProps, 'form' | 'onChange'>) {
  const { t } = useTranslation(['docker', 'workload']);
  const set = [
    ...(form.restart === 'no' ? [] : [t(`workload:settings.policy.${form.restart}`)]),
    ...(form.autostart ? [t('workload:settings.autostart')] : []),
  ].join(', ');
  return (
    <details className="docker-section">
      <summary>
        <ChevronRight size={14} aria-hidden />
        <span className="docker-section-name">{t('section.restart')}</span>
        <span className="docker-section-set truncate">{set === '' ? t('sectionHint.restart') : set}</span>
      </summary>
      <div className="docker-section-body">
        <Field label={t('workload:settings.restart')} hint={t('workload:settings.restartHint')}>
          {(control) => (
            <Select
              {...control}
              value={form.restart}
              options={policies.map((value) => ({ value, label: t(`workload:settings.policy.${value}`) }))}
              onChange={(value) => onChange({ restart: value as CreateForm['restart'] })}
            />
          )}
        </Field>
        <Checkbox
          checked={form.autostart}
          onChange={(autostart) => onChange({ autostart })}
          label={t('workload:settings.autostart')}
          hint={t('workload:settings.autostartHint')}
        />
      </div>
    </details>
  );
}
