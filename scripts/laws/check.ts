import { resolve } from 'node:path';
import { checkLaws, laws } from './laws.ts';
import { readSources } from './source.ts';

const files = readSources(resolve(import.meta.dirname, '../..'));
const broken = checkLaws(files);
for (const { law, violation } of broken) {
  console.error(`${violation.path}:${violation.line} ${violation.message} (${law.id}: ${law.title})`);
}
console.log(`${laws.length} laws, ${files.length} files, ${broken.length} broken`);
process.exitCode = broken.length === 0 ? 0 : 1;
