import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { phaseSchema } from '../../../../electron/bridge/contract.ts';
import { english } from '../../../../renderer/texts/texts.ts';
import { verbNames } from '../../../../renderer/verbs/verbs.ts';

const root = fileURLToPath(new URL('../../../../renderer/', import.meta.url));
const names = Object.keys(english);

function has(namespace: string, key: string): boolean {
  let value: unknown = english[namespace as keyof typeof english];
  for (const part of key.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  if (value !== undefined) return true;
  // A text with a number has its forms instead.
  return !key.endsWith('_other') && has(namespace, `${key}_other`);
}

/** The literal keys of a file with the namespaces that it may mean. */
function keysOf(file: string): { key: string; namespaces: string[] }[] {
  const text = readFileSync(file, 'utf8');
  const given = [...text.matchAll(/useTranslation\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/'([^']+)'/g)].map(([, name = '']) => name),
  );
  return [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key = '']) => {
    const [namespace, rest] = key.includes(':') ? key.split(':') : [null, key];
    return { key: rest ?? key, namespaces: namespace ? [namespace] : given };
  });
}

describe('every text that the source names is there', () => {
  const files = globSync('**/*.{ts,tsx}', { cwd: root });
  it.each(files)('%s', (file) => {
    const missing = keysOf(`${root}${file}`).filter(
      ({ key, namespaces }) => namespaces.length > 0 && !namespaces.some((name) => has(name, key)),
    );
    expect(missing).toEqual([]);
  });

  it('for each phase and verb', () => {
    expect(phaseSchema.options.filter((phase) => !has('common', `phase.${phase}`))).toEqual([]);
    expect(verbNames.filter((verb) => !has('common', `verb.${verb}`))).toEqual([]);
  });
});

it('no text ends with an exclamation mark', () => {
  const bad = names.filter((name) => /!"/.test(JSON.stringify(english[name as keyof typeof english])));
  expect(bad).toEqual([]);
});
