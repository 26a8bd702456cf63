import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** The word for a field of a spec, by its dotted path: the field's own, else that of the list it lies in, else the path. */
export function useFieldName(): (path: string) => string {
  const { t } = useTranslation('workload');
  return useCallback(
    (path) => {
      const plain = path.replace(/\[\d+\]|\.\d+(?=\.|$)/g, '');
      const list = plain.split('.').slice(0, 2).join('.');
      return t([`field.${plain}`, `field.${list}`], { defaultValue: path.replace(/^settings\./, '') });
    },
    [t],
  );
}
