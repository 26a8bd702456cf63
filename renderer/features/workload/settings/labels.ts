/** Labels as people type them: `team=web, demo`. Pure. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(', ');
}

/** The inverse of `labelsText`; null when a label has no name or stands twice. Pure. */
export function parseLabels(text: string): Record<string, string> | null {
  const labels: Record<string, string> = {};
  for (const part of text.split(',')) {
    const entry = part.trim();
    if (entry === '') continue;
    const at = entry.indexOf('=');
    const key = (at === -1 ? entry : entry.slice(0, at)).trim();
    if (key === '' || Object.hasOwn(labels, key)) return null;
    labels[key] = at === -1 ? '' : entry.slice(at + 1).trim();
  }
  return labels;
}
