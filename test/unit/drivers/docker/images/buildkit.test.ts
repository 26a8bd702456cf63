import { expect, it } from 'vitest';
import {
  buildKitFixes,
  buildKitNeeds,
  explainBuildKit,
  syntaxOf,
} from '../../../../../drivers/docker/images/buildkit.ts';
import { NovaError } from '../../../../../drivers/errors.ts';

it.each([
  ['FROM x\nRUN echo hi\nCOPY --chown=1 a b\nCOPY --from=x a b', []],
  ['RUN --mount=type=cache,target=/c make', ['RUN --mount']],
  ['run \\\n  --mount=type=secret,id=a \\\n  --network=none make', ['RUN --mount', 'RUN --network']],
  ['RUN echo --mount=x', []],
  ['# RUN --mount=x y\nRUN echo', []],
  ['RUN <<EOF\nCOPY --link a b\nEOF\nADD --checksum=sha256:x a b', ['RUN <<EOF', 'ADD --checksum']],
  ["COPY <<'END' /x\ntext\nEND\nCOPY --link --chmod=755 a b", ['COPY <<END', 'COPY --link', 'COPY --chmod']],
  // A here-string, a shift and an exec form are none.
  ['RUN cat <<<word', []],
  ['RUN echo $((1<<2))', []],
  ['CMD cat <<EOF', []],
])('%j needs %j', (recipe, needs) => {
  expect(buildKitNeeds(recipe)).toEqual(needs);
});

it.each([
  ['# syntax=docker/dockerfile:1\nFROM x', 'docker/dockerfile:1'],
  ['# escape=`\n#syntax = docker/dockerfile:1.4\nFROM x', 'docker/dockerfile:1.4'],
  ['# a comment\n# syntax=docker/dockerfile:1\nFROM x', null],
  ['FROM x\n# syntax=y', null],
  ['', null],
])('the syntax of %j is %j', (recipe, syntax) => {
  expect(syntaxOf(recipe)).toBe(syntax);
});

it('explains a refusal and nothing else', () => {
  const refused = new NovaError('internal', 'Building a: the --mount option requires BuildKit.', {
    details: { log: ['Step 2/2'] },
  });
  expect(explainBuildKit(refused, 'Building a', ['RUN --mount'], ['x'])).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('needs BuildKit (RUN --mount)') as string,
    details: { log: ['Step 2/2'], fixes: ['x'] },
  });
  expect(explainBuildKit(refused, 'Building a', [], ['x'])).toBe(refused);
  const failed = new NovaError('internal', 'Building a: returned a non-zero code: 3.');
  expect(explainBuildKit(failed, 'Building a', ['RUN --mount'], ['x'])).toBe(failed);
  const [first] = buildKitFixes('/x/docker-buildx', ['a:1', 'b'], '/src', 'other.Dockerfile');
  expect(first).toContain('docker buildx build --load -t a:1 -t b -f other.Dockerfile .');
  expect(buildKitFixes(null, ['a:1'], '/src', 'Dockerfile')[0]).toContain('Install the package docker-buildx');
});
