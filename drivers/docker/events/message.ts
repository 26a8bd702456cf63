/** One event of the engine, as far as it is of use here. Source: Docker Engine API, `GET /events`. */
export type Message = {
  action: string;
  containerId: string;
  attributes: Readonly<Record<string, string>>;
  /** When it happened by the engine's clock, nanoseconds since the epoch. */
  atNs: bigint;
};

/** What the engine sends for one event. */
type Sent = { Action?: string; Actor?: { ID?: string; Attributes?: Record<string, string> } };

/** Reads one line of the stream. Throws on what is no JSON. Pure. */
export function readMessage(line: string): Message {
  const sent = JSON.parse(line) as Sent;
  return {
    action: sent.Action ?? '',
    containerId: sent.Actor?.ID ?? '',
    attributes: sent.Actor?.Attributes ?? {},
    // From the text: as a JSON number it would lose its last digits. Attributes are texts, so that none looks like it.
    atNs: BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0),
  };
}

/** A time of the engine (RFC 3339 with up to nine digits of a second) in nanoseconds since the epoch; 0 for none. Pure. */
export function nanosOf(time: string | undefined): bigint {
  const match = /^(.*?\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time ?? '');
  const seconds = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`) / 1000;
  // The engine's word for "never" lies before the epoch.
  if (match === null || Number.isNaN(seconds) || seconds <= 0) return 0n;
  return BigInt(seconds) * 1_000_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}
