import { type ErrorCode, NovaError } from '../../errors.ts';
import { refusedField } from './refused-field.ts';

const byStatus: Record<number, ErrorCode> = {
  400: 'invalid_spec',
  401: 'permission_denied',
  403: 'permission_denied',
  404: 'not_found',
  409: 'conflict',
  500: 'internal',
  501: 'unsupported',
  503: 'engine_unavailable',
};

/** What Docker says in words where its status says nothing; told apart only here. */
const bySaying: { saying: RegExp; code: ErrorCode; fix?: string }[] = [
  {
    saying: /experimental (feature|mode)/i,
    code: 'unsupported',
    fix: 'Put "experimental": true into /etc/docker/daemon.json and restart Docker.',
  },
  {
    saying: /criu.*executable file not found|executable file not found.*criu|criu binary not found/i,
    code: 'unsupported',
    fix: "Install CRIU 4 or newer on the engine's machine.",
  },
  {
    saying: /criu failed/i,
    code: 'unsupported',
    fix: 'Most often an open TCP connection is in the way: close it, or put tcp-established into /etc/criu/runc.conf. A snapshot of the disk needs no CRIU.',
  },
  { saying: /no space left on device/i, code: 'resource_exhausted', fix: "Free space in the engine's data directory." },
  {
    saying: /port is already allocated|address already in use|port already in use/i,
    code: 'conflict',
    fix: 'Choose another port, or stop what holds it.',
  },
  {
    saying: /logging driver does not support reading/i,
    code: 'unsupported',
    fix: 'Its log driver sends the log away or keeps none: look where it goes, or choose json-file or local in its settings.',
  },
  {
    saying: /insufficient resources/i,
    code: 'resource_exhausted',
    fix: 'Let it reserve less, scale it lower, or add a node to the swarm.',
  },
  {
    saying: /no suitable node/i,
    code: 'resource_exhausted',
    fix: 'Change the constraints of the service or the labels of the nodes, or add a node that fits.',
  },
  { saying: /update out of sequence/i, code: 'conflict', fix: 'Somebody else changed it at the same time; try again.' },
  { saying: /is already in use by container/i, code: 'already_exists', fix: 'Choose another name.' },
  {
    saying: /pull access denied|unauthorized|authentication required|no basic auth/i,
    code: 'permission_denied',
    fix: 'Log in to the registry with `docker login`.',
  },
  {
    saying: /no such image|manifest unknown|not found: manifest/i,
    code: 'not_found',
    fix: 'Check the name of the image, or pull it first.',
  },
  {
    saying:
      /x509|connection refused|no such host|i\/o timeout|TLS handshake|network is unreachable|no route to host|server misbehaving/i,
    code: 'engine_unavailable',
    fix: 'The registry could not be reached; try again.',
  },
  {
    // What the container's own keeper says where the engine takes it for running.
    saying: /cannot (exec in|pause) a paused (state|container)/i,
    code: 'wrong_state',
    fix: 'It stands still without the knowledge of its engine: stop it and start it again.',
  },
  { saying: /is paused|is not running|already paused|not paused|is restarting/i, code: 'wrong_state' },
  {
    saying: /executable file not found|permission denied: unknown|no such file or directory: unknown/i,
    code: 'invalid_spec',
    fix: 'Correct the command.',
  },
  {
    saying: /shutting down|is being shutdown|context canceled/i,
    code: 'engine_unavailable',
    fix: 'Start the Docker engine again.',
  },
];

type EngineFailure = {
  statusCode?: number;
  code?: string;
  message?: string;
  json?: { message?: string };
  reason?: string;
};

/** Turns what dockerode threw into a NovaError; `what` begins the message: "Starting web failed". */
export function mapDockerError(error: unknown, what: string, request?: string): NovaError {
  if (error instanceof NovaError) return error;
  const failure = (typeof error === 'object' && error !== null ? error : {}) as EngineFailure;
  const said = (failure.json?.message ?? failure.message ?? String(error))
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .trim();
  const field = refusedField(said);
  const details = {
    ...(request === undefined ? {} : { command: request }),
    ...(field === null ? {} : { field, why: said }),
  };
  const because = (code: ErrorCode, reason: string, fixes: string[], retryable = false): NovaError =>
    new NovaError(code, `${what}: ${reason}`, { retryable, cause: error, details: { ...details, fixes } });
  switch (failure.code ?? '') {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EPIPE':
    case 'EHOSTUNREACH':
      return because('engine_unavailable', 'the Docker engine does not answer.', ['Start the Docker engine.'], true);
    case 'EACCES':
    case 'EPERM':
      return because('permission_denied', "you may not use Docker's socket.", [
        'Add yourself to the group `docker`: sudo usermod -aG docker $USER, then log in again.',
      ]);
    case 'ETIMEDOUT':
    case 'ESOCKETTIMEDOUT':
      return because(
        'timeout',
        'the Docker engine accepted the request and did not answer in time.',
        ['Restart the Docker engine.'],
        true,
      );
    case 'ABORT_ERR':
      return because('cancelled', 'cancelled.', []);
    default:
      break;
  }
  const saying = bySaying.find((one) => one.saying.test(said));
  const byNumber = byStatus[failure.statusCode ?? 0];
  const code =
    saying?.code ??
    // A part of the spec that it can't do is no fault of the engine, whatever it calls it.
    (field !== null && byNumber === 'internal' ? 'invalid_spec' : byNumber) ??
    (/socket hang up/.test(said) ? 'engine_unavailable' : 'internal');
  return because(
    code,
    said.endsWith('.') ? said : `${said}.`,
    saying?.fix ? [saying.fix] : [],
    code === 'engine_unavailable',
  );
}

/** Throws `cancelled` when the operation was given up. */
export function stopIfCancelled(context: { signal: AbortSignal }, what: string): void {
  if (context.signal.aborted) throw new NovaError('cancelled', `${what} was cancelled.`);
}
