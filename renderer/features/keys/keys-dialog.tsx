import { useTranslation } from 'react-i18next';
import { useRoute, useUi, useWindow } from '../../client/window-context.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { groupsFor } from './groups.ts';
import './keys.css';

/** The keys of the place where the window is. */
export function KeysDialog() {
  const { ui } = useWindow();
  const route = useRoute();
  const { t } = useTranslation('keys');
  const open = useUi((state) => state.dialog === 'keys');
  return (
    <Dialog open={open} title={t('title')} size="lg" onClose={() => ui.setState({ dialog: null })}>
      <div className="keys">
        {groupsFor(route).map(({ id: group, keys }) => (
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
