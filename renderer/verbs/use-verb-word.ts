import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { DriverName } from '../../electron/bridge/contract.ts';
import type { VerbName } from './verbs.ts';

/** The words of a verb for one kind of workload: a machine is shut down, a container is stopped. */
export function useVerbWord(): (verb: VerbName, driver: DriverName) => string {
  const { t } = useTranslation('common');
  return useCallback(
    (verb, driver) => (driver === 'docker' ? t([`verbOfContainer.${verb}`, `verb.${verb}`]) : t(`verb.${verb}`)),
    [t],
  );
}
