import { Tooltip } from 'radix-ui';
import { useWindow } from '../client/window-context.ts';
import { ToastView } from '../ui/toast-view.tsx';

/** The window. */
export function App() {
  const { toasts } = useWindow();
  return (
    <Tooltip.Provider delayDuration={350} skipDelayDuration={200}>
      <ToastView toasts={toasts} />
    </Tooltip.Provider>
  );
}
