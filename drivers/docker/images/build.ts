import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ImageBuild, OperationContext } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { findBuildx } from '../compose/command.ts';
import type { Engine } from '../engine/engine.ts';
import { buildKitFixes, buildKitNeeds, explainBuildKit, syntaxOf } from './buildkit.ts';
import { packContext, recipeInside } from './context.ts';
import { allCredentials } from './credentials.ts';
import { follow, lastLines } from './follow.ts';
import { parseImageName } from './names.ts';

/** The recipe's name where none is given. */
const usualRecipe = 'Dockerfile';
/** Part of the progress that stands for sending the folder. */
const sentPart = 0.1;

/** Splits output into lines as it comes; `\r` begins a line anew. */
function lineSplitter(line: (text: string) => void): { push(text: string): void; end(): void } {
  let rest = '';
  return {
    push(text) {
      const parts = (rest + text).split(/\r?\n|\r/);
      rest = parts.pop() ?? '';
      for (const part of parts) if (part !== '') line(part);
    },
    end() {
      if (rest !== '') line(rest);
    },
  };
}

/** How far `Step 3/7 : RUN make` is, or null. Pure. */
export function stepFraction(line: string): number | null {
  const match = /^Step (\d+)\/(\d+) :/.exec(line);
  return match === null ? null : sentPart + (1 - sentPart) * ((Number(match[1]) - 1) / Number(match[2]));
}

/**
 * Builds an image from a folder; returns its id. The output goes to the job's log as it comes. Cancelled by the context's
 * signal; nothing is left of a failed build but the engine's own cache of steps that succeeded.
 */
export async function buildImage(
  engine: Engine,
  context: OperationContext,
  build: ImageBuild,
  env: Record<string, string | undefined>,
): Promise<string> {
  const [name = ''] = build.names;
  const what = `Building ${name}`;
  for (const one of build.names) parseImageName(one);
  if (!isAbsolute(build.path)) throw new NovaError('invalid_spec', `${what}: ${build.path} is no absolute path.`);
  const recipe = recipeInside(build.path, build.recipe ?? usualRecipe);
  // One that is not there or can't be read is told by what packs the folder.
  const text = await readFile(join(build.path, recipe), 'utf8').catch(() => '');
  const needs = buildKitNeeds(text);
  const syntax = syntaxOf(text);
  if (syntax !== null) context.log(`# syntax=${syntax} is not read: builds here use the engine's classic builder.`);
  context.progress(0, 'Reading the folder');
  // Ends the reading of the folder too.
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const output = lastLines();
  let sent = 0;
  let id: string | null = null;
  try {
    const folder = await packContext(build.path, recipe, signal, (bytes) => {
      sent += bytes;
      context.progress(sentPart * Math.min(1, sent / Math.max(1, folder.bytes)), 'Sending the folder');
    });
    context.log(`POST /build?t=${name}&dockerfile=${recipe} (${folder.files} files, ${folder.bytes} bytes)`);
    const registryconfig = await allCredentials(env, { signal: context.signal });
    const lines = lineSplitter((line) => {
      output.add(line);
      context.log(line);
      const fraction = stepFraction(line);
      if (fraction !== null) context.progress(fraction, line);
    });
    let fraction: number | null = null;
    await follow(engine, context, what, {
      request: (abortSignal) =>
        engine.docker.buildImage(folder.stream as unknown as NodeJS.ReadableStream, {
          t: name,
          dockerfile: recipe,
          rm: true,
          forcerm: true,
          abortSignal,
          ...(build.target === undefined ? {} : { target: build.target }),
          ...(build.arguments === undefined ? {} : { buildargs: build.arguments }),
          ...(build.noCache === true ? { nocache: true } : {}),
          ...(Object.keys(registryconfig).length === 0 ? {} : { registryconfig: registryconfig as never }),
        }),
      answerMs: 0,
      output: output.all,
      silenceMs: 0,
      take(line) {
        if (line.stream !== undefined) lines.push(line.stream);
        if (line.aux?.ID !== undefined) id = line.aux.ID;
        if (line.status !== undefined) context.progress(fraction, `${line.id ?? ''} ${line.status}`.trim());
        fraction = stepFraction(line.stream ?? '') ?? fraction;
      },
    });
    lines.end();
  } catch (error) {
    if (context.signal.aborted) throw new NovaError('cancelled', `${what} was cancelled.`, { cause: error });
    throw explainBuildKit(error, what, needs, buildKitFixes(findBuildx(env), build.names, build.path, recipe));
  } finally {
    over.abort();
  }
  if (id === null) {
    throw new NovaError('internal', `${what}: the engine ended without an image.`, { details: { log: output.all() } });
  }
  for (const more of build.names) {
    const image = id;
    await engine.ask(what, () => engine.docker.getImage(image).tag(parseImageName(more)));
  }
  return id;
}
