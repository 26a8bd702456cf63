import { NovaError } from '../../errors.ts';

/** Options of instructions that only BuildKit knows. Source: Dockerfile reference. */
const options: Record<string, readonly string[]> = {
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['chmod', 'link', 'parents', 'exclude'],
  ADD: ['chmod', 'link', 'checksum', 'keep-git-dir', 'exclude', 'unpack'],
};

/** The lines of a recipe that begin an instruction, with what is continued; comments and the text of here-documents left out. */
function* instructions(recipe: string): Iterable<string> {
  let whole = '';
  let until: string | null = null;
  for (const line of recipe.split(/\r?\n/)) {
    if (until !== null) {
      if (line.trim() === until) until = null;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    whole += line.replace(/\\\s*$/, ' ');
    if (/\\\s*$/.test(line)) continue;
    yield whole.trim();
    until = hereDocument(whole);
    whole = '';
  }
  if (whole !== '') yield whole.trim();
}

/** The word that ends the here-document which an instruction begins, or null. */
function hereDocument(instruction: string): string | null {
  return /^\s*(?:RUN|COPY|ADD)\b.*(?<!<)<<-?(["']?)([A-Za-z_]\w*)\1/i.exec(instruction)?.[2] ?? null;
}

/** What of a Dockerfile only BuildKit can do, in its own words, each once: `RUN --mount`, `RUN <<EOF`. Pure. */
export function buildKitNeeds(recipe: string): string[] {
  const needs = new Set<string>();
  for (const instruction of instructions(recipe)) {
    const [word = '', ...rest] = instruction.split(/\s+/);
    const name = word.toUpperCase();
    for (const option of rest) {
      // Options stand before all else.
      const key = /^--([a-z-]+)/.exec(option)?.[1];
      if (key === undefined) break;
      if (options[name]?.includes(key) === true) needs.add(`${name} --${key}`);
    }
    const end = hereDocument(instruction);
    // A shell of the image may know here-documents, but the classic builder cuts the text off at the line's end.
    if (end !== null) needs.add(`${name} <<${end}`);
  }
  return [...needs];
}

/** The image of `# syntax=` that BuildKit would read the recipe with, or null. Only the first comments can hold it. Pure. */
export function syntaxOf(recipe: string): string | null {
  for (const line of recipe.split(/\r?\n/)) {
    const directive = /^\s*#\s*([a-z]+)\s*=\s*(\S+)/i.exec(line);
    if (directive === null) return null;
    if (directive[1]?.toLowerCase() === 'syntax') return directive[2] ?? null;
  }
  return null;
}

/** How the engine's classic builder refuses what it does not know. Source: moby/builder/dockerfile. */
const refusals = /requires BuildKit|unknown flag: |unknown instruction: |parse error/i;

/** What to do for a recipe that needs BuildKit. `buildx` is the installed plugin, or null. Pure. */
export function buildKitFixes(
  buildx: string | null,
  names: readonly string[],
  folder: string,
  recipe: string,
): string[] {
  const tags = names.map((name) => `-t ${name}`).join(' ');
  const file = recipe === 'Dockerfile' ? '' : ` -f ${recipe}`;
  return [
    ...(buildx === null ? ["Install the package docker-buildx (docker-buildx-plugin in Docker's own packages)."] : []),
    `Build it in a terminal, in ${folder}: docker buildx build --load ${tags}${file} . The image is then here too.`,
    'Or write the Dockerfile without what needs BuildKit.',
  ];
}

/** The error of a build whose recipe needs BuildKit, when that is why the engine refused it; else the error as it is. Pure. */
export function explainBuildKit(
  error: unknown,
  what: string,
  needs: readonly string[],
  fixes: readonly string[],
): unknown {
  if (!(error instanceof NovaError) || needs.length === 0 || !refusals.test(error.message)) return error;
  const text = `${what}: the Dockerfile needs BuildKit (${needs.join(', ')}), and builds here use the engine's classic builder. ${error.message}`;
  return new NovaError('unsupported', text, { details: { ...error.details, fixes: [...fixes] }, cause: error });
}
