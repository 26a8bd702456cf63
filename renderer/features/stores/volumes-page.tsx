import { HardDrive, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VolumeView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { useWindow } from '../../client/window-context.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { TextInput } from '../../ui/field.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { MakeForm } from './make-form.tsx';
import { StorePage } from './store-page.tsx';
import { inStore, type StoreFormProps, type StoreLineProps, useStores } from './use-stores.ts';

/** The volumes of the engines: make one, see who uses it, remove what nobody uses. */
export function VolumesPage() {
  const { t } = useTranslation('stores');
  const stores = useStores('volumes');
  // Asked again when an engine comes or goes.
  const query = useQuery('volumes.list', {}, stores.length);
  return (
    <StorePage
      title={t('volumes.title')}
      text={t('volumes.text')}
      stores={stores}
      query={query}
      order={(a, b) => a.name.localeCompare(b.name)}
      nameOf={(volume) => volume.name}
      Form={Make}
      empty={{ icon: HardDrive, title: t('volumes.none'), text: t('volumes.noneText') }}
      Line={Line}
    />
  );
}

function Make(props: StoreFormProps) {
  const { t } = useTranslation('stores');
  const runJob = useRunJob();
  const [name, setName] = useState('');
  return (
    <MakeForm
      {...props}
      icon={Plus}
      label={t('volumes.make')}
      reason={name.trim() === '' ? t('noName') : null}
      make={(store) => runJob('volumes.create', { ...inStore(store), name: name.trim() })}
      onMade={() => setName('')}
    >
      <TextInput
        aria-label={t('volumes.name')}
        placeholder={t('volumes.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </MakeForm>
  );
}

function Line({ one: volume, onDone }: StoreLineProps<VolumeView>) {
  const { t } = useTranslation('stores');
  const { ui } = useWindow();
  const runJob = useRunJob();
  const used = volume.usedBy.length > 0 ? t('usedBy', { names: volume.usedBy.join(', ') }) : null;
  const remove = async () => {
    await runJob('volumes.remove', { ...inStore(volume), name: volume.name });
    onDone();
  };
  const ask = () =>
    ui.setState({
      asking: {
        title: t('volumes.removeTitle', { name: volume.name }),
        text:
          volume.sizeBytes === null
            ? t('volumes.removeText')
            : t('volumes.removeSize', { size: formatBytes(volume.sizeBytes) }),
        action: t('volumes.removeDo', { name: volume.name }),
        run: () => void remove(),
      },
    });
  return (
    <li>
      <DriverGlyph driver={volume.driver} />
      <div className="grow">
        <h3 className="truncate" title={volume.name}>
          {volume.name} {volume.endpoint ? <Badge>{volume.endpoint}</Badge> : null}
        </h3>
        <p className="muted truncate" title={used ?? undefined}>
          {used ?? t('unused')}
          {volume.createdAtMs === null ? null : (
            <>
              {' · '}
              <RelativeTime atMs={volume.createdAtMs} />
            </>
          )}
        </p>
      </div>
      <span className="num">{volume.sizeBytes === null ? t('noSize') : formatBytes(volume.sizeBytes)}</span>
      <IconButton
        size="sm"
        icon={Trash2}
        label={t('volumes.remove', { name: volume.name })}
        reason={used}
        onClick={ask}
      />
    </li>
  );
}
