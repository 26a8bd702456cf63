import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWindow } from '../client/window-context.ts';
import { phaseChanges } from './phase-changes.ts';

/** More at one time are told as a number, for nobody listens to a hundred names. */
const mostNames = 3;

/** Reads state changes out to a screen reader. */
export function LiveRegion() {
  const { host } = useWindow();
  const { t } = useTranslation(['shell', 'common']);
  const [text, setText] = useState('');
  useEffect(
    () =>
      host.subscribe((state, before) => {
        if (state.workloads === before.workloads || before.epoch === null) return;
        const changes = phaseChanges(before.workloads, state.workloads);
        if (changes.length === 0) return;
        const words = changes.map((one) => `${one.name}: ${t(`common:phase.${one.phase}`)}`);
        setText(changes.length > mostNames ? t('manyChanged', { count: changes.length }) : words.join('. '));
      }),
    [host, t],
  );
  return (
    <div className="sr-only" role="status" aria-live="polite">
      {text}
    </div>
  );
}
