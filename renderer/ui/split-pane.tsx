import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';

const keyboardStep = 0.03;

/** The share of the left pane, kept within the least widths of both in pixels. */
export function clampShare(share: number, width: number, minLeft: number, minRight: number): number {
  if (width <= minLeft + minRight) return minLeft / (minLeft + minRight);
  return Math.min(1 - minRight / width, Math.max(minLeft / width, share));
}

/** Two panes with a bar between that mouse and arrow keys move. `onShare` gets the share once a move has ended. */
export function SplitPane(props: {
  label: string;
  left: ReactNode;
  right: ReactNode;
  share: number;
  onShare: (share: number) => void;
  minLeft?: number;
  minRight?: number;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<number | null>(null);
  const { minLeft = 280, minRight = 420 } = props;
  const share = drag ?? props.share;
  const at = (event: PointerEvent) => {
    const bounds = box.current?.getBoundingClientRect();
    return bounds ? clampShare((event.clientX - bounds.left) / bounds.width, bounds.width, minLeft, minRight) : share;
  };
  const key = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -keyboardStep : event.key === 'ArrowRight' ? keyboardStep : 0;
    if (by === 0) return;
    event.preventDefault();
    props.onShare(clampShare(props.share + by, box.current?.clientWidth ?? 1, minLeft, minRight));
  };
  const columns = `minmax(${minLeft}px, ${share}fr) 1px minmax(${minRight}px, ${1 - share}fr)`;
  return (
    <div className="split" ref={box} style={{ gridTemplateColumns: columns }}>
      <div>{props.left}</div>
      <div
        className="split-bar"
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={props.label}
        aria-valuenow={Math.round(share * 100)}
        data-active={drag === null ? undefined : 'true'}
        onKeyDown={key}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag(at(event));
        }}
        onPointerMove={(event) => {
          if (drag !== null) setDrag(at(event));
        }}
        onPointerUp={(event) => {
          if (drag === null) return;
          props.onShare(at(event));
          setDrag(null);
        }}
      />
      <div>{props.right}</div>
    </div>
  );
}
