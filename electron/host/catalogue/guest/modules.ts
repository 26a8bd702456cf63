import { NovaError } from '../../../../drivers/errors.ts';

/** Kernel module names are the same with `-` and `_`. */
export function moduleKey(name: string): string {
  return name.replaceAll('-', '_');
}

/** The name of a module from its file name: `virtio-rng.ko.xz` gives `virtio_rng`. Null when it is no module. */
export function moduleOfFile(fileName: string): string | null {
  const match = /^(.+)\.ko(\.(xz|zst|gz))?$/.exec(fileName);
  return match?.[1] === undefined ? null : moduleKey(match[1]);
}

/** The names in the `depends=` field of a module's `.modinfo` section. The packages carry no `modules.dep`: depmod writes it at installation. */
export function dependsOf(module: Uint8Array): string[] {
  const bytes = Buffer.from(module.buffer, module.byteOffset, module.byteLength);
  const label = Buffer.from('\0depends=');
  const start = bytes.indexOf(label);
  if (start < 0) return [];
  const from = start + label.length;
  const end = bytes.indexOf(0, from);
  const text = bytes.toString('latin1', from, end < 0 ? bytes.length : end);
  return text
    .split(',')
    .filter((name) => name !== '')
    .map(moduleKey);
}

/**
 * `wanted` with everything they depend on, each after what it depends on. `read` gives a module's dependencies, or null where the
 * kernel has no such module: then it is built in or absent, and is left out.
 */
export function loadOrder(wanted: readonly string[], read: (name: string) => string[] | null): string[] {
  const order: string[] = [];
  const open = new Set<string>();
  const visit = (name: string): void => {
    if (order.includes(name)) return;
    if (open.has(name)) throw new NovaError('internal', `The kernel modules around ${name} depend on each other.`);
    const depends = read(name);
    if (depends === null) return;
    open.add(name);
    for (const other of depends) visit(other);
    open.delete(name);
    order.push(name);
  };
  for (const name of wanted) visit(moduleKey(name));
  return order;
}
