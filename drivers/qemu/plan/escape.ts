/** A value inside QEMU's `key=value,key=value` syntax: a comma is doubled (qemu-options(7)); nothing else is special there. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}
