import { Rocket } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRun } from '../../client/use-run.ts';
import { useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { freeName } from '../../verbs/names.ts';
import { standardForm, suggestedName, toRequest } from './form.ts';
import { useSources } from './use-sources.ts';

/** The shortest way to something that runs: the demo guest with the dialog's own proposals. */
export function DemoButton() {
  const { t } = useTranslation('create');
  const { host, route } = useWindow();
  const run = useRun();
  const { reasons, demo } = useSources();
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    const standard = standardForm('demo');
    const form = { ...standard, catalogueId: demo?.id ?? standard.catalogueId };
    const taken = new Set(Object.values(host.getState().workloads).map((one) => one.spec.name));
    const answer = await run('workloads.create', toRequest(form, freeName(suggestedName(form), taken)));
    setBusy(false);
    const id = answer?.job.workloadId ?? null;
    if (id !== null) route.go({ page: 'list', view: 'all', id, tab: 'console' });
  };
  return (
    <Button variant="primary" icon={Rocket} busy={busy} reason={reasons.demo} onClick={() => void start()}>
      {t('startDemo')}
    </Button>
  );
}
