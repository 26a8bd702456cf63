import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotView, Workload } from '../../../../electron/bridge/contract.ts';
import { useQuery } from '../../../client/use-query.ts';
import { useRoute, useWindow } from '../../../client/window-context.ts';
import { hasDisplay } from './display-tab.tsx';
import './display.css';

/** How often the picture of a running screen is made anew while it is looked at, milliseconds. */
const refreshMs = 5_000;

/** Whether a snapshot may have a picture: its workload had a screen then. */
export function hadDisplay(snapshot: SnapshotView): boolean {
  return snapshot.spec.settings['display'] === 'vnc';
}

/** What the screen showed when a snapshot was taken; nothing for one without a picture. */
export function SnapshotPicture({ workload, snapshot }: { workload: string; snapshot: SnapshotView }) {
  const { t } = useTranslation('display');
  const answer = useQuery('snapshots.screenshot', hadDisplay(snapshot) ? { workload, snapshot: snapshot.id } : null);
  const image = answer.data?.image;
  return image ? <img className="screen-picture" src={image} alt={t('pictureAt', { name: snapshot.name })} /> : null;
}

/** A small picture of a running screen that leads to it; nothing without one. */
export function LivePicture({ workload }: { workload: Workload }) {
  const { t } = useTranslation('display');
  const { route } = useWindow();
  const at = useRoute();
  const [turn, setTurn] = useState(0);
  const shown = hasDisplay(workload) && ['running', 'paused'].includes(workload.observation.phase);
  const answer = useQuery('workloads.screenshot', shown ? { workload: workload.id } : null, turn);
  useEffect(() => {
    if (!shown) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setTurn((now) => now + 1);
    }, refreshMs);
    return () => clearInterval(timer);
  }, [shown]);
  const image = answer.data?.image;
  if (!shown || !image) return null;
  return (
    <button
      type="button"
      className="screen-link"
      aria-label={t('openScreen', { name: workload.spec.name })}
      onClick={() => {
        if (at.page === 'list') route.go({ ...at, tab: 'display' });
      }}
    >
      <img className="screen-picture" src={image} alt="" />
    </button>
  );
}
