import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './button.tsx';

/**
 * Gives the focus to the field marked `data-autofocus`, else to the dialog itself: on the close button its tooltip would
 * open and take the first Esc.
 */
function focusFirst(event: Event): void {
  if (!(event.target instanceof HTMLElement)) return;
  event.preventDefault();
  const first = event.target.querySelector<HTMLElement>('[data-autofocus]') ?? event.target;
  first.focus();
  // What stands there already is a proposal: typing takes its place.
  if (first instanceof HTMLInputElement) first.select();
}

/** A dialog over the window. Esc and the close button call `onClose`; focus goes back to where it was. */
export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  size?: 'md' | 'lg' | 'xl';
  /** Beside the title, for example tabs. */
  aside?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation('common');
  return (
    <Radix.Root open={props.open} onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="scrim" />
        <Radix.Content
          className="dialog"
          data-size={props.size ?? 'md'}
          onOpenAutoFocus={focusFirst}
          {...(props.description ? {} : { 'aria-describedby': undefined })}
        >
          <div className="dialog-head">
            <div className="grow">
              <Radix.Title asChild>
                <h2>{props.title}</h2>
              </Radix.Title>
              {props.description ? <Radix.Description className="muted">{props.description}</Radix.Description> : null}
            </div>
            {props.aside}
            <IconButton icon={X} label={t('close')} keys="Esc" onClick={props.onClose} />
          </div>
          <div className="dialog-body">{props.children}</div>
          {props.footer ? <div className="dialog-foot">{props.footer}</div> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
