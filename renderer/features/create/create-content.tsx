import { useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorData, errorData } from '../../../electron/bridge/contract.ts';
import { useHost, useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { freeName } from '../../verbs/names.ts';
import { isUntouched, settingError } from '../docker/form-error.ts';
import { type CreateForm, fieldOf, missingField, sources, standardForm, suggestedName, toRequest } from './form.ts';
import { FormFields } from './form-fields.tsx';
import { fromRequest } from './from-request.ts';
import { PlanView, usePlan } from './plan-view.tsx';
import { SourcePicker } from './source-picker.tsx';
import { TextView } from './text-view.tsx';
import { useSources } from './use-sources.ts';

/** The open dialog: a source, its fields with good values in them, and one button. */
export function CreateContent({ title, onClose }: { title: string; onClose: () => void }) {
  const { client, route } = useWindow();
  const { t } = useTranslation(['create', 'common']);
  const found = useSources();
  const [typed, setTyped] = useState<CreateForm | null>(null);
  const [view, setView] = useState<'form' | 'plan' | 'text'>('form');
  const [error, setError] = useState<ErrorData | null>(null);
  const [busy, setBusy] = useState(false);
  const workloads = useHost((state) => state.workloads);
  const taken = useMemo(() => new Set(Object.values(workloads).map((one) => one.spec.name)), [workloads]);

  const first = sources.find((source) => found.reasons[source] === null) ?? 'demo';
  const form = typed ?? withDemo(standardForm(first), found.demo?.id);
  const name = freeName(suggestedName(form), taken);
  const request = toRequest(form, name);
  const change = (part: Partial<CreateForm>) => {
    setTyped({ ...form, ...part });
    setError(null);
  };
  const field = error ? fieldOf(error.details['field'], form.source) : null;
  const missing = missingField(form);
  const plan = usePlan(missing === null ? request : null);
  const container = form.source === 'container';
  // While the user is at work the host's check of the present form stands at its field, once something was typed there.
  const live = container ? settingError(plan.error) : null;
  const settled = live !== null && !isUntouched(form.docker, live.path) ? live : null;
  const dockerError = container ? (settingError(error) ?? settled) : null;

  const create = async (what = request) => {
    setBusy(true);
    setError(null);
    try {
      const { job } = await client.call('workloads.create', what);
      onClose();
      const id = job.workloadId;
      if (id !== null) route.go({ page: 'list', view: 'all', id, tab: what.start ? 'console' : null });
    } catch (thrown) {
      setError(errorData(thrown));
    } finally {
      setBusy(false);
    }
  };
  const label = t(form.start ? 'createStart' : 'create');
  const beside = useWide();
  const planView =
    dockerError !== null ? (
      <p className="muted">{t('planFault')}</p>
    ) : missing === null ? (
      <PlanView plan={plan} catalogue={request.catalogue !== undefined} />
    ) : (
      <p className="muted">{t('planNeeds', { field: t(`field.${missing}`) })}</p>
    );
  const textView = (
    <TextView
      key={form.source}
      rows={beside ? 26 : 18}
      request={request}
      onEdit={(edited) => {
        const next = fromRequest(form, edited, name);
        if (next !== null) change(next);
        return next !== null;
      }}
      onCreate={(what) => void create(what)}
    />
  );
  const views = beside ? (['plan', 'text'] as const) : (['form', 'plan', 'text'] as const);
  const shown = beside && view === 'form' ? 'plan' : view;
  const switcher = (
    <div className="segments" role="radiogroup" aria-label={t('view')}>
      {views.map((one) => (
        <button key={one} type="button" role="radio" aria-checked={shown === one} onClick={() => setView(one)}>
          {t(`views.${one}`)}
        </button>
      ))}
    </div>
  );
  return (
    <Dialog
      open
      size={beside ? 'xl' : 'lg'}
      title={title}
      onClose={onClose}
      footer={
        <>
          <Checkbox checked={form.start} onChange={(start) => change({ start })} label={t('start')} />
          <span className="grow" />
          {beside ? null : switcher}
          <Button variant="primary" busy={busy} reason={found.reasons[form.source]} onClick={() => void create()}>
            {label}
          </Button>
        </>
      }
    >
      <form
        className="create"
        data-plan={beside}
        onSubmit={(event) => {
          event.preventDefault();
          if (found.reasons[form.source] === null) void create();
        }}
      >
        <SourcePicker
          value={form.source}
          reasons={found.reasons}
          onChange={(source) => {
            setError(null);
            setTyped({ ...withDemo(standardForm(source), found.demo?.id), name: form.name, start: form.start });
          }}
        />
        <div className="create-main">
          {error && (field === null || (!beside && view !== 'form')) ? <ErrorNote error={error} /> : null}
          {beside || view === 'form' ? (
            <FormFields
              form={form}
              name={name}
              catalogue={found.catalogue}
              demo={found.demo}
              error={field === null ? null : { field, message: error?.message ?? '' }}
              dockerError={dockerError}
              onChange={change}
            />
          ) : view === 'plan' ? (
            planView
          ) : (
            textView
          )}
        </div>
        {beside ? (
          <aside className="create-plan" aria-label={t(shown === 'text' ? 'asText' : 'plan')}>
            <div className="row">
              {shown === 'text' ? <span className="grow" /> : <h3 className="grow">{t('plan')}</h3>}
              {switcher}
            </div>
            {shown === 'text' ? textView : planView}
          </aside>
        ) : null}
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** Whether there is room for the plan beside the form. */
function useWide(): boolean {
  const query = useMemo(() => window.matchMedia('(min-width: 1160px)'), []);
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => query.matches,
  );
}

/** The demo takes the catalogue's own id, where it is known. */
function withDemo(form: CreateForm, id: string | undefined): CreateForm {
  return form.source === 'demo' && id ? { ...form, catalogueId: id } : form;
}
