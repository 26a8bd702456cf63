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
