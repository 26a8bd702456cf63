import { NovaError } from '../../errors.ts';

/** An image's name in its parts. */
export type ImageName = { repo: string; tag: string };

/** Splits `registry:5000/team/box:1`; the tag is `latest` where there is none. Throws `invalid_spec`. Pure. */
export function parseImageName(name: string): ImageName {
  const match =
    /^((?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?$/.exec(
      name,
    );
  const [, repo, tag = 'latest'] = match ?? [];
  if (repo === undefined) {
    throw new NovaError(
      'invalid_spec',
      `${JSON.stringify(name)} is no name for an image; for example team/box:1, in lower case.`,
      { details: { field: 'name' } },
    );
  }
  return { repo, tag };
}

/** The name with its tag or digest; `latest` where it has none. Pure. */
export function withTag(name: string): string {
  return /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
}

/** The name as the engine lists it: what the first registry is called there is left out. Pure. */
export function shortName(name: string): string {
  return name.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '');
}

/** Throws `invalid_spec` on what is no name of an image with at most one tag and one digest: the engine would make another of it. Pure. */
export function checkReference(name: string): void {
  const [plain = ''] = name.split('@');
  const digest = name.slice(plain.length);
  if (digest !== '' && !/^@[a-z0-9+._-]+:[0-9a-f]{32,}$/i.test(digest)) {
    throw new NovaError('invalid_spec', `${JSON.stringify(name)} has no digest that could be one.`, {
      details: { field: 'name' },
    });
  }
  parseImageName(plain);
}
