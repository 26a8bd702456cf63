import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { GiB, MiB, type Resources, type Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRun, useRunJob } from '../../../client/use-run.ts';
import { useHost } from '../../../client/window-context.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { engineOf } from '../../../store/engine-of.ts';
import { Button } from '../../../ui/button.tsx';
import { Note } from '../../../ui/note.tsx';
import { NumberField, SizeField } from '../../../ui/number-field.tsx';
import { sameJson } from '../../docker/settings.ts';
import { useFieldName } from '../use-field-name.ts';
import { ResourceSlider } from './resource-slider.tsx';
import { zonesOf } from './zones.ts';
import './resources.css';

/** CPU and memory: what is asked for, what is confirmed, and when a change takes effect. */
export function ResourcesTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const run = useRun();
  const nameOf = useFieldName();
  const runJob = useRunJob();
  const host = useHost((state) => state.host);
  const known = useHost((state) => state.drivers[workload.spec.driver]);
  const driver = engineOf(known, workload.spec);
  const { resources, driver: kind } = workload.spec;
  const [edit, setEdit] = useState<{ of: Resources; draft: Resources } | null>(null);
  // A draft belongs to the values that it began from, not to their record, which each observation makes anew. It stands until they change,
  // so that what was asked for is shown while it is being done.
  const draft = edit !== null && sameJson(edit.of, resources) ? edit.draft : resources;
  const setDraft = (next: Resources) => setEdit({ of: resources, draft: next });
  const [message, setMessage] = useState('');
  const changed = !sameJson(draft, resources);
  const busy = workload.pendingVerb === 'resize';
  const diff = useQuery(
    'workloads.diff',
    changed ? { workload: workload.id, spec: { ...workload.spec, resources: draft } } : null,
    workload.observation.phase,
  );
  const live = workload.observation.phase === 'running' || workload.observation.phase === 'paused';
  const able = driver?.capabilities.resize;
  const disabled = able === undefined || able.available ? null : (able.reason ?? t('common:refusal.unsupported'));
  const hostCpus = host?.cpus ?? 1;
  const hostMemory = host?.memoryBytes ?? 4 * GiB;
  // Without a limit all of the machine may be used.
  const vcpus = draft.vcpus ?? hostCpus;
  const memory = draft.memoryBytes ?? hostMemory;
  const cpuMax = Math.max(hostCpus * 2, draft.maxVcpus ?? 0, vcpus);
  const memoryMax = Math.max(Math.ceil((hostMemory * 1.25) / GiB) * GiB, memory);
  const container = kind !== 'qemu';
  const confirmed = live ? workload.observation.confirmed : undefined;
  const unconfirmed = t(live ? 'fact.unlimited' : 'resources.unconfirmed');
  const lags =
    live &&
    confirmed?.memoryBytes !== undefined &&
    resources.memoryBytes !== undefined &&
    Math.abs(confirmed.memoryBytes - resources.memoryBytes) > 4 * MiB;
  // What waits for the next start is told by its own note.
  const cpusLag =
    live &&
    !container &&
    confirmed?.vcpus !== undefined &&
    resources.vcpus !== undefined &&
    confirmed.vcpus !== resources.vcpus &&
    workload.observation.pending?.includes('resources.vcpus') !== true;

  const apply = async () => {
    setMessage('');
    const job = await runJob('workloads.resize', { workload: workload.id, resources: draft });
    if (job !== null) setMessage(job.message);
  };
  const cold = (diff.data ?? []).filter((change) => change.effect === 'restart');
  const anew = (diff.data ?? []).filter((change) => change.effect === 'recreate');
  const names = (changes: typeof cold) => changes.map((change) => nameOf(change.field)).join(', ');
  const refused = (diff.data ?? []).find((change) => change.effect === 'refused');
  return (
    <div className="resources">
      <ResourceSlider
        label={t('metric.cpu')}
        min={container ? 0.25 : 1}
        max={cpuMax}
        step={container ? 0.25 : 1}
        zones={zonesOf({
          min: container ? 0.25 : 1,
          max: cpuMax,
          liveMax: live && !container ? (resources.maxVcpus ?? vcpus) : cpuMax,
          hostMax: hostCpus,
        })}
        value={vcpus}
        confirmed={confirmed?.vcpus ?? null}
        unconfirmed={unconfirmed}
        unlimited={draft.vcpus === undefined}
        format={(value) => String(Number(value.toFixed(2)))}
        disabled={disabled}
        onChange={(value) => setDraft({ ...draft, vcpus: value })}
        field={
          <NumberField
            label={t('metric.cpu')}
            unit="vCPU"
            value={draft.vcpus ?? null}
            placeholder={t('fact.unlimited')}
            step={container ? 0.25 : 1}
            onChange={(value) => setDraft({ ...draft, vcpus: value ?? undefined })}
          />
        }
      />
      <ResourceSlider
        label={t('metric.memory')}
        min={64 * MiB}
        max={memoryMax}
        step={64 * MiB}
        zones={zonesOf({
          min: 64 * MiB,
          max: memoryMax,
          liveMax: live && !container ? (resources.maxMemoryBytes ?? memory) : memoryMax,
          hostMax: hostMemory,
        })}
        value={memory}
        confirmed={confirmed?.memoryBytes ?? null}
        unconfirmed={unconfirmed}
        unlimited={draft.memoryBytes === undefined}
        format={formatBytes}
        disabled={disabled}
        onChange={(value) => setDraft({ ...draft, memoryBytes: value })}
        field={
          <SizeField
            label={t('metric.memory')}
            value={draft.memoryBytes ?? null}
            placeholder={t('fact.unlimited')}
            onChange={(value) => setDraft({ ...draft, memoryBytes: value ?? undefined })}
          />
        }
      />
      {refused ? <Note tone="bad">{refused.why ?? refused.field}</Note> : null}
      {cold.length > 0 && live ? (
        <Note tone="warn">
          {t('resources.later', { fields: names(cold) })}
          {cold[0]?.why ? ` ${cold[0].why}` : ''}
        </Note>
      ) : null}
      {anew.length > 0 ? (
        <Note tone="warn">
          {t('resources.anew', { fields: names(anew) })}
          {anew[0]?.why ? ` ${anew[0].why}` : ''}
        </Note>
      ) : null}
      {cpusLag && !changed ? (
        <Note tone="warn">{t('resources.cpusLagging', { asked: resources.vcpus, has: confirmed?.vcpus })}</Note>
      ) : null}
      {lags && !changed ? (
        <Note tone="warn">
          {t('resources.lagging', {
            asked: formatBytes(resources.memoryBytes ?? 0),
            has: formatBytes(confirmed?.memoryBytes ?? 0),
          })}
        </Note>
      ) : null}
      {message !== '' && !changed ? <Note tone="info">{message}</Note> : null}
      <div className="row">
        <Button
          variant="primary"
          busy={busy}
          reason={
            disabled ?? (refused ? (refused.why ?? refused.field) : null) ?? (changed ? null : t('resources.same'))
          }
          onClick={() => void apply()}
        >
          {t('resources.apply')}
        </Button>
        {changed && !busy ? <Button onClick={() => setDraft(resources)}>{t('common:cancel')}</Button> : null}
        <span className="muted grow">
          {live && !container && resources.maxVcpus !== undefined
            ? t('resources.reserved', {
                vcpus: resources.maxVcpus,
                memory: formatBytes(resources.maxMemoryBytes ?? memory),
              })
            : ''}
        </span>
        {workload.observation.pending && workload.observation.pending.length > 0 ? (
          <Button onClick={() => void run('workloads.restart', { workload: workload.id })}>
            {t('common:verb.restart')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
