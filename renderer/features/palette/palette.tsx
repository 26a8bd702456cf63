import { Command } from 'cmdk';
import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import { PaletteContent } from './palette-content.tsx';
import './palette.css';

/** Finds workloads, and runs anything, by typing. */
export function Palette() {
  const { ui } = useWindow();
  const { t } = useTranslation('palette');
  const open = useUi((state) => state.dialog === 'palette');
  const close = () => ui.setState((state) => (state.dialog === 'palette' ? { dialog: null } : {}));
  return (
    <Command.Dialog
      open={open}
      onOpenChange={(now) => (now ? undefined : close())}
      label={t('title')}
      shouldFilter={false}
      overlayClassName="scrim"
      contentClassName="palette-box"
      className="palette"
      loop
    >
      {open ? <PaletteContent onClose={close} /> : null}
    </Command.Dialog>
  );
}
