import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type DockerForm, useChoices } from './docker-form.ts';
import { ChoiceSetting, FlagSetting, NamesSetting, PairsSetting, TextSetting, WordsSetting } from './field-kit.tsx';
import type { SettingError } from './form-error.ts';
import { HealthSection } from './health-section.tsx';
import { LimitsSection } from './limits-section.tsx';
import { MountsField } from './mounts-field.tsx';
import { NetworkSection } from './network-section.tsx';
import { PortsField } from './ports-field.tsx';
import { Section } from './section.tsx';
import { pairsAt, type Settings, withValue } from './settings.ts';
import { envText, parseEnv } from './words.ts';
import './docker.css';

/** What the parts of the form share, for one render. `engine` is meant where the settings name none; empty for the first one. */
export function useDockerForm(
  settings: Settings,
  error: SettingError | null,
  onChange: (settings: Settings) => void,
  engine = '',
): DockerForm {
  const choices = useChoices(settings, engine);
  return { settings, error, choices, set: (key, value) => onChange(withValue(settings, key, value)) };
}

/** What it runs: image, command, environment. */
export function DockerMain({ form }: { form: DockerForm }) {
  const { t } = useTranslation('docker');
  return (
    <>
      <TextSetting form={form} name="image" hint={t('imageHint')} />
      <WordsSetting form={form} name="command" hint={t('commandHint')} />
      <PairsSetting
        form={form}
        name="env"
        hint={t('envHint')}
        value={pairsAt(form.settings, 'env')}
        read={parseEnv}
        write={envText}
      />
    </>
  );
}

/** Ports and mounts. */
export function DockerReach({ form }: { form: DockerForm }) {
  return (
    <>
      <PortsField form={form} />
      <MountsField form={form} />
    </>
  );
}

/** All the rest in folded parts. `children` are further parts of the caller. */
export function DockerAdvanced({ form, children }: { form: DockerForm; children?: ReactNode }) {
  const { t } = useTranslation('docker');
  const { runtimes, logDrivers } = form.choices;
  return (
    <section className="docker-advanced" aria-label={t('advanced')}>
      <h3>{t('advanced')}</h3>
      <Section form={form} name="process">
        <WordsSetting form={form} name="entrypoint" placeholder={t('ofImage')} hint={t('entrypointHint')} />
        <div className="docker-pair">
          <TextSetting form={form} name="workingDirectory" placeholder={t('ofImage')} />
          <TextSetting form={form} name="user" placeholder={t('ofImage')} hint={t('userHint')} />
          <TextSetting form={form} name="hostname" placeholder={t('byEngine')} />
          <TextSetting form={form} name="stopSignal" placeholder="SIGTERM" />
        </div>
        <div className="docker-checks">
          <FlagSetting form={form} name="tty" />
          <FlagSetting form={form} name="stdin" />
          <FlagSetting form={form} name="init" hint={t('initHint')} />
        </div>
      </Section>
      <Section form={form} name="network">
        <NetworkSection form={form} />
      </Section>
      <Section form={form} name="limits">
        <LimitsSection form={form} />
      </Section>
      <Section form={form} name="rights">
        <div className="docker-pair">
          <NamesSetting form={form} name="capAdd" upperCase placeholder="NET_ADMIN SYS_PTRACE" />
          <NamesSetting form={form} name="capDrop" upperCase placeholder="ALL" />
          <NamesSetting form={form} name="devices" placeholder="/dev/fuse" hint={t('devicesHint')} />
          <ChoiceSetting form={form} name="runtime" options={runtimes} unset={t('defaultRuntime')} />
        </div>
        <div className="docker-checks">
          <FlagSetting form={form} name="noNewPrivileges" hint={t('noNewPrivilegesHint')} />
          <FlagSetting form={form} name="readOnlyRoot" hint={t('readOnlyRootHint')} />
        </div>
      </Section>
      <Section form={form} name="health">
        <HealthSection form={form} />
      </Section>
      <Section form={form} name="log">
        <div className="docker-pair">
          <ChoiceSetting form={form} name="logDriver" options={logDrivers} unset="json-file" />
          <PairsSetting
            form={form}
            name="logOptions"
            placeholder="max-size=10m"
            hint={t('logOptionsHint')}
            value={pairsAt(form.settings, 'logOptions')}
            read={parseEnv}
            write={envText}
          />
        </div>
      </Section>
      {children}
    </section>
  );
}
