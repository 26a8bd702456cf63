import { ChevronDown, CircleAlert } from 'lucide-react';
import type { InputHTMLAttributes, ReactNode, Ref, SelectHTMLAttributes } from 'react';
import { useId } from 'react';

/** What a control inside a `Field` spreads, so that label, hint and error belong to it. */
export type FieldControl = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined };

/** A labelled control with a hint and an error at its place. */
export function Field(props: {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  className?: string;
  children: (control: FieldControl) => ReactNode;
}) {
  const id = useId();
  const below = props.error || props.hint ? `${id}-below` : undefined;
  return (
    <div className={`field ${props.className ?? ''}`}>
      <label htmlFor={id}>{props.label}</label>
      {props.children({ id, 'aria-describedby': below, 'aria-invalid': props.error ? true : undefined })}
      {props.error ? (
        <div id={below} className="field-error" role="alert">
          <CircleAlert size={14} aria-hidden />
          {props.error}
        </div>
      ) : props.hint ? (
        <div id={below} className="field-hint">
          {props.hint}
        </div>
      ) : null}
    </div>
  );
}

/** One line of text. */
export function TextInput(props: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return (
    <input type="text" autoComplete="off" spellCheck={false} {...props} className={`input ${props.className ?? ''}`} />
  );
}

/** A choice from a few; the platform's own list, so that every reader and keyboard knows it. */
export function Select(
  props: Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> & {
    options: { value: string; label: string; disabled?: boolean }[];
    onChange: (value: string) => void;
  },
) {
  const { options, onChange, ...rest } = props;
  return (
    <span className="select">
      <select {...rest} className="input" onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={14} aria-hidden />
    </span>
  );
}

/** A yes or no with its words. */
export function Checkbox(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
}) {
  return (
    <label className="check">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.target.checked)} />
      <span>
        {props.label}
        {props.hint ? <span className="field-hint"> {props.hint}</span> : null}
      </span>
    </label>
  );
}
