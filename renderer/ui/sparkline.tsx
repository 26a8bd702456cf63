import { useEffect, useRef } from 'react';

/** Where a sparkline gets its values: `read` gives the last ones, oldest first, `subscribe` tells of new ones. */
export type SparklineSource = {
  read: () => readonly (number | null)[];
  subscribe: (listener: () => void) => () => void;
};

/** A small line drawn on a canvas, outside React's state. `max` fixes the top; absent it fits the values, but is `least` or more. */
export function Sparkline(props: {
  source: SparklineSource;
  /** How many values the width holds. */
  length?: number;
  max?: number;
  /** The lowest top: what moves by less than that is drawn as little as it is. */
  least?: number;
  /** The name of a colour token. */
  color?: string;
  label?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { source, length = 60, max, least = 0.0001, color = '--accent' } = props;
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let frame = 0;
    const later = () => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    const draw = () => {
      frame = 0;
      paint(element, source.read().slice(-length), { length, max, least, color });
    };
    const size = new ResizeObserver(later);
    size.observe(element);
    const off = source.subscribe(later);
    later();
    return () => {
      off();
      size.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [source, length, max, least, color]);
  return (
    <canvas
      ref={canvas}
      className="sparkline"
      role={props.label ? 'img' : undefined}
      aria-label={props.label}
      aria-hidden={!props.label}
    />
  );
}

function paint(
  element: HTMLCanvasElement,
  values: readonly (number | null)[],
  options: { length: number; max: number | undefined; least: number; color: string },
): void {
  const scale = window.devicePixelRatio || 1;
  const width = element.clientWidth;
  const height = element.clientHeight;
  if (element.width !== Math.round(width * scale)) element.width = Math.round(width * scale);
  if (element.height !== Math.round(height * scale)) element.height = Math.round(height * scale);
  const context = element.getContext('2d');
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const top = options.max ?? Math.max(options.least, ...values.map((value) => value ?? 0));
  const step = width / Math.max(1, options.length - 1);
  const x = (index: number) => width - (values.length - 1 - index) * step;
  const y = (value: number) => height - 1.5 - Math.min(1, value / top) * (height - 3);
  const color = getComputedStyle(element).getPropertyValue(options.color) || '#888';
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 1.25;
  context.lineJoin = 'round';
  let start = -1;
  const flush = (end: number) => {
    if (start < 0) return;
    context.beginPath();
    for (let index = start; index < end; index++) context.lineTo(x(index), y(values[index] ?? 0));
    context.stroke();
    context.lineTo(x(end - 1), height);
    context.lineTo(x(start), height);
    context.globalAlpha = 0.14;
    context.fill();
    context.globalAlpha = 1;
    start = -1;
  };
  values.forEach((value, index) => {
    if (value === null) flush(index);
    else if (start < 0) start = index;
  });
  flush(values.length);
}
