import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { fromShare, powersOfTwo, toShare, type Zone, zoneAt } from './zones.ts';

/** A slider in zones on a logarithmic scale: what is asked for, and beside it what the guest has confirmed. */
export function ResourceSlider(props: {
  label: string;
  min: number;
  max: number;
  /** What one key step changes, in the slider's unit. */
  step: number;
  zones: Zone[];
  value: number;
  confirmed: number | null;
  /** What stands where no value is confirmed. */
  unconfirmed: string;
  /** Nothing is asked for: the whole of the machine may be used. */
  unlimited?: boolean;
  format: (value: number) => string;
  disabled: string | null;
  onChange: (value: number) => void;
  /** The typed number. */
  field: ReactNode;
}) {
  const { t } = useTranslation('workload');
  const track = useRef<HTMLDivElement>(null);
  const { min, max, step } = props;
  const round = (value: number) => Math.min(max, Math.max(min, Math.round(value / step) * step));
  const percent = (value: number) => `${toShare(value, min, max) * 100}%`;
  const fromPointer = (clientX: number) => {
    const box = track.current?.getBoundingClientRect();
    if (box && props.disabled === null) props.onChange(round(fromShare((clientX - box.left) / box.width, min, max)));
  };
  const kind = zoneAt(props.zones, props.value);
  const onKey = (key: string): number | null => {
    switch (key) {
      case 'ArrowRight':
      case 'ArrowUp':
        return props.value + step;
      case 'ArrowLeft':
      case 'ArrowDown':
        return props.value - step;
      case 'PageUp':
        return props.value * 2;
      case 'PageDown':
        return props.value / 2;
      case 'Home':
        return min;
      case 'End':
        return max;
      default:
        return null;
    }
  };
  return (
    <section
      className="slider"
      aria-label={props.label}
      data-disabled={props.disabled !== null}
      title={props.disabled ?? undefined}
    >
      <div className="row">
        <h2 className="grow">{props.label}</h2>
        {props.field}
      </div>
      <div
        ref={track}
        className="slider-track"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          fromPointer(event.clientX);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) fromPointer(event.clientX);
        }}
      >
        {props.zones.map((zone) => (
          <i
            key={zone.kind}
            className="zone"
            data-kind={zone.kind}
            style={{ left: percent(zone.from), width: `calc(${percent(zone.to)} - ${percent(zone.from)})` }}
          />
        ))}
        <i className="fill" data-kind={kind} data-unlimited={props.unlimited} style={{ width: percent(props.value) }} />
        {props.confirmed === null ? null : (
          <i
            className="confirmed"
            style={{ left: percent(props.confirmed) }}
            title={t('resources.confirmed', { value: props.format(props.confirmed) })}
          />
        )}
        <div
          className="thumb"
          data-kind={kind}
          role="slider"
          tabIndex={props.disabled === null ? 0 : -1}
          aria-label={props.label}
          aria-valuemin={min}
          aria-valuemax={max}
          aria-valuenow={props.value}
          aria-valuetext={`${props.unlimited ? t('fact.unlimited') : props.format(props.value)}, ${t(`resources.zone.${kind}`)}`}
          aria-disabled={props.disabled !== null}
          style={{ left: percent(props.value) }}
          onKeyDown={(event) => {
            const next = onKey(event.key);
            if (next === null || props.disabled !== null) return;
            event.preventDefault();
            event.stopPropagation();
            props.onChange(round(next));
          }}
        />
      </div>
      <div className="slider-ticks num" aria-hidden>
        {powersOfTwo(min, max).map((tick) => (
          <span
            key={tick}
            data-edge={tick === min ? 'first' : tick === max ? 'last' : undefined}
            style={{ left: percent(tick) }}
          >
            {props.format(tick)}
          </span>
        ))}
      </div>
      <div className="row slider-legend">
        {props.zones.map((zone) => (
          <span key={zone.kind} data-kind={zone.kind}>
            <i className="swatch" data-kind={zone.kind} /> {t(`resources.zone.${zone.kind}`)}
          </span>
        ))}
        <span className="grow" />
        <span className="muted num">
          {props.confirmed === null
            ? props.unconfirmed
            : t('resources.confirmed', { value: props.format(props.confirmed) })}
        </span>
      </div>
    </section>
  );
}
