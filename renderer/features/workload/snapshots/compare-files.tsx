import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../../format/bytes.ts';
import { Select, TextInput } from '../../../ui/field.tsx';
import { countFiles, type FileChange, fileChanges, filterFiles, sortFiles } from './compare.ts';

/** Height of a line, pixels. */
const lineHeight = 26;
/** Lines that PageUp and PageDown pass. */
const page = 12;
const signs = { added: '+', changed: '~', removed: '−' } as const;

/** The files that differ: filtered by text and kind, sorted by path or size, walked by arrows. */
export function CompareFiles({ files, truncated }: { files: FileChange[]; truncated: boolean }) {
  const { t } = useTranslation('compare');
  const [text, setText] = useState('');
  const [shown, setShown] = useState<FileChange['change'] | 'all'>('all');
  const [by, setBy] = useState<'path' | 'size'>('path');
  const [at, setAt] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const counts = countFiles(files);
  const found = sortFiles(filterFiles(files, text, shown), by);
  const active = Math.min(at, found.length - 1);
  const rows = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 10,
  });
  const move = (to: number) => {
    const next = Math.min(found.length - 1, Math.max(0, to));
    setAt(next);
    rows.scrollToIndex(next);
  };
  const steps: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: found.length - 1,
  };
  const kinds = ['all', ...fileChanges] as const;
  return (
    <section className="compare-files" aria-label={t('files')}>
      <div className="row compare-filter">
        <TextInput
          type="search"
          className="grow"
          aria-label={t('filter')}
          placeholder={t('filter')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return;
            event.preventDefault();
            scroller.current?.focus();
          }}
        />
        <div className="segments" role="radiogroup" aria-label={t('kind')}>
          {kinds.map((one) => (
            <button key={one} type="button" role="radio" aria-checked={shown === one} onClick={() => setShown(one)}>
              {t(`change.${one}`)} <span className="num">{one === 'all' ? files.length : counts[one]}</span>
            </button>
          ))}
        </div>
        <Select
          aria-label={t('sort')}
          value={by}
          options={[
            { value: 'path', label: t('byPath') },
            { value: 'size', label: t('bySize') },
          ]}
          onChange={(value) => setBy(value === 'size' ? 'size' : 'path')}
        />
      </div>
      {found.length === 0 ? (
        <p className="muted compare-none">{t(files.length === 0 ? 'noFiles' : 'noMatch')}</p>
      ) : null}
      <div
        ref={scroller}
        className="compare-list"
        role="listbox"
        tabIndex={0}
        hidden={found.length === 0}
        aria-label={t('files')}
        aria-activedescendant={`compare-${active}`}
        onKeyDown={(event) => {
          const to = steps[event.key];
          if (to === undefined) return;
          event.preventDefault();
          move(to);
        }}
      >
        <div role="presentation" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const one = found[item.index];
            if (one === undefined) return null;
            return (
              <div
                key={one.path}
                id={`compare-${item.index}`}
                className="compare-line"
                role="option"
                aria-selected={item.index === active}
                data-change={one.change}
                style={{ transform: `translateY(${item.start}px)`, height: lineHeight }}
                onClick={() => setAt(item.index)}
              >
                <span className="compare-sign mono" role="img" aria-label={t(`change.${one.change}`)}>
                  {signs[one.change]}
                </span>
                <span className="mono truncate grow" title={one.path}>
                  {one.path}
                </span>
                {one.bytes === undefined ? null : <span className="num muted">{formatBytes(one.bytes)}</span>}
              </div>
            );
          })}
        </div>
      </div>
      {truncated ? <p className="muted">{t('truncated')}</p> : null}
    </section>
  );
}
