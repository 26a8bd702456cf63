import { useTranslation } from 'react-i18next';
import { Select } from '../../ui/field.tsx';
import type { Store } from './use-stores.ts';

/** Which engine is meant; nothing where there is only one. */
export function StoreSelect(props: { stores: Store[]; value: Store; onChange: (store: Store) => void }) {
  const { t } = useTranslation('stores');
  if (props.stores.length < 2) return null;
  return (
    <Select
      aria-label={t('store')}
      value={props.value.key}
      options={props.stores.map((store) => ({ value: store.key, label: store.label }))}
      onChange={(key) => {
        const found = props.stores.find((store) => store.key === key);
        if (found) props.onChange(found);
      }}
    />
  );
}

/** Of which engine things are shown, or of all; nothing where there is only one. */
export function StoreFilter(props: { stores: Store[]; value: Store | null; onChange: (store: Store | null) => void }) {
  const { t } = useTranslation('stores');
  if (props.stores.length < 2) return null;
  return (
    <Select
      aria-label={t('shown')}
      value={props.value?.key ?? ''}
      options={[
        { value: '', label: t('allStores') },
        ...props.stores.map((store) => ({ value: store.key, label: store.label })),
      ]}
      onChange={(key) => props.onChange(props.stores.find((store) => store.key === key) ?? null)}
    />
  );
}
