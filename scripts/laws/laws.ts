import { contentLaws } from './contents.ts';
import { cycleLaw } from './cycles.ts';
import type { Law, Violation } from './law.ts';
import { layerLaws } from './layers.ts';
import type { SourceFile } from './source.ts';

/** The laws of the house, in the order in which they are told. */
export const laws: Law[] = [...layerLaws, ...contentLaws, cycleLaw];

/** Samples of broken laws are strings in this folder, and would count. */
const samples = 'test/unit/scripts/laws/';

/** All broken laws of a set of files. */
export function checkLaws(files: SourceFile[]): { law: Law; violation: Violation }[] {
  const real = files.filter((file) => !file.path.startsWith(samples));
  return laws.flatMap((law) => law.check(real).map((violation) => ({ law, violation })));
}
