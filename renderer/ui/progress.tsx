/** A bar from 0 to 1; null where nobody knows how far it is. */
export function Progress({ fraction, label }: { fraction: number | null; label: string }) {
  const value = fraction === null ? null : Math.min(1, Math.max(0, fraction));
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(value * 100)}
      data-unknown={value === null ? 'true' : undefined}
    >
      <i style={value === null ? undefined : { transform: `scaleX(${value})` }} />
    </div>
  );
}
