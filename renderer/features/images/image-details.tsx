import { Save, Tag } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRun, useRunJob } from '../../client/use-run.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { TextInput } from '../../ui/field.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { inStore } from '../stores/use-stores.ts';

/** How an image was made, and one more name or an archive of it. */
export function ImageDetails({ image, onDone }: { image: ImageView; onDone: () => void }) {
  const { t } = useTranslation('images');
  const run = useRun();
  const runJob = useRunJob();
  const { data, error, loading } = useQuery('images.history', { ...inStore(image), id: image.id });
  const tag = async (name: string) => {
    const done = await run('images.tag', { ...inStore(image), id: image.id, name });
    if (done) onDone();
    return done !== null;
  };
  const save = async (path: string) => {
    const names = image.names.length > 0 ? image.names : [image.id];
    return (await runJob('images.save', { ...inStore(image), names, path })) !== null;
  };
  return (
    <div className="image-details">
      <p className="muted mono truncate" title={image.id}>
        {image.id}
      </p>
      {image.names.length > 1 ? <p className="mono">{image.names.join(', ')}</p> : null}
      <div className="image-actions">
        <OneField icon={Tag} label={t('tag.name')} action={t('tag.do')} missing={t('tag.missing')} onRun={tag} />
        <OneField icon={Save} label={t('save.path')} action={t('save.do')} missing={t('save.missing')} onRun={save} />
      </div>
      <h4>{t('history')}</h4>
      {error ? <ErrorNote error={error} /> : null}
      {loading && !data ? <p className="muted">{t('reading')}</p> : null}
      <table className="image-steps">
        <colgroup>
          <col className="image-age" />
          <col className="image-size" />
          <col />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th>{t('made')}</th>
            <th>{t('size')}</th>
            <th>{t('step')}</th>
          </tr>
        </thead>
        <tbody>
          {(data ?? []).map((step, index) => (
            // The steps have no identity but their place, and never move.
            <tr key={`${String(index)} ${step.command}`}>
              <td className="muted">
                <RelativeTime atMs={step.createdAtMs} />
              </td>
              <td className="num">{formatBytes(step.sizeBytes)}</td>
              <td>
                <code className="truncate" title={step.command}>
                  {step.command}
                </code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OneField(props: {
  icon: typeof Tag;
  label: string;
  action: string;
  missing: string;
  onRun: (text: string) => Promise<boolean>;
}) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    if (await props.onRun(text.trim())) setText('');
    setBusy(false);
  };
  return (
    <form
      className="row grow"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void submit();
      }}
    >
      <TextInput
        aria-label={props.label}
        placeholder={props.label}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" size="sm" icon={props.icon} busy={busy} reason={text.trim() === '' ? props.missing : null}>
        {props.action}
      </Button>
    </form>
  );
}
