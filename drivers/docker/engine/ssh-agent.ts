import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import { NovaError } from '../../errors.ts';
import type { Endpoint } from './endpoint.ts';

/** Words of ssh's complaint that an error carries, characters. */
const complaintLimit = 2_000;

/** The words of the command that reaches the engine of another machine. Throws `invalid_spec` on a host that is an option. Pure. */
export function sshWords(endpoint: Endpoint): string[] {
  const { host = '', port, username } = endpoint;
  for (const word of [host, username ?? '']) {
    if (word.startsWith('-') || /[\s\0]/.test(word)) {
      throw new NovaError('invalid_spec', `${endpoint.address}: ${JSON.stringify(word)} is no name for ssh.`);
    }
  }
  return [
    // Nobody is there to type a password or to look at a host's key.
    '-o',
    'BatchMode=yes',
    '-T',
    ...(port === undefined || port === 22 ? [] : ['-p', String(port)]),
    ...(username ? ['-l', username] : []),
    '--',
    host,
    'docker',
    'system',
    'dial-stdio',
  ];
}

/** One connection through the user's own ssh program: a process, which ends with it. */
export function sshTunnel(endpoint: Endpoint, program = 'ssh'): Duplex {
  const child = spawn(program, sshWords(endpoint), { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-complaintLimit);
  });
  // The end of the pipe is told by the process' own end.
  child.stdin.on('error', () => undefined);
  const tunnel = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => child.stdin.end(() => done()),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!tunnel.push(chunk)) child.stdout.pause();
  });
  child.once('error', (cause) => {
    tunnel.destroy(Object.assign(new Error(`${program} can't be run: ${cause.message}`), { code: 'ECONNREFUSED' }));
  });
  child.once('close', (code) => {
    if (tunnel.destroyed) return;
    // Told here and not at the end of its output: an end that comes first would hide what ssh complains of.
    if (code === 0) {
      tunnel.push(null);
      return;
    }
    const said = complaint.trim() || `it ended with ${code}`;
    tunnel.destroy(
      new NovaError('engine_unavailable', `${endpoint.address} can't be reached by ssh: ${said}`, {
        retryable: true,
        details: {
          command: [program, ...sshWords(endpoint)].join(' '),
          fixes: [`Try \`ssh ${endpoint.host ?? ''} docker version\` in a terminal.`],
        },
      }),
    );
  });
  // What the HTTP client wants of a socket and a pipe can't do.
  return Object.assign(tunnel, {
    setKeepAlive: () => tunnel,
    setNoDelay: () => tunnel,
    setTimeout: () => tunnel,
    ref: () => tunnel,
    unref: () => tunnel,
  });
}

/**
 * Connections through the user's own ssh program, as the docker command makes them: with the user's configuration, keys and
 * known hosts.
 */
export function sshAgent(endpoint: Endpoint, program = 'ssh'): Agent {
  return Object.assign(new Agent({ keepAlive: true, maxFreeSockets: 2 }), {
    createConnection: () => sshTunnel(endpoint, program),
  });
}
