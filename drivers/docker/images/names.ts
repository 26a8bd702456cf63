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
