import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import './keys.css';

const groups: [string, [string, string][]][] = [
  [
    'everywhere',
    [
      ['Mod+K', 'palette'],
      ['Mod+Shift+P', 'paletteTerminal'],
      ['/', 'filter'],
      ['C', 'create'],
      ['Mod+J', 'jobs'],
      ['?', 'keys'],
      ['Esc', 'back'],
    ],
  ],
  [
    'list',
    [
      ['↑+↓', 'move'],
      ['Enter', 'open'],
      ['Space', 'select'],
      ['Shift+↓', 'extend'],
      ['Mod+A', 'all'],
      ['S', 'start'],
      ['X', 'stop'],
      ['P', 'pause'],
      ['R', 'restart'],
      ['N', 'snapshot'],
      ['Delete', 'remove'],
    ],
  ],
  [
    'timeline',
    [
      ['↑+↓', 'timelineMove'],
      ['Enter', 'timelineRestore'],
      ['N', 'timelineTake'],
    ],
  ],
];

/** The keys of the window. */
export function KeysDialog() {
  const { ui } = useWindow();
  const { t } = useTranslation('keys');
  const open = useUi((state) => state.dialog === 'keys');
  return (
    <Dialog open={open} title={t('title')} size="lg" onClose={() => ui.setState({ dialog: null })}>
      <div className="keys">
        {groups.map(([group, keys]) => (
          <section key={group}>
            <h3>{t(`group.${group}`)}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={what}>
                  <dt>{t(what)}</dt>
                  <dd>
                    <Kbd keys={key} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
