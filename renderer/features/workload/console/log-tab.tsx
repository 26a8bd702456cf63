import { ScrollText } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorData, errorData, type Workload } from '../../../../electron/bridge/contract.ts';
import { useClient, useHost, useWindow } from '../../../client/window-context.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Checkbox, Select, TextInput } from '../../../ui/field.tsx';
import { sticks } from './stick.ts';
import './console.css';
import './log.css';

/** Lines that are kept and shown. */
const maxLines = 5_000;
/** Lines of the past that are asked for first. */
const tail = 1_000;
/** How far back can be asked for, milliseconds. */
const spans = { all: null, minutes: 5 * 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Colours and other escape sequences of a terminal, which a list of lines can't show. */
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** The log of a workload as lines of text, following it, with a filter. */
export function LogTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation('workload');
  const client = useClient();
  const { route } = useWindow();
  const connection = useHost((state) => state.connection);
  const [lines, setLines] = useState<string[]>([]);
  const [filter, setFilter] = useState('');
  const [timestamps, setTimestamps] = useState(false);
  const [follow, setFollow] = useState(true);
  const [span, setSpan] = useState<keyof typeof spans>('all');
  const [error, setError] = useState<ErrorData | null>(null);
  const [opened, setOpened] = useState(false);
  const box = useRef<HTMLPreElement>(null);
  const stick = useRef(true);
  const top = useRef(0);
  const { id, observation } = workload;
  const qemu = workload.spec.driver === 'qemu';
  useEffect(() => {
    if (connection !== 'connected') return;
    let close = () => undefined as void;
    let stale = false;
    const decoder = new TextDecoder();
    let rest = '';
    const open = async () => {
      try {
        const back = spans[span];
        const { bytes } = await client.open('logs.read', {
          workload: id,
          follow,
          timestamps,
          ...(back === null ? { tail } : { sinceMs: Date.now() - back }),
        });
        close = () => bytes.close();
        if (stale) {
          bytes.close();
          return;
        }
        setLines([]);
        setError(null);
        setOpened(true);
        bytes.onData((chunk) => {
          bytes.ack(chunk.length);
          const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
          rest = parts.pop() ?? '';
          if (parts.length > 0)
            setLines((now) => [...now, ...parts.map((line) => line.replace(escapes, ''))].slice(-maxLines));
        });
        bytes.onEnd((end) => {
          if (rest !== '') setLines((now) => [...now, rest.replace(escapes, '')].slice(-maxLines));
          if (end.error !== null && !stale) setError(end.error);
        });
      } catch (thrown) {
        if (!stale) setError(errorData(thrown));
      }
    };
    void open();
    return () => {
      stale = true;
      close();
    };
  }, [client, id, timestamps, follow, span, connection, observation.startedAtMs]);
  const shown = useMemo(() => {
    const wanted = filter.toLowerCase();
    return wanted === '' ? lines : lines.filter((line) => line.toLowerCase().includes(wanted));
  }, [lines, filter]);
  useEffect(() => {
    if (stick.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown]);
  return (
    <div className="log">
      <div className="row console-bar log-bar">
        <TextInput
          aria-label={t('log.filter')}
          placeholder={t('log.filter')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => event.stopPropagation()}
        />
        <Select
          aria-label={t('log.span')}
          value={span}
          options={(['all', 'minutes', 'hour', 'day'] as const).map((value) => ({
            value,
            label: t(`log.since.${value}`),
          }))}
          onChange={(value) => setSpan(value as keyof typeof spans)}
        />
        <Checkbox checked={follow} onChange={setFollow} label={t('log.follow')} />
        <Checkbox checked={timestamps} onChange={setTimestamps} label={t('log.timestamps')} />
        <span className="grow" />
        <span className="muted num">{t('log.lines', { count: shown.length })}</span>
      </div>
      {error === null ? null : <ErrorNote error={error} />}
      {opened && error === null && shown.length === 0 ? (
        <EmptyState
          icon={ScrollText}
          title={t(lines.length > 0 ? 'log.noneFits' : 'log.none')}
          text={t(lines.length > 0 ? 'log.noneFitsText' : qemu ? 'log.noneMachine' : 'log.noneText')}
        >
          {lines.length > 0 ? (
            <Button onClick={() => setFilter('')}>{t('log.clear')}</Button>
          ) : qemu ? (
            <Button onClick={() => route.go({ page: 'list', view: 'all', id, tab: 'console' }, { replace: true })}>
              {t('log.console')}
            </Button>
          ) : null}
        </EmptyState>
      ) : null}
      <pre
        ref={box}
        className="log-lines mono"
        data-empty={shown.length === 0}
        tabIndex={0}
        role="log"
        aria-label={t('tab.logs')}
        onScroll={(event) => {
          stick.current = sticks(event.currentTarget, top.current, stick.current);
          top.current = event.currentTarget.scrollTop;
        }}
      >
        {shown.join('\n')}
      </pre>
    </div>
  );
}
