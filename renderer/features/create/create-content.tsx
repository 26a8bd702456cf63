import { useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorData, errorData } from '../../../electron/bridge/contract.ts';
import { useHost, useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { freeName } from '../../verbs/names.ts';
import { type CreateForm, fieldOf, missingField, sources, standardForm, suggestedName, toRequest } from './form.ts';
import { FormFields } from './form-fields.tsx';
import { PlanView } from './plan-view.tsx';
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
  const field = error ? fieldOf(error.details['field']) : null;

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
  const missing = missingField(form);
  const plan =
    missing === null ? (
      <PlanView request={request} />
    ) : (
      <p className="muted">{t('planNeeds', { field: t(`field.${missing}`) })}</p>
    );
  const views = beside ? (['form', 'text'] as const) : (['form', 'plan', 'text'] as const);
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
          <div className="segments" role="radiogroup" aria-label={t('view')}>
            {views.map((one) => (
              <button key={one} type="button" role="radio" aria-checked={view === one} onClick={() => setView(one)}>
                {t(`views.${one}`)}
              </button>
            ))}
          </div>
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
          {error && (field === null || view !== 'form') ? <ErrorNote error={error} /> : null}
          {view === 'form' || (view === 'plan' && beside) ? (
            <FormFields
              form={form}
              name={name}
              catalogue={found.catalogue}
              demo={found.demo}
              error={field === null ? null : { field, message: error?.message ?? '' }}
              onChange={change}
            />
          ) : view === 'plan' && !beside ? (
            plan
          ) : (
            <TextView request={request} onCreate={(what) => void create(what)} />
          )}
        </div>
        {beside ? (
          <aside className="create-plan" aria-label={t('plan')}>
            <h3>{t('plan')}</h3>
            {plan}
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
