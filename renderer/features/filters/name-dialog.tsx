import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextInput } from '../../ui/field.tsx';

/** Asks for the name of a filter. */
export function NameDialog(props: {
  title: string;
  /** What it shows. */
  about: ReactNode;
  first: string;
  action: string;
  onName: (name: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation(['filters', 'common']);
  const [name, setName] = useState(props.first);
  const commit = () => {
    if (name.trim() === '') return;
    props.onClose();
    props.onName(name.trim());
  };
  return (
    <Dialog
      open
      title={props.title}
      description={props.about}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t('common:cancel')}</Button>
          <Button variant="primary" reason={name.trim() === '' ? t('noName') : null} onClick={commit}>
            {props.action}
          </Button>
        </>
      }
    >
      <Field label={t('name')}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit();
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}
