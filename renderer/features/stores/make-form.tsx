import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { StoreSelect } from './store-select.tsx';
import type { Store, StoreFormProps } from './use-stores.ts';

/** One line that makes something in an engine: which engine, the fields, and the button. What failed stays to be corrected. */
export function MakeForm(
  props: StoreFormProps & {
    icon: LucideIcon;
    label: string;
    /** Why it can't be made yet; null when it can. */
    reason: string | null;
    /** Resolves to null when it failed, which was told then. */
    make: (store: Store) => Promise<unknown>;
    /** Empties the fields. */
    onMade: () => void;
    children: ReactNode;
  },
) {
  const [store, setStore] = useState(props.first);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    const made = await props.make(store);
    setBusy(false);
    if (made) props.onMade();
    props.onDone();
  };
  return (
    <form
      className="store-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (props.reason === null) void submit();
      }}
    >
      <StoreSelect stores={props.stores} value={store} onChange={setStore} />
      {props.children}
      <Button type="submit" icon={props.icon} busy={busy} reason={props.reason}>
        {props.label}
      </Button>
    </form>
  );
}
