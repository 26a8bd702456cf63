import { CircleAlert, Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../ui/button.tsx';
import { Checkbox, Select } from '../../ui/field.tsx';
import { SizeField } from '../../ui/number-field.tsx';
import { PathField } from '../paths/path-field.tsx';
import { errorOf, type FieldsProps } from './fields-props.ts';
import type { MoreDisk } from './form.ts';
import { endings } from './image-endings.ts';

/** Size of one more disk, where none is typed: 8 GiB, of which only what is used takes room. */
const standardBytes = 8 * 1024 ** 3;

/** The disks beside the first one: new ones of a size, and existing images. */
export function DisksField(props: FieldsProps) {
  const { t } = useTranslation('create');
  const { moreDisks } = props.form;
  // The image of a catalogue brings its own disks.
  if (props.form.source === 'container' || props.form.source === 'catalogue') return null;
  const set = (index: number, part: Partial<MoreDisk>) =>
    props.onChange({ moreDisks: moreDisks.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  const error = errorOf(props, 'moreDisks');
  return (
    <fieldset className="field disks">
      <legend className="field-label">{t('moreDisks')}</legend>
      {moreDisks.map((one, index) => (
        // Disks have no identity but their place.
        <div className="disk-line" key={String(index)}>
          <Select
            aria-label={t('diskKind')}
            value={one.kind}
            options={[
              { value: 'new', label: t('newDisk') },
              { value: 'image', label: t('existingDisk') },
            ]}
            onChange={(kind) => set(index, { kind: kind === 'image' ? 'image' : 'new' })}
          />
          <div className="grow stack">
            {one.kind === 'new' ? (
              <SizeField
                label={t('diskSize')}
                value={one.sizeBytes}
                onChange={(sizeBytes) => set(index, { sizeBytes })}
              />
            ) : (
              <>
                <PathField
                  label={t('diskNumber', { number: index + 2 })}
                  hint={t('pathHint')}
                  error={null}
                  value={one.image}
                  extensions={endings.disk}
                  onChange={(image) => set(index, { image, sizeBytes: null })}
                />
                <Checkbox
                  checked={one.use === 'import'}
                  onChange={(copy) => set(index, { use: copy ? 'import' : 'overlay' })}
                  label={t('import')}
                />
              </>
            )}
          </div>
          <IconButton
            icon={X}
            label={t('removeDisk', { number: index + 2 })}
            onClick={() => props.onChange({ moreDisks: moreDisks.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      {error ? (
        <div className="field-error" role="alert">
          <CircleAlert size={14} aria-hidden />
          {error}
        </div>
      ) : null}
      <div className="row">
        <Button
          size="sm"
          icon={Plus}
          onClick={() =>
            props.onChange({
              moreDisks: [...moreDisks, { kind: 'new', sizeBytes: standardBytes, image: '', use: 'overlay' }],
            })
          }
        >
          {t('addDisk')}
        </Button>
        <span className="field-hint">{t('moreDisksHint')}</span>
      </div>
    </fieldset>
  );
}
