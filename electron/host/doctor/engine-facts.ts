/** Facts of an engine that help when something is odd, with the words that stand before them. */
const known: [key: string, words: string][] = [
  ['apiVersion', 'API'],
  ['storageDriver', 'storage'],
  ['cgroupVersion', 'cgroup v'],
  ['runtimes', 'runtimes'],
  ['swarm', 'Swarm'],
];

/** What a probe's attributes say of an engine, as one sentence; empty where they say nothing of the kind. Pure. */
export function engineFacts(attributes: Record<string, unknown>): string {
  const facts = known.flatMap(([key, words]) => {
    const value = attributes[key];
    const text = Array.isArray(value) ? value.join(' and ') : typeof value === 'string' ? value : '';
    return text === '' ? [] : [words.endsWith('v') ? `${words}${text}` : `${words} ${text}`];
  });
  if (attributes['experimental'] === true) facts.push('experimental');
  // Its words are a sentence of their own.
  const { builder } = attributes;
  const said = facts.length === 0 ? [] : [`${facts.join(', ')}.`];
  return [...said, ...(typeof builder === 'string' && builder !== '' ? [`Builder: ${builder}.`] : [])].join(' ');
}
