import { Box, Cloud, Disc3, HardDrive, type LucideIcon, Rocket, Terminal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Tooltip } from '../../ui/tooltip.tsx';
import { type Source, sources } from './form.ts';

const icons: Record<Source, LucideIcon> = {
  demo: Rocket,
  catalogue: Cloud,
  disk: HardDrive,
  iso: Disc3,
  kernel: Terminal,
  container: Box,
};

/** What it is made from. A source that can't be used here stays, and says why. */
export function SourcePicker(props: {
  value: Source;
  reasons: Record<Source, string | null>;
  onChange: (source: Source) => void;
}) {
  const { t } = useTranslation('create');
  return (
    <div className="sources" role="radiogroup" aria-label={t('source')}>
      {sources.map((source) => {
        const Icon = icons[source];
        const reason = props.reasons[source];
        return (
          <Tooltip key={source} text={reason} side="right">
            <button
              type="button"
              role="radio"
              className="source"
              aria-checked={props.value === source}
              aria-disabled={reason === null ? undefined : true}
              onClick={() => props.onChange(source)}
            >
              <Icon size={16} aria-hidden />
              <span>
                {t(`sources.${source}`)}
                <small>{reason === null ? t(`sourceHint.${source}`) : t('unavailable')}</small>
              </span>
            </button>
          </Tooltip>
        );
      })}
    </div>
  );
}
