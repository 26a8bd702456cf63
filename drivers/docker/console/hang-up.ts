import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { NovaError } from '../../errors.ts';
import type { DockerEnvironment } from '../environment.ts';

/** The environment variable by which a command that we run inside is known again. */
const markName = 'NOVACRON_TERMINAL';
/** A hang-up that hangs itself must not keep the host from ending, milliseconds. */
const limitMs = 3_000;
const pollMs = 50;

/**
 * Hangs up on what was begun with a mark ($1, its beginning is enough) and not with another ($2), as a terminal does that is closed:
 * the first process of each command, which has its parent outside (0) or holds the terminal. What ignores SIGHUP goes on. Fields
 * behind the name in /proc/PID/stat: state, parent, group, session, terminal (proc(5)).
 */
const script = `for p in /proc/[0-9]*; do
  read -r s 2>/dev/null <"$p/stat" || continue
  set -f; set -- "$1" "$2" \${s##*) }; set +f
  [ "$6" = "\${p#/proc/}" ] || continue
  [ "$4" = 0 ] || [ "$7" != 0 ] || continue
  grep -q "${markName}=$1" "$p/environ" 2>/dev/null || continue
  grep -q "${markName}=$2" "$p/environ" 2>/dev/null || kill -HUP "\${p#/proc/}" 2>/dev/null
done`;
/** Matches no mark. */
const none = '-';

/** A mark of its own for one command, and the variable that carries it. */
export function newMark({ home, instance }: Pick<DockerEnvironment, 'home' | 'instance'>): {
  mark: string;
  variable: string;
} {
  const mark = `${home}.${instance}.${randomBytes(6).toString('hex')}`;
  return { mark, variable: `${markName}=${mark}` };
}

/** Runs the hang-up inside and waits until it is through; best effort: an image without a shell has no terminal either. */
async function run(environment: DockerEnvironment, containerId: string, user: string, marks: string[]): Promise<void> {
  const { engine } = environment;
  const what = 'Closing a terminal';
  const exec = await engine.ask(what, () =>
    engine.docker.getContainer(containerId).exec({
      Cmd: ['/bin/sh', '-c', script, 'sh', ...marks],
      User: user,
    }),
  );
  await engine.ask(what, () => exec.start({ Detach: true }));
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline && (await engine.ask(what, () => exec.inspect())).Running) await sleep(pollMs);
}

/** Runs it between freezes. One that fails is logged nowhere: the next start of the host looks again. */
async function hangUp(
  environment: DockerEnvironment,
  at: { id: string; containerId: string; user: string },
  marks: string[],
): Promise<void> {
  try {
    await environment.gate.start(at.id, () => run(environment, at.containerId, at.user, marks));
  } catch (error) {
    // Gone, ended, frozen or without a shell.
    if (!(error instanceof NovaError)) throw error;
  }
}

/** Ends a command whose caller has left, if it runs still: the engine itself lets it run for ever. */
export async function leaveExec(
  environment: DockerEnvironment,
  exec: Pick<Docker.Exec, 'inspect'>,
  at: { id: string; containerId: string; user: string; mark: string },
): Promise<void> {
  const { engine } = environment;
  try {
    if (!(await engine.ask('Looking at a command', () => exec.inspect())).Running) return;
  } catch {
    // The container or the engine is gone, and the command with it.
    return;
  }
  await hangUp(environment, at, [at.mark, none]);
}

/** Ends what an earlier host of this data directory was running inside when it died: nobody can read it any more. */
export async function leaveOldExecs(
  environment: DockerEnvironment,
  id: string,
  info: Pick<Docker.ContainerInspectInfo, 'Id' | 'ExecIDs'>,
): Promise<void> {
  if ((info.ExecIDs ?? []).length === 0) return;
  const { home, instance } = environment;
  await hangUp(environment, { id, containerId: info.Id, user: '0' }, [`${home}.`, `${home}.${instance}.`]);
}
