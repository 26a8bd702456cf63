import { Keyboard, Maximize, Minimize, Monitor, Scaling } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorData, errorData, type Workload } from '../../../../electron/bridge/contract.ts';
import { useClient, useHost } from '../../../client/window-context.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { combinations, createVncView, type VncView } from './vnc-view.ts';
import './display.css';

type Status = { state: 'opening' | 'open' | 'ended'; writable: boolean; error: ErrorData | null };

const keyNames = Object.keys(combinations) as (keyof typeof combinations)[];

/** Whether a workload has a screen, running or not. */
export function hasDisplay(workload: Workload): boolean {
  return workload.spec.settings['display'] === 'vnc';
}

/** The screen of a workload. */
export function DisplayTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation('display');
  const { phase, startedAtMs } = workload.observation;
  const live = startedAtMs !== undefined && phase !== 'starting' && phase !== 'stopped' && phase !== 'crashed';
  if (!live) return <EmptyState icon={Monitor} title={t('off')} text={t('offText')} />;
  return <DisplayPane key={workload.id} workload={workload} run={String(startedAtMs)} />;
}

function DisplayPane({ workload, run }: { workload: Workload; run: string }) {
  const { t } = useTranslation('display');
  const client = useClient();
  const connection = useHost((state) => state.connection);
  const frame = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const leave = useRef<HTMLButtonElement>(null);
  const view = useRef<VncView | null>(null);
  const [status, setStatus] = useState<Status>({ state: 'opening', writable: false, error: null });
  const [fit, setFit] = useState(true);
  const [full, setFull] = useState(false);
  const [held, setHeld] = useState(false);
  const [turn, setTurn] = useState(0);
  const { id } = workload;
  const label = t('screenOf', { name: workload.spec.name });

  useEffect(() => {
    let stale = false;
    let made: VncView | null = null;
    const open = async (into: HTMLElement) => {
      setStatus((now) => ({ ...now, state: 'opening', error: null }));
      try {
        const { answer, bytes } = await client.open('consoles.open', { workload: id, console: 'vnc' });
        if (stale) {
          bytes.close();
          return;
        }
        made = await createVncView(into, bytes, {
          writable: answer.writable,
          fit: true,
          label,
          onConnect: () => setStatus({ state: 'open', writable: answer.writable, error: null }),
          onEnd: () => setStatus({ state: 'ended', writable: false, error: null }),
        });
        if (stale) made.dispose();
        else view.current = made;
      } catch (thrown) {
        if (!stale) setStatus({ state: 'ended', writable: false, error: errorData(thrown) });
      }
    };
    if (connection === 'connected' && place.current) void open(place.current);
    return () => {
      stale = true;
      view.current = null;
      made?.dispose();
    };
    // A new run of the workload and a regained connection are new streams.
  }, [client, id, label, run, connection, turn]);
  useEffect(() => view.current?.setScale(fit), [fit, status.state]);
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null && document.fullscreenElement === frame.current);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);

  return (
    <div
      className="display"
      ref={frame}
      onKeyDownCapture={(event) => {
        // The guest gets every other key, so this one is the way out.
        if (event.key !== 'Escape' || !event.shiftKey || !place.current?.contains(event.target as Node)) return;
        event.preventDefault();
        event.stopPropagation();
        leave.current?.focus();
      }}
    >
      <div className="console-bar row">
        <Badge tone={status.state === 'open' ? 'ok' : 'neutral'}>
          {t(status.state === 'open' && !status.writable ? 'readOnly' : status.state)}
        </Badge>
        {status.state === 'ended' ? (
          <Button size="sm" onClick={() => setTurn(turn + 1)}>
            {t('reopen')}
          </Button>
        ) : null}
        <span className="muted" role="status">
          {held ? t('held') : status.writable ? t('free') : ''}
        </span>
        <span className="grow" />
        <Menu
          trigger={
            <Button size="sm" variant="ghost" icon={Keyboard} ref={leave} reason={status.writable ? null : t('noKeys')}>
              {t('sendKeys')}
            </Button>
          }
          items={keyNames.map((name) => ({
            id: name,
            label: t(`keys.${name}`),
            reason: status.writable ? null : t('noKeys'),
            onSelect: () => view.current?.send(combinations[name]),
          }))}
        />
        <IconButton label={t('fit')} icon={Scaling} pressed={fit} onClick={() => setFit(!fit)} />
        <IconButton
          label={t(full ? 'leaveFull' : 'full')}
          icon={full ? Minimize : Maximize}
          onClick={() => {
            if (full) void document.exitFullscreen();
            else void frame.current?.requestFullscreen();
          }}
        />
      </div>
      {status.error === null ? null : <ErrorNote error={status.error} />}
      <div
        className="display-place"
        ref={place}
        data-fit={fit ? 'true' : undefined}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      />
    </div>
  );
}
