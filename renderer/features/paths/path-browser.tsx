import { ArrowUp, File, Folder } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from '../../client/use-query.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { suits } from './suits.ts';

/** Chooses a file of the host's machine: folders open by click or Enter, a file is taken the same way. */
export function PathBrowser(props: {
  title: string;
  /** The folder to begin in; the home directory without. */
  start: string | null;
  extensions: string[];
  /** The folder that is open may be chosen too. */
  folders: boolean;
  onPick: (path: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation(['paths', 'common']);
  const [folder, setFolder] = useState(props.start);
  const [all, setAll] = useState(false);
  const { data, error, loading } = useQuery('host.path', folder === null ? {} : { path: folder });
  const entries = (data?.entries ?? []).filter(
    (entry) => all || entry.kind === 'directory' || suits(entry.name, props.extensions),
  );
  const join = (name: string) => (data?.path === '/' ? `/${name}` : `${data?.path ?? ''}/${name}`);
  const take = (name: string, kind: 'directory' | 'file') =>
    kind === 'directory' ? setFolder(join(name)) : props.onPick(join(name));
  return (
    <Dialog
      open
      title={props.title}
      onClose={props.onClose}
      footer={
        <>
          {props.extensions.length > 0 ? <Checkbox checked={all} onChange={setAll} label={t('all')} /> : null}
          <span className="grow" />
          <Button onClick={props.onClose}>{t('common:cancel')}</Button>
          {props.folders ? (
            <Button
              variant="primary"
              reason={data ? null : t('common:loading')}
              onClick={() => (data ? props.onPick(data.path) : undefined)}
            >
              {t('pickFolder')}
            </Button>
          ) : null}
        </>
      }
    >
      <div className="stack">
        <div className="row">
          <IconButton
            icon={ArrowUp}
            label={t('up')}
            reason={data?.parent == null ? t('top') : null}
            onClick={() => setFolder(data?.parent ?? null)}
          />
          <code className="path-here truncate" title={data?.path}>
            {data?.path}
          </code>
        </div>
        {error ? <ErrorNote error={error} /> : null}
        <ul className="path-entries" aria-label={t('entries')} aria-busy={loading} onKeyDown={moveFocus}>
          {entries.map((entry) => (
            <li key={entry.name}>
              <button type="button" onClick={() => take(entry.name, entry.kind)}>
                {entry.kind === 'directory' ? (
                  <Folder size={15} aria-label={t('folder')} />
                ) : (
                  <File size={15} aria-hidden />
                )}
                <span className="truncate grow">{entry.name}</span>
                {entry.sizeBytes === null ? null : <span className="num muted">{formatBytes(entry.sizeBytes)}</span>}
              </button>
            </li>
          ))}
          {data && entries.length === 0 ? (
            <li className="muted path-none">{t(data.entries.length === 0 ? 'empty' : 'noneSuits')}</li>
          ) : null}
        </ul>
        {data?.truncated ? <p className="muted">{t('truncated')}</p> : null}
      </div>
    </Dialog>
  );
}

/** Arrows move between the entries. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  buttons[Math.min(buttons.length - 1, Math.max(0, at + by))]?.focus();
}
