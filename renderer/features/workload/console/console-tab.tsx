import { ArrowDown, ArrowUp, Copy, Minus, Plus, Search, Terminal as TerminalIcon, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorData, errorData, type Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRun } from '../../../client/use-run.ts';
import { useClient, useHost } from '../../../client/window-context.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Select, TextInput } from '../../../ui/field.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { Making } from './making.tsx';
import { createTerminalView, type TerminalView } from './terminal-view.ts';
import { useScreenTail } from './use-screen-tail.ts';
import { Watchers } from './watchers.tsx';
import '@xterm/xterm/css/xterm.css';
import './console.css';

type Status = {
  state: 'opening' | 'open' | 'ended';
  writable: boolean;
  error: ErrorData | null;
  exitCode: number | null;
};

/** A console that has printed nothing for this long stands still, milliseconds. */
const quietMs = 500;

/** The consoles of a workload: live ones, and the records of past boots. */
export function ConsoleTab({ workload, focusTurn }: { workload: Workload; focusTurn: number }) {
  const { t } = useTranslation('workload');
  const { phase, startedAtMs } = workload.observation;
  const version = `${phase} ${startedAtMs ?? 0}`;
  const making = phase === 'creating';
  const list = useQuery('consoles.list', making ? null : { workload: workload.id }, version);
  const [chosen, setChosen] = useState<string | null>(null);
  const consoles = (list.data ?? []).filter((one) => one.kind !== 'vnc');
  const current = consoles.find((one) => one.id === chosen) ?? consoles[0];
  if (making) return <Making workload={workload} />;
  if (list.error && consoles.length === 0)
    return (
      <div className="console-error">
        <ErrorNote error={list.error} />
      </div>
    );
  if (list.data !== null && current === undefined) {
    return <EmptyState icon={TerminalIcon} title={t('console.none')} text={t('console.noneText')} />;
  }
  if (current === undefined) return null;
  const label = (one: (typeof consoles)[number]) =>
    one.atMs === undefined ? one.label : `${one.label} – ${new Date(one.atMs).toLocaleString()}`;
  return (
    <ConsolePane
      key={`${workload.id} ${current.id}`}
      workload={workload}
      focusTurn={focusTurn}
      consoleId={current.id}
      lineFeedOnly={current.lineFeedOnly ?? false}
      recorded={current.kind === 'serial' || current.kind === 'record'}
      run={current.kind === 'record' ? '' : String(startedAtMs ?? phase)}
      picker={
        <Select
          aria-label={t('console.choose')}
          value={current.id}
          options={consoles.map((one) => ({ value: one.id, label: label(one) }))}
          onChange={setChosen}
        />
      }
    />
  );
}

function ConsolePane(props: {
  workload: Workload;
  /** Grows each time the user asks for the console: then it takes the keyboard. */
  focusTurn: number;
  consoleId: string;
  lineFeedOnly: boolean;
  recorded: boolean;
  run: string;
  picker: React.ReactNode;
}) {
  const { t } = useTranslation(['workload', 'common']);
  const client = useClient();
  const command = useRun();
  const fontSize = useHost((state) => state.settings?.consoleFontSize ?? 13);
  const connection = useHost((state) => state.connection);
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<TerminalView | null>(null);
  const [status, setStatus] = useState<Status>({ state: 'opening', writable: false, error: null, exitCode: null });
  const [search, setSearch] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const [link, setLink] = useState<string | null>(null);
  const [old, setOld] = useState(false);
  const { id } = props.workload;
  const tail = useScreenTail(props.workload);

  useEffect(() => {
    const made = createTerminalView(setLink);
    view.current = made;
    place.current?.append(made.element);
    made.fit();
    const themes = new MutationObserver(() => made.setTheme());
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      themes.disconnect();
      made.dispose();
      view.current = null;
    };
  }, []);
  useEffect(() => view.current?.setFontSize(fontSize), [fontSize]);
  useEffect(() => {
    if (props.focusTurn > 0) view.current?.focus();
  }, [props.focusTurn]);

  useEffect(() => {
    let stale = false;
    let quiet = true;
    let later: ReturnType<typeof setTimeout> | undefined;
    const open = async () => {
      setStatus((now) => ({ ...now, state: 'opening', error: null }));
      try {
        const size = view.current?.size() ?? {};
        const { answer, bytes } = await client.open('consoles.open', {
          workload: id,
          console: props.consoleId,
          ...size,
        });
        if (stale || view.current === null) {
          bytes.close();
          return;
        }
        setStatus({ state: 'open', writable: answer.writable, error: null, exitCode: null });
        const shown = view.current;
        if (props.recorded && props.run !== '')
          later = setTimeout(() => {
            if (!quiet || tail.current === '') return;
            shown.note(tail.current);
            setOld(true);
          }, quietMs);
        view.current.attach(bytes, {
          writable: answer.writable,
          lineFeedOnly: props.lineFeedOnly,
          onFirst: () => {
            quiet = false;
            setOld(false);
          },
          onEnd: (end) => {
            if (!stale) setStatus({ state: 'ended', writable: false, error: end.error, exitCode: end.exitCode });
          },
        });
      } catch (thrown) {
        if (!stale) setStatus({ state: 'ended', writable: false, error: errorData(thrown), exitCode: null });
      }
    };
    if (connection === 'connected') void open();
    return () => {
      stale = true;
      clearTimeout(later);
      setOld(false);
    };
    // A new run of the workload and a regained connection are new streams.
  }, [client, id, props.consoleId, props.lineFeedOnly, props.recorded, props.run, connection, turn, tail]);

  const find = (back: boolean) => {
    if (search) view.current?.search(search, back);
  };
  const copy = async () => {
    const text = view.current?.selection() || view.current?.text() || '';
    await navigator.clipboard.writeText(text);
  };
  const grow = (by: number) =>
    void command('settings.set', { consoleFontSize: Math.min(32, Math.max(8, fontSize + by)) });
  return (
    <div
      className="console"
      onKeyDown={(event) => {
        if (event.shiftKey && event.key === 'Escape') {
          document.querySelector<HTMLElement>('.workload [role=tab][data-state=active]')?.focus();
          event.preventDefault();
          return;
        }
        if (!(event.ctrlKey || event.metaKey) || !event.shiftKey) return;
        if (event.code === 'KeyF') setSearch(search ?? '');
        else if (event.code === 'KeyC') void copy();
        else return;
        event.preventDefault();
      }}
    >
      <div className="console-bar row">
        {props.picker}
        {props.recorded ? <Badge tone="info">{t('console.recorded')}</Badge> : null}
        <Watchers
          workload={id}
          consoleId={props.consoleId}
          opening={status.state === 'opening'}
          writable={status.writable}
          onReopen={() => setTurn(turn + 1)}
        />
        {old && status.state === 'open' ? <span className="muted truncate">{t('console.old')}</span> : null}
        {status.state === 'ended' && status.error === null ? (
          <span className="muted">
            {status.exitCode === null ? t('console.ended') : t('console.exit', { code: status.exitCode })}
          </span>
        ) : null}
        {status.state === 'ended' ? (
          <Button size="sm" onClick={() => setTurn(turn + 1)}>
            {t('console.reopen')}
          </Button>
        ) : null}
        <span className="grow" />
        <IconButton
          label={t('console.search')}
          icon={Search}
          variant="ghost"
          keys="Ctrl+Shift+F"
          onClick={() => setSearch(search === null ? '' : null)}
        />
        <IconButton
          label={t('console.copy')}
          icon={Copy}
          variant="ghost"
          keys="Ctrl+Shift+C"
          onClick={() => void copy()}
        />
        <IconButton label={t('console.smaller')} icon={Minus} variant="ghost" onClick={() => grow(-1)} />
        <IconButton label={t('console.larger')} icon={Plus} variant="ghost" onClick={() => grow(1)} />
      </div>
      {search === null ? null : (
        <div className="console-search row">
          <TextInput
            aria-label={t('console.search')}
            placeholder={t('console.search')}
            value={search}
            autoFocus
            onChange={(event) => {
              setSearch(event.target.value);
              if (event.target.value !== '') view.current?.search(event.target.value, false);
            }}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === 'Enter') find(event.shiftKey);
              if (event.key === 'Escape') {
                setSearch(null);
                view.current?.focus();
              }
            }}
          />
          <IconButton label={t('console.previous')} icon={ArrowUp} variant="ghost" onClick={() => find(true)} />
          <IconButton label={t('console.next')} icon={ArrowDown} variant="ghost" onClick={() => find(false)} />
          <IconButton label={t('common:close')} icon={X} variant="ghost" onClick={() => setSearch(null)} />
        </div>
      )}
      {status.error === null ? null : <ErrorNote error={status.error} />}
      <div className="terminal-place" ref={place} />
      {link === null ? null : <LinkDialog address={link} onClose={() => setLink(null)} />}
    </div>
  );
}
