import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type RestartPolicy,
  type Workload,
  type WorkloadSpec,
  workloadSpecSchema,
} from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRunJob } from '../../../client/use-run.ts';
import { useWindow } from '../../../client/window-context.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox, Field, Select, TextInput } from '../../../ui/field.tsx';
import { Note } from '../../../ui/note.tsx';
import { ForwardsField } from '../../create/forwards-field.tsx';
import { ChangeList } from './change-list.tsx';
import { readForwards, writeForwards } from './forwards.ts';
import { labelsText, parseLabels } from './labels.ts';
import './settings.css';

/** The spec of a workload as a form and as text; each change says when it takes effect. */
export function SettingsTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const runJob = useRunJob();
  const { host, toasts } = useWindow();
  const [draft, setDraft] = useState<WorkloadSpec>(workload.spec);
  const [labels, setLabels] = useState(() => labelsText(workload.spec.labels));
  const [settings, setSettings] = useState(() => JSON.stringify(workload.spec.settings, null, 2));
  const [forwards, setForwards] = useState(() => readForwards(workload.spec.driver, workload.spec.settings));
  const [message, setMessage] = useState('');
  const parsedLabels = parseLabels(labels);
  const parsedSettings = parseJson(settings);
  const spec: WorkloadSpec = {
    ...draft,
    name: workload.spec.name,
    resources: workload.spec.resources,
    labels: parsedLabels ?? workload.spec.labels,
    settings: parsedSettings ?? workload.spec.settings,
  };
  const changed =
    JSON.stringify(spec) !== JSON.stringify(workload.spec) || parsedLabels === null || parsedSettings === null;
  const valid = workloadSpecSchema.safeParse(spec);
  const problem =
    parsedLabels === null
      ? t('settings.badLabels')
      : parsedSettings === null
        ? t('settings.badJson')
        : valid.success
          ? null
          : (valid.error.issues[0]?.message ?? null);
  const diff = useQuery(
    'workloads.diff',
    changed && problem === null ? { workload: workload.id, spec } : null,
    workload.observation.phase,
  );
  const refused = diff.error?.message ?? diff.data?.find((change) => change.effect === 'refused')?.why ?? null;
  const show = (next: WorkloadSpec) => {
    setDraft(next);
    setLabels(labelsText(next.labels));
    setSettings(JSON.stringify(next.settings, null, 2));
    setForwards(readForwards(next.driver, next.settings));
  };
  const apply = async () => {
    const before = workload.spec;
    const job = await runJob('workloads.update', { workload: workload.id, spec });
    setMessage(job === null ? '' : t('settings.saved'));
    if (job === null) return;
    // The host has filled in what was left out.
    show(host.getState().workloads[workload.id]?.spec ?? spec);
    toasts.show({
      tone: 'ok',
      text: t('settings.changed', { name: before.name }),
      action: { label: t('common:undo'), run: () => void undo(before) },
    });
  };
  /** The way back is the same change the other way round. */
  const undo = async (before: WorkloadSpec) => {
    show(before);
    await runJob('workloads.update', { workload: workload.id, spec: before });
  };
  const quiet = { onKeyDown: (event: React.KeyboardEvent) => event.stopPropagation() };
  return (
    <form
      className="settings-form stack"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <Field
        label={t('settings.labels')}
        hint={t('settings.labelsHint')}
        error={parsedLabels === null ? t('settings.badLabels') : null}
      >
        {(control) => (
          <TextInput {...control} {...quiet} value={labels} onChange={(event) => setLabels(event.target.value)} />
        )}
      </Field>
      <Field label={t('settings.notes')}>
        {(control) => (
          <textarea
            {...control}
            {...quiet}
            className="input"
            rows={4}
            value={draft.notes}
            onChange={(event) => setDraft({ ...draft, notes: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('settings.restart')} hint={t('settings.restartHint')}>
        {(control) => (
          <Select
            {...control}
            value={draft.restart}
            options={(['no', 'on-failure', 'always'] as const).map((value) => ({
              value,
              label: t(`settings.policy.${value}`),
            }))}
            onChange={(value) => setDraft({ ...draft, restart: value as RestartPolicy })}
          />
        )}
      </Field>
      <Checkbox
        checked={draft.autostart}
        onChange={(autostart) => setDraft({ ...draft, autostart })}
        label={t('settings.autostart')}
        hint={t('settings.autostartHint')}
      />
      <Checkbox
        checked={draft.protected}
        onChange={(value) => setDraft({ ...draft, protected: value })}
        label={t('settings.protected')}
        hint={t('settings.protectedHint')}
      />
      {forwards === null ? null : (
        <div {...quiet}>
          <ForwardsField
            forwards={forwards}
            error={null}
            onChange={(next) => {
              setForwards(next);
              if (parsedSettings !== null)
                setSettings(JSON.stringify(writeForwards(workload.spec.driver, parsedSettings, next), null, 2));
            }}
          />
        </div>
      )}
      <Field
        label={t('settings.engine')}
        hint={t('settings.engineHint')}
        error={parsedSettings === null ? t('settings.badJson') : null}
      >
        {(control) => (
          <textarea
            {...control}
            {...quiet}
            className="input mono"
            rows={14}
            spellCheck={false}
            value={settings}
            onChange={(event) => {
              setSettings(event.target.value);
              const read = parseJson(event.target.value);
              if (read !== null) setForwards(readForwards(workload.spec.driver, read));
            }}
          />
        )}
      </Field>
      {changed && diff.data && diff.data.length > 0 ? (
        <ChangeList from={workload.spec} to={spec} changes={diff.data} />
      ) : null}
      {refused ? <Note tone="bad">{refused}</Note> : null}
      {message !== '' && !changed ? <Note tone="ok">{message}</Note> : null}
      <div className="row settings-actions">
        <Button
          type="submit"
          variant="primary"
          busy={workload.pendingVerb === 'update'}
          reason={problem ?? refused ?? (changed ? null : t('settings.same'))}
        >
          {t('save')}
        </Button>
        {changed ? <Button onClick={() => show(workload.spec)}>{t('common:cancel')}</Button> : null}
      </div>
    </form>
  );
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
