/** One line of the engine's progress stream. */
export type PullLine = {
  status?: string;
  id?: string;
  error?: string;
  /** Output of a build step, or the name of what was loaded. */
  stream?: string;
  aux?: { ID?: string };
  progressDetail?: { current?: number; total?: number };
};

type Layer = { status: string; total: number; fetched: number; unpacked: number };

/** How far an image is, by its layers. */
export type LayerProgress = {
  /** Takes one line in. Returns what is new about a layer as text, or null where only numbers moved. */
  take(line: PullLine): string | null;
  /** From 0 to 1 and never back; null while no size is known. */
  fraction(): number | null;
  /** For people: `3 of 7 layers, a1b2c3: Downloading`. */
  text(): string;
};

/** A layer costs about so much of its time on the network; the rest is unpacking. */
const fetchedPart = 0.7;
const done = /^(Pull complete|Already exists|Layer already exists|Loaded)/;

/** Follows the layers of one pull or load. Pure but for what it was told. */
export function followLayers(): LayerProgress {
  const layers = new Map<string, Layer>();
  let last = '';
  let most = 0;
  const part = (layer: Layer): number =>
    done.test(layer.status) ? 1 : fetchedPart * layer.fetched + (1 - fetchedPart) * layer.unpacked;
  const measure = (layer: Layer, line: PullLine, status: string): Layer => {
    const { current = 0, total = 0 } = line.progressDetail ?? {};
    const share = total > 0 ? Math.min(1, current / total) : 0;
    const known = { ...layer, status, total: Math.max(layer.total, total) };
    if (/^(Extracting|Loading)/.test(status))
      return { ...known, fetched: 1, unpacked: Math.max(layer.unpacked, share) };
    if (status.startsWith('Downloading')) return { ...known, fetched: Math.max(layer.fetched, share) };
    return /^(Verifying|Download complete)/.test(status) ? { ...known, fetched: 1 } : known;
  };
  return {
    take(line) {
      const status = (line.status ?? line.stream ?? '').trim();
      if (status === '') return null;
      // The first line of a pull has the tag in place of a layer.
      if (line.id === undefined || /^(Pulling from|Digest|Status)/.test(status)) {
        last = status;
        return status;
      }
      const before = layers.get(line.id) ?? { status: '', total: 0, fetched: 0, unpacked: 0 };
      layers.set(line.id, measure(before, line, status));
      last = `${line.id}: ${status}`;
      return before.status === status ? null : last;
    },
    fraction() {
      const all = [...layers.values()];
      const total = all.reduce((sum, layer) => sum + layer.total, 0);
      if (all.length === 0) return null;
      // Layers that were there before have no size: they count by number.
      const now =
        total > 0
          ? all.reduce((sum, layer) => sum + layer.total * part(layer), 0) / total
          : all.filter((layer) => done.test(layer.status)).length / all.length;
      most = Math.max(most, Math.min(1, now));
      return total > 0 || most > 0 ? most : null;
    },
    text() {
      if (layers.size === 0) return last;
      const ready = [...layers.values()].filter((layer) => done.test(layer.status)).length;
      return `${ready} of ${layers.size} layers, ${last}`;
    },
  };
}
