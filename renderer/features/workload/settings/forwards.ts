import type { DriverName } from '../../../../electron/bridge/contract.ts';

/** A forward as it is edited; `guestPort` is empty while a new one is typed. What else an entry has, it keeps. */
export type EditedForward = {
  hostPort: number | null;
  guestPort: number | null;
  protocol: 'tcp' | 'udp';
  hostAddress?: string;
};

/** Where a driver keeps its forwards and how it calls the port inside. */
const places: Partial<Record<DriverName, { list: string; inside: string }>> = {
  qemu: { list: 'portForwards', inside: 'guestPort' },
  docker: { list: 'ports', inside: 'containerPort' },
};

/** The forwards of a spec's settings; null for a driver that has none. Pure. */
export function readForwards(driver: DriverName, settings: Readonly<Record<string, unknown>>): EditedForward[] | null {
  const place = places[driver];
  if (place === undefined) return null;
  const list = settings[place.list];
  return (Array.isArray(list) ? list : []).map((entry: Record<string, unknown>): EditedForward => {
    const number = (value: unknown) => (typeof value === 'number' ? value : null);
    return {
      hostPort: number(entry['hostPort']),
      guestPort: number(entry[place.inside]),
      protocol: entry['protocol'] === 'udp' ? 'udp' : 'tcp',
      ...(typeof entry['hostAddress'] === 'string' ? { hostAddress: entry['hostAddress'] } : {}),
    };
  });
}

/** The settings with these forwards; those without a port inside are not there yet. Pure. */
export function writeForwards(
  driver: DriverName,
  settings: Readonly<Record<string, unknown>>,
  forwards: readonly EditedForward[],
): Record<string, unknown> {
  const place = places[driver];
  if (place === undefined) return { ...settings };
  const list = forwards
    .filter((one) => one.guestPort !== null)
    .map(({ hostPort, guestPort, ...rest }) => ({ ...rest, hostPort: hostPort ?? 0, [place.inside]: guestPort }));
  return { ...settings, [place.list]: list };
}
