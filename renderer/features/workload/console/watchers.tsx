import { ChevronDown, Eye } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRun } from '../../../client/use-run.ts';
import { useClient, useHost } from '../../../client/window-context.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Menu } from '../../../ui/menu.tsx';

/** Who has the console open, who may type, and the way to the keyboard when another one has it. */
export function Watchers(props: {
  workload: string;
  consoleId: string;
  opening: boolean;
  writable: boolean;
  onReopen: () => void;
}) {
  const { t } = useTranslation('workload');
  const run = useRun();
  const rule = useHost((state) => state.settings?.consoleWriters ?? 'all');
  const { viewers, writers } = useWatchers(props.workload, props.consoleId);
  const word = props.opening ? 'console.opening' : props.writable ? 'console.writable' : 'console.readOnly';
  const set = (consoleWriters: 'all' | 'one') => void run('settings.set', { consoleWriters });
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            className="console-state"
            data-writable={props.writable}
            aria-label={`${t(word)}. ${t('console.whoTypes')}`}
          >
            {t(word)}
            <ChevronDown size={12} aria-hidden />
          </button>
        }
        items={[
          { id: 'all', label: t('console.typeAll'), checked: rule === 'all', onSelect: () => set('all') },
          { id: 'one', label: t('console.typeOne'), checked: rule === 'one', onSelect: () => set('one') },
        ]}
      />
      {viewers > 1 ? (
        <Badge>
          <Eye size={12} aria-hidden />
          {t('console.watchers', { viewers: t('console.watch', { count: viewers }), writers })}
        </Badge>
      ) : null}
      {!props.opening && !props.writable && writers > 0 ? (
        <Button size="sm" title={t('console.typeHereHint')} onClick={props.onReopen}>
          {t('console.typeHere')}
        </Button>
      ) : null}
    </>
  );
}

/** The counts of one console while it is shown; nobody until they are known. */
function useWatchers(workload: string, console: string): { viewers: number; writers: number } {
  const client = useClient();
  const connection = useHost((state) => state.connection);
  const [counts, setCounts] = useState({ viewers: 0, writers: 0 });
  useEffect(() => {
    if (connection !== 'connected') return;
    const abort = new AbortController();
    const follow = async () => {
      for await (const next of client.stream('consoles.watch', { workload, console }, { signal: abort.signal }))
        setCounts(next);
    };
    // A lost stream comes back with the connection.
    follow().catch(() => undefined);
    return () => abort.abort();
  }, [client, workload, console, connection]);
  return counts;
}
