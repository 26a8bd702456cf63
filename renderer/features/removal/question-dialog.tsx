import { useTranslation } from 'react-i18next';
import { useUi, useWindow } from '../../client/window-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** Asks the question of the window's store, before something that can't be undone. Esc and Cancel leave all as it is. */
export function QuestionDialog() {
  const { t } = useTranslation('common');
  const { ui } = useWindow();
  const question = useUi((state) => state.asking);
  if (question === null) return null;
  const close = () => ui.setState({ asking: null });
  return (
    <Dialog
      open
      onClose={close}
      title={question.title}
      footer={
        <>
          <Button data-autofocus onClick={close}>
            {t('cancel')}
          </Button>
          <Button
            variant="danger"
            onClick={() => {
              close();
              question.run();
            }}
          >
            {question.action}
          </Button>
        </>
      }
    >
      <p>{question.text}</p>
    </Dialog>
  );
}
