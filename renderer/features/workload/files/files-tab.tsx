import { ArrowUp, Download, File, FileQuestion, Folder, Link, RefreshCw, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorData, type FileEntryView, type Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useWindow } from '../../../client/window-context.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { errorText } from '../../../format/error-text.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { TextInput } from '../../../ui/field.tsx';
import { Note } from '../../../ui/note.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { childPath, modeText, parentPath, steps, typedPath } from './paths.ts';
import { download, maxDownloadBytes, saveAs, upload } from './transfer.ts';
import './files.css';

const icons = { file: File, directory: Folder, link: Link, other: FileQuestion } as const;

/** Files inside a workload: look through, fetch and bring in. */
export function FilesTab({ workload }: { workload: Workload }) {
  const { t } = useTranslation('files');
  const { client, toasts } = useWindow();
  const [path, setPath] = useState('/');
  const [typed, setTyped] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [progress, setProgress] = useState('');
  const picker = useRef<HTMLInputElement>(null);
  const list = useQuery('files.list', { workload: workload.id, path }, workload.observation.phase);
  const wanted = typed === null ? null : typedPath(typed);
  const go = (to: string) => {
    setPath(to);
    setTyped(null);
  };
  const attempt = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    try {
      await work();
    } catch (thrown) {
      const error = errorData(thrown);
      const tooLarge = thrown instanceof RangeError;
      toasts.show({
        tone: 'bad',
        text: tooLarge ? t('tooLarge', { size: formatBytes(maxDownloadBytes) }) : error.message,
        details: errorText(error),
      });
    } finally {
      setBusy(null);
      setProgress('');
    }
  };
  const fetchOne = (entry: FileEntryView) =>
    attempt(entry.name, async () => {
      const blob = await download(client, workload.id, childPath(path, entry.name));
      saveAs(blob, entry.kind === 'directory' ? `${entry.name}.tar` : entry.name);
    });
  const bring = (files: FileList | null) =>
    attempt('upload', async () => {
      for (const file of files ?? []) {
        const tell = (bytes: number) =>
          setProgress(t('uploading', { name: file.name, done: formatBytes(bytes), size: formatBytes(file.size) }));
        await upload(client, workload.id, childPath(path, file.name), file, tell);
        toasts.show({ tone: 'ok', text: t('uploaded', { name: file.name, path }) });
      }
      list.reload();
    });
  const open = (entry: FileEntryView) => {
    // A link may lead to a directory: the host says so when it does not.
    if (entry.kind === 'directory' || entry.kind === 'link') go(childPath(path, entry.name));
  };
  const entries = list.data?.entries ?? [];
  return (
    <div
      className="files"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void bring(event.dataTransfer.files);
      }}
    >
      <form
        className="row files-bar"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== null) go(wanted);
        }}
      >
        <IconButton
          icon={ArrowUp}
          label={t('up')}
          reason={path === '/' ? t('atRoot') : null}
          onClick={() => go(parentPath(path))}
        />
        <TextInput
          className="mono"
          aria-label={t('path')}
          aria-invalid={typed !== null && wanted === null}
          value={typed ?? path}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => event.stopPropagation()}
        />
        <IconButton icon={RefreshCw} label={t('again')} busy={list.loading} onClick={list.reload} />
        <Button icon={Upload} busy={busy === 'upload'} onClick={() => picker.current?.click()}>
          {t('upload')}
        </Button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={t('choose')}
          onChange={(event) => {
            void bring(event.target.files);
            event.target.value = '';
          }}
        />
      </form>
      <nav className="row files-steps" aria-label={t('steps')}>
        {steps(path).map((step) => (
          <Button key={step.path} size="sm" variant="ghost" onClick={() => go(step.path)}>
            {step.name}
          </Button>
        ))}
        <span className="grow" />
        <span className="muted num" role="status">
          {progress}
        </span>
      </nav>
      {list.error ? <ErrorNote error={list.error} /> : null}
      {list.data?.truncated ? <Note tone="warn">{t('truncated')}</Note> : null}
      {list.data && entries.length === 0 && !list.error ? (
        <EmptyState icon={Folder} title={t('empty')} text={t('emptyText')} />
      ) : null}
      {entries.length > 0 && !list.error ? (
        <table className="files-table" aria-label={t('list', { path })}>
          <thead>
            <tr>
              <th scope="col">{t('name')}</th>
              <th scope="col">{t('size')}</th>
              <th scope="col">{t('mode')}</th>
              <th scope="col">{t('changed')}</th>
              <th scope="col" aria-label={t('actions')} />
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Line
                key={entry.name}
                entry={entry}
                busy={busy === entry.name}
                onOpen={() => open(entry)}
                onFetch={() => void fetchOne(entry)}
              />
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}

function Line(props: { entry: FileEntryView; busy: boolean; onOpen: () => void; onFetch: () => void }) {
  const { t } = useTranslation('files');
  const { entry } = props;
  const Icon = icons[entry.kind];
  const opens = entry.kind === 'directory' || entry.kind === 'link';
  const name = entry.target === undefined ? entry.name : `${entry.name} → ${entry.target}`;
  return (
    <tr>
      <td>
        <span className="row">
          <Icon size={14} aria-label={t(`kind.${entry.kind}`)} />
          {opens ? (
            <button type="button" className="files-open truncate" onClick={props.onOpen}>
              {name}
            </button>
          ) : (
            <span className="truncate">{name}</span>
          )}
        </span>
      </td>
      <td className="num">{entry.kind === 'file' ? formatBytes(entry.sizeBytes) : ''}</td>
      <td className="mono">{modeText(entry.mode)}</td>
      <td>
        <RelativeTime atMs={entry.modifiedAtMs} />
      </td>
      <td>
        <IconButton
          size="sm"
          icon={Download}
          label={t('download', { name: entry.name })}
          busy={props.busy}
          reason={entry.kind === 'other' ? t('notReadable') : null}
          onClick={props.onFetch}
        />
      </td>
    </tr>
  );
}
