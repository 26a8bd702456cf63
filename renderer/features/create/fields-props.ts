import type { CatalogueEntry } from '../../../electron/bridge/contract.ts';
import type { SettingError } from '../docker/form-error.ts';
import type { CreateForm } from './form.ts';

/** What a group of fields gets. */
export type FieldsProps = {
  form: CreateForm;
  /** The name that is taken where none is typed. */
  name: string;
  catalogue: CatalogueEntry[];
  demo: CatalogueEntry | undefined;
  error: { field: keyof CreateForm; message: string } | null;
  /** The fault of one setting of a container. */
  dockerError: SettingError | null;
  onChange: (part: Partial<CreateForm>) => void;
};

/** The error that belongs to one field. */
export function errorOf(props: FieldsProps, field: keyof CreateForm): string | null {
  return props.error?.field === field ? props.error.message : null;
}
