import { type MouseEvent, type ReactNode, useState } from 'react';
import type { Workload } from '../../../electron/bridge/contract.ts';
import { useHost } from '../../client/window-context.ts';
import { RightClickItems, RightClickMenu } from '../../ui/menu.tsx';
import { useVerbMenu } from '../../verbs/use-verb-menu.ts';

/** The one right-click menu of all rows: one for each of them would cost at every scroll. */
export function RowMenu({ children }: { children: ReactNode }) {
  const [id, setId] = useState<string | null>(null);
  const workload = useHost((state) => (id === null ? undefined : state.workloads[id]));
  const aim = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-id]') : null;
    setId(row?.dataset['id'] ?? null);
    // Beside the rows there is nothing to do anything to.
    if (!row) event.preventDefault();
  };
  return (
    <RightClickMenu content={workload ? <VerbItems workload={workload} /> : null}>
      <div className="grid-rows-box" onContextMenuCapture={aim}>
        {children}
      </div>
    </RightClickMenu>
  );
}

function VerbItems({ workload }: { workload: Workload }) {
  return <RightClickItems items={useVerbMenu(workload)} />;
}
