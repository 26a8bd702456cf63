import { Network, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useRunJob } from '../../client/use-run.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { Checkbox, TextInput } from '../../ui/field.tsx';
import { MakeForm } from './make-form.tsx';
import { StorePage } from './store-page.tsx';
import { inStore, type StoreFormProps, type StoreLineProps, useStores } from './use-stores.ts';

/** The networks of the engines: make one, see who is on it, remove what nobody is on. */
export function NetworksPage() {
  const { t } = useTranslation('stores');
  const stores = useStores('networks');
  // Asked again when an engine comes or goes.
  const query = useQuery('networks.list', {}, stores.length);
  return (
    <StorePage
      title={t('networks.title')}
      text={t('networks.text')}
      stores={stores}
      query={query}
      order={(a, b) => a.name.localeCompare(b.name)}
      nameOf={(network) => network.id}
      Form={Make}
      empty={{ icon: Network, title: t('networks.none'), text: t('networks.noneText') }}
      Line={Line}
    />
  );
}

function Make(props: StoreFormProps) {
  const { t } = useTranslation('stores');
  const runJob = useRunJob();
  const [name, setName] = useState('');
  const [subnet, setSubnet] = useState('');
  const [internal, setInternal] = useState(false);
  const range = subnet.trim();
  return (
    <MakeForm
      {...props}
      icon={Plus}
      label={t('networks.make')}
      reason={name.trim() === '' ? t('noName') : null}
      make={(store) =>
        runJob('networks.create', {
          ...inStore(store),
          name: name.trim(),
          internal,
          ...(range === '' ? {} : { subnet: range }),
        })
      }
      onMade={() => {
        setName('');
        setSubnet('');
      }}
    >
      <TextInput
        aria-label={t('networks.name')}
        placeholder={t('networks.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <TextInput
        aria-label={t('networks.subnet')}
        placeholder={t('networks.subnetHint')}
        value={subnet}
        onChange={(event) => setSubnet(event.target.value)}
      />
      <Checkbox checked={internal} onChange={setInternal} label={t('networks.internal')} />
    </MakeForm>
  );
}

function Line({ one: network, onDone }: StoreLineProps<NetworkView>) {
  const { t } = useTranslation('stores');
  const runJob = useRunJob();
  const used = network.usedBy.length > 0 ? t('usedBy', { names: network.usedBy.join(', ') }) : null;
  const remove = async () => {
    await runJob('networks.remove', { ...inStore(network), id: network.id });
    onDone();
  };
  return (
    <li>
      <DriverGlyph driver={network.driver} />
      <div className="grow">
        <h3 className="truncate" title={network.name}>
          {network.name} {network.internal ? <Badge>{t('networks.internal')}</Badge> : null}{' '}
          {network.endpoint ? <Badge>{network.endpoint}</Badge> : null}
        </h3>
        <p className="muted truncate" title={used ?? undefined}>
          {used ?? t('unused')} · {network.builtIn ? t('networks.partOf') : network.kind}
        </p>
      </div>
      <span className="num mono">{network.subnets.join(', ')}</span>
      <IconButton
        size="sm"
        icon={Trash2}
        label={t('networks.remove', { name: network.name })}
        reason={network.builtIn ? t('networks.builtIn') : used}
        onClick={() => void remove()}
      />
    </li>
  );
}
