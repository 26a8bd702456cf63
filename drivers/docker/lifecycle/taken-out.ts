import type { WorkloadSpec } from '../../spec.ts';
import { dockerSettings } from '../plan.ts';

/** Parts of an image's configuration that a container takes over. Source: Docker Engine API, `ImageConfig`. */
type ImageConfig = {
  Env?: string[] | null;
  Cmd?: string[] | null;
  Entrypoint?: string[] | string | null;
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
  Healthcheck?: unknown;
};

/** The search path that the engine gives where an image says none. Source: moby, pkg/system `DefaultPathEnv`. */
const usualPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const nameOf = (line: string): string => line.split('=')[0] ?? line;

/**
 * What the create request of a changed container says of settings that were taken out. The image of its layer has them baked in, so
 * that without a word they would stay: they become what the spec's image says, or nothing. `base` is that image. Pure.
 */
export function takenOut(from: WorkloadSpec, to: WorkloadSpec, base: ImageConfig): Record<string, unknown> {
  const [before, after] = [dockerSettings(from), dockerSettings(to)];
  const gone = (key: 'command' | 'entrypoint' | 'user' | 'workingDirectory' | 'stopSignal' | 'healthCheck'): boolean =>
    before[key] !== undefined && after[key] === undefined;
  const inherited = base.Env ?? [];
  const variables = Object.keys(before.env)
    .filter((name) => !Object.hasOwn(after.env, name))
    // A name without a value takes the variable away, the engine's own too.
    .map((name) => [...inherited, usualPath].find((line) => nameOf(line) === name) ?? name);
  return {
    ...(variables.length === 0 ? {} : { Env: variables }),
    ...(gone('command') && (base.Cmd ?? []).length > 0 ? { Cmd: base.Cmd } : {}),
    // One empty word takes the image's away.
    ...(gone('entrypoint') ? { Entrypoint: base.Entrypoint ?? [''] } : {}),
    ...(gone('user') ? { User: base.User || '0' } : {}),
    ...(gone('workingDirectory') ? { WorkingDir: base.WorkingDir || '/' } : {}),
    ...(gone('stopSignal') ? { StopSignal: base.StopSignal || 'SIGTERM' } : {}),
    ...(gone('healthCheck') ? { Healthcheck: base.Healthcheck ?? { Test: ['NONE'] } } : {}),
  };
}
