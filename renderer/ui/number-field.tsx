import { useState } from 'react';
import { parseNumber, sizeUnits, splitBytes } from '../format/bytes.ts';
import { type FieldControl, Select, TextInput } from './field.tsx';

type Shared = { control?: Partial<FieldControl>; label?: string; placeholder?: string };

/** A typed number. `onChange` gets null while the field is empty; text that is no number stays and is marked. */
export function NumberField(
  props: Shared & {
    value: number | null;
    onChange: (value: number | null) => void;
    unit?: string;
    /** How much an arrow key changes. */
    step?: number;
    min?: number;
    max?: number;
  },
) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (props.value === null ? '' : String(props.value));
  const limit = (value: number) => Math.min(props.max ?? Infinity, Math.max(props.min ?? -Infinity, value));
  const commit = (text: string) => {
    const number = parseNumber(text);
    if (text.trim() === '') props.onChange(null);
    else if (number !== null) props.onChange(number);
  };
  return (
    <span className="number">
      <TextInput
        {...props.control}
        aria-label={props.label}
        aria-invalid={props.control?.['aria-invalid'] ?? (shown.trim() !== '' && parseNumber(shown) === null)}
        inputMode="decimal"
        placeholder={props.placeholder}
        value={shown}
        onChange={(event) => {
          setDraft(event.target.value);
          commit(event.target.value);
        }}
        onBlur={() => {
          if (parseNumber(shown) !== null || shown.trim() === '') setDraft(null);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
          event.preventDefault();
          const by = (props.step ?? 1) * (event.key === 'ArrowUp' ? 1 : -1);
          setDraft(null);
          props.onChange(limit((props.value ?? 0) + by));
        }}
      />
      {props.unit ? <span className="unit">{props.unit}</span> : null}
    </span>
  );
}

/** A size in bytes, typed as a number with its unit. */
export function SizeField(props: Shared & { value: number | null; onChange: (bytes: number | null) => void }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const split = splitBytes(props.value ?? 0);
  const unit = chosen ?? split.unit;
  const amount = props.value === null ? null : Number((props.value / unit).toFixed(3));
  return (
    <span className="size">
      <NumberField
        {...props}
        value={amount}
        min={0}
        onChange={(value) => {
          setChosen(unit);
          props.onChange(value === null ? null : Math.round(value * unit));
        }}
      />
      <Select
        aria-label={props.label}
        value={String(unit)}
        options={sizeUnits.map((one) => ({ value: String(one.bytes), label: one.name }))}
        onChange={(value) => {
          setChosen(Number(value));
          if (amount !== null) props.onChange(Math.round(amount * Number(value)));
        }}
      />
    </span>
  );
}
