import { ChevronDown, ChevronRight, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../electron/bridge/contract.ts';
import { useRunJob } from '../../client/use-run.ts';
import { useWindow } from '../../client/window-context.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { DriverGlyph } from '../../ui/driver-glyph.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { inStore, type StoreLineProps } from '../stores/use-stores.ts';
import { ImageDetails } from './image-details.tsx';

/** One image; its button opens how it was made, its names, and what can be done with it. */
export function ImageLine({ one: image, onDone }: StoreLineProps<ImageView>) {
  const { t } = useTranslation('images');
  const { ui } = useWindow();
  const runJob = useRunJob();
  const [open, setOpen] = useState(false);
  const name = image.names[0] ?? image.id;
  const used = image.usedBy.length > 0 ? t('usedBy', { names: image.usedBy.join(', ') }) : null;
  const remove = async () => {
    await runJob('images.remove', { ...inStore(image), id: image.id });
    onDone();
  };
  const ask = () =>
    ui.setState({
      asking: {
        title: t('removeTitle', { name }),
        text: image.names.length > 1 ? t('removeNames', { names: image.names.join(', ') }) : t('removeText'),
        action: t('remove', { name }),
        run: () => void remove(),
      },
    });
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <li className="image-line" data-open={open ? 'true' : undefined}>
      <div className="image-head">
        <DriverGlyph driver={image.driver} />
        <button type="button" className="image-name grow" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="row">
            <Chevron size={14} aria-hidden />
            <strong className="truncate" title={image.names.join('\n')}>
              {name}
            </strong>
            {image.names.length > 1 ? <Badge>{t('moreNames', { count: image.names.length - 1 })}</Badge> : null}
            {image.endpoint ? <Badge>{image.endpoint}</Badge> : null}
          </span>
          <span className="muted truncate">
            {used ?? t('unused')} · <RelativeTime atMs={image.createdAtMs} />
          </span>
        </button>
        <span className="num">{formatBytes(image.sizeBytes)}</span>
        <IconButton size="sm" icon={Trash2} label={t('remove', { name })} reason={used} onClick={ask} />
      </div>
      {open ? <ImageDetails image={image} onDone={onDone} /> : null}
    </li>
  );
}
