import { History, Play, ScrollText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Workload } from '../../../electron/bridge/contract.ts';
import { useLogTail } from '../../client/use-log-tail.ts';
import { useHost, useRoute, useWindow } from '../../client/window-context.ts';
import { engineOf } from '../../store/engine-of.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Note } from '../../ui/note.tsx';
import { useRefusal, useVerb } from '../../verbs/use-verbs.ts';
import { needsAttention } from '../list/views.ts';

/** The last lines of the log that are shown. */
const tailLines = 6;

/** What is wrong with a workload, with the last lines that it printed and the buttons that help. Nothing while all is well. */
export function TroubleNote({ workload }: { workload: Workload }) {
  if (!needsAttention(workload) || workload.trashedUntilMs !== null) return null;
  const { phase } = workload.observation;
  const bad = phase === 'crashed' || phase === 'lost';
  return bad ? (
    <Ended workload={workload} />
  ) : (
    <Note tone="warn" role="alert">
      {workload.observation.attention ?? workload.observation.reason}
    </Note>
  );
}

function Ended({ workload }: { workload: Workload }) {
  const { t } = useTranslation(['workload', 'common']);
  const { route } = useWindow();
  const at = useRoute();
  const { id, observation } = workload;
  const known = useHost((state) => state.drivers[workload.spec.driver]);
  const driver = engineOf(known, workload.spec);
  const count = useHost((state) => state.snapshots[id]?.snapshots.length ?? 0);
  const why = useRefusal();
  const act = useVerb();
  const lines = useLogTail(id, tailLines, `${observation.phase} ${observation.reason}`);
  const go = (tab: string) => {
    if (at.page === 'list') route.go({ ...at, tab }, { replace: true });
  };
  const said = [observation.reason, observation.attention].filter(Boolean).join(' ');
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return (
    <Note tone="bad" role="alert">
      <p>
        <strong>{t(`common:phase.${observation.phase}`)}.</strong> {text}
      </p>
      {lines.length > 0 ? (
        <pre className="trouble-log" aria-label={t('trouble.log')}>
          {lines.join('\n')}
        </pre>
      ) : null}
      <div className="row wrap trouble-acts">
        <Button
          size="sm"
          icon={Play}
          reason={why('start', workload, driver)}
          onClick={() => void act('start', [workload])}
        >
          {t('trouble.again')}
        </Button>
        {count > 0 ? (
          <Button size="sm" icon={History} onClick={() => go('snapshots')}>
            {t('trouble.snapshots')}
          </Button>
        ) : null}
        {driver?.capabilities.logs?.available ? (
          <Button size="sm" icon={ScrollText} onClick={() => go('logs')}>
            {t('trouble.logs')}
          </Button>
        ) : null}
        <CopyButton label={t('common:copyDetails')} text={[`${workload.spec.name}: ${text}`, ...lines].join('\n')} />
      </div>
    </Note>
  );
}
