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
import { usePlan } from '../../create/plan-view.tsx';
import { readWatchdog, writeWatchdog } from '../../create/watchdog.ts';
import { WatchdogField } from '../../create/watchdog-field.tsx';
import { DockerAdvanced, DockerMain, DockerReach, useDockerForm } from '../../docker/docker-fields.tsx';
import { isUntouched, type SettingError, settingError } from '../../docker/form-error.ts';
import { type Settings, sameJson } from '../../docker/settings.ts';
import { useFieldName } from '../use-field-name.ts';
import { ChangeList } from './change-list.tsx';
import { readForwards, writeForwards } from './forwards.ts';
import { JsonField } from './json-field.tsx';
import { KeptNote } from './kept-note.tsx';
import { labelsText, parseLabels } from './labels.ts';
import './settings.css';

/** The spec of a workload as a form and as text; each change says when it takes effect. */
export function SettingsTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const runJob = useRunJob();
  const nameOf = useFieldName();
  const { client, toasts } = useWindow();
  const [draft, setDraft] = useState<WorkloadSpec>(workload.spec);
  const [labels, setLabels] = useState(() => labelsText(workload.spec.labels));
  const [settings, setSettings] = useState<Settings>(workload.spec.settings);
  const [badJson, setBadJson] = useState(false);
  const [message, setMessage] = useState('');
  const parsedLabels = parseLabels(labels);
  const spec: WorkloadSpec = {
    ...draft,
    name: workload.spec.name,
    resources: workload.spec.resources,
    labels: parsedLabels ?? workload.spec.labels,
    settings: { ...settings },
  };
  const [seen, setSeen] = useState(workload.spec);
  if (!sameJson(seen, workload.spec)) {
    setSeen(workload.spec);
    // Changed elsewhere: what nobody touched here follows, and no Save brings the old values back.
    const untouched = { ...seen, name: spec.name, resources: spec.resources };
    if (parsedLabels !== null && !badJson && sameJson(spec, untouched)) show(workload.spec);
  }
  const changed = !sameJson(spec, workload.spec) || parsedLabels === null || badJson;
  const valid = workloadSpecSchema.safeParse(spec);
  const problem =
    parsedLabels === null
      ? t('settings.badLabels')
      : badJson
        ? t('settings.badJson')
        : valid.success
          ? null
          : (valid.error.issues[0]?.message ?? null);
  const diff = useQuery(
    'workloads.diff',
    changed && problem === null ? { workload: workload.id, spec } : null,
    workload.observation.phase,
  );
  const told =
    problem ?? (diff.data ?? []).map(({ field, effect }) => `${nameOf(field)}: ${t(`effect.${effect}`)}`).join(', ');
  const docker = workload.spec.driver === 'docker';
  // What the fields do not allow together is the driver's to say.
  const plan = usePlan(docker && changed && problem === null ? { spec, start: false } : null);
  const fault = changed && problem === null ? (diff.error ?? plan.error) : null;
  const named = settingError(fault);
  const dockerError = named !== null && !isUntouched(settings, named.path) ? named : null;
  const refused =
    fault?.message ?? (changed ? diff.data?.find((change) => change.effect === 'refused')?.why : null) ?? null;
  function change(next: Settings): void {
    setSettings(next);
    setBadJson(false);
  }
  const forwards = docker ? null : readForwards(workload.spec.driver, settings);
  function show(next: WorkloadSpec): void {
    setDraft(next);
    setLabels(labelsText(next.labels));
    change(next.settings);
  }
  const apply = async () => {
    const before = workload.spec;
    const job = await runJob('workloads.update', { workload: workload.id, spec });
    setMessage(job === null ? '' : t('settings.saved'));
    if (job === null) return;
    // The host has filled in what was left out.
    await showPresent();
    toasts.show({
      tone: 'ok',
      text: t('settings.changed', { name: before.name }),
      action: { label: t('common:undo'), run: () => void undo(before) },
    });
  };
  /** Asked of the host: what its state tells by itself may come later than the end of a job. */
  const showPresent = async () => {
    const present = await client.call('workloads.get', { workload: workload.id }).catch(() => workload);
    show(present.spec);
  };
  /** The way back is what was kept of before, else the same change the other way round. */
  const undo = async (before: WorkloadSpec) => {
    const key = { workload: workload.id };
    const kept = await client.call('workloads.kept', key).catch(() => null);
    const isKept = kept !== null && JSON.stringify(kept.spec) === JSON.stringify(before);
    const back = isKept
      ? await runJob('workloads.revert', key)
      : await runJob('workloads.update', { ...key, spec: before });
    if (back !== null) await showPresent();
  };
  const quiet = { onKeyDown: (event: React.KeyboardEvent) => event.stopPropagation() };
  return (
    <div className="settings-tab">
      <form
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <div className="settings-main stack">
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
          {docker ? (
            <div className="stack" {...quiet}>
              <DockerForm settings={settings} error={dockerError} onChange={change} />
            </div>
          ) : null}
          {workload.spec.driver === 'qemu' ? (
            <div className="stack" {...quiet}>
              <WatchdogField
                watchdog={readWatchdog(settings)}
                onChange={(watchdog) => change(writeWatchdog(settings, watchdog))}
              />
            </div>
          ) : null}
          {forwards === null ? null : (
            <div {...quiet}>
              <ForwardsField
                forwards={forwards}
                error={null}
                onChange={(next) => change(writeForwards(workload.spec.driver, settings, next))}
              />
            </div>
          )}
        </div>
        <div className="settings-json" {...quiet}>
          <JsonField
            value={settings}
            bad={badJson}
            onChange={(next) => {
              if (next === null) setBadJson(true);
              else change(next);
            }}
          />
        </div>
        <div className="settings-foot stack">
          {changed ? null : <KeptNote workload={workload} onBack={() => void showPresent()} />}
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
            {/* What they do stands in full above, which may be out of sight. */}
            <span className="muted truncate">{changed ? told : ''}</span>
          </div>
        </div>
      </form>
    </div>
  );
}

function DockerForm(props: { settings: Settings; error: SettingError | null; onChange: (settings: Settings) => void }) {
  const form = useDockerForm(props.settings, props.error, props.onChange);
  return (
    <>
      <DockerMain form={form} />
      <DockerReach form={form} />
      <DockerAdvanced form={form} />
    </>
  );
}
