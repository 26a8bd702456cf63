import type { ContainerInspectInfo } from 'dockerode';
import type { Address, Observation, Phase } from '../driver.ts';

/** Docker's time for "never". */
const never = '0001-01-01T00:00:00Z';

const timeOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' || text === never ? undefined : Date.parse(text);

function phaseOf(state: ContainerInspectInfo['State']): Phase {
  switch (state.Status) {
    case 'running':
      return 'running';
    case 'paused':
      return 'paused';
    case 'restarting':
      return 'starting';
    case 'removing':
      return 'stopping';
    case 'dead':
      return 'crashed';
    default:
      return 'stopped';
  }
}

/** Signals that a stop sends: an exit by one of them was asked for. */
const askedFor = new Set([0, 128 + 2, 128 + 9, 128 + 15]);

function reasonOf(state: ContainerInspectInfo['State'], phase: Phase): string {
  if (phase === 'running')
    return state.Health?.Status === 'unhealthy' ? 'running, and its health check fails' : 'running';
  if (phase === 'paused') return 'frozen';
  if (state.Error && !state.OOMKilled) return state.Error;
  if (state.Status === 'created' && !state.OOMKilled) return 'not started yet';
  return endReason(state.ExitCode, state.OOMKilled);
}

/** A check may print pages; one line says enough. Characters. */
const longestOutput = 200;

/** What a person has to look at, and the last word of the failing check. Without the count of failures: each would be a change to tell. */
function attentionOf(state: ContainerInspectInfo['State'], phase: Phase): string | null {
  if (phase !== 'running' || state.Health?.Status !== 'unhealthy') return null;
  const last = state.Health.Log?.at(-1);
  const line = (last?.Output ?? '').trim().split('\n')[0] ?? '';
  const code = last === undefined ? '' : ` with exit code ${last.ExitCode}`;
  const said = line === '' ? '.' : `: ${line.slice(0, longestOutput)}`;
  return `Its health check fails${code}${said}`;
}

const endReason = (exitCode: number | null, outOfMemory: boolean): string => {
  if (outOfMemory) return 'killed: out of memory';
  return exitCode === null
    ? 'while its engine was away, which keeps no exit code of a run that is followed by another'
    : `exit code ${exitCode}`;
};

/** What is told of a run that its events alone know. Nothing is guessed from the exit code: the events say whether somebody sent a signal. Pure. */
export function endOf(end: { exitCode: number | null; outOfMemory: boolean; asked: boolean }): {
  phase: 'stopped' | 'crashed';
  reason: string;
  exitCode?: number;
} {
  const { exitCode, outOfMemory, asked } = end;
  const crashed = outOfMemory || ((exitCode ?? 0) !== 0 && !asked);
  return {
    phase: crashed ? 'crashed' : 'stopped',
    reason: endReason(exitCode, outOfMemory),
    ...(exitCode === null ? {} : { exitCode }),
  };
}

/** Ports of this machine that lead into the container. */
function addressesOf(info: ContainerInspectInfo): Address[] {
  const addresses: Address[] = [];
  for (const [port, bindings] of Object.entries(info.NetworkSettings.Ports ?? {})) {
    for (const binding of (bindings as { HostIp: string; HostPort: string }[] | null) ?? []) {
      const host = binding.HostIp === '0.0.0.0' || binding.HostIp === '' ? '127.0.0.1' : binding.HostIp;
      const shown = host.includes(':') ? `[${host}]` : host;
      addresses.push({
        kind: 'port',
        text: `${shown}:${binding.HostPort} → ${port}`,
        ...(port.endsWith('/tcp') ? { url: `http://${shown}:${binding.HostPort}` } : {}),
      });
    }
  }
  for (const network of Object.values(info.NetworkSettings.Networks ?? {})) {
    if (network.IPAddress) addresses.push({ kind: 'ip', text: network.IPAddress });
  }
  return addresses;
}

/** What an inspect answer means. `stopAsked`: a non-zero exit after our own stop is no crash. Pure. */
export function observe(info: ContainerInspectInfo, stopAsked = false): Observation {
  const state = info.State;
  let phase = phaseOf(state);
  const ended = phase === 'stopped' && state.Status === 'exited';
  if (ended && (state.OOMKilled || (state.ExitCode !== 0 && !stopAsked && !askedFor.has(state.ExitCode))))
    phase = 'crashed';
  const started = timeOf(state.StartedAt);
  const over = timeOf(state.FinishedAt);
  const live = phase === 'running' || phase === 'paused';
  const attention = attentionOf(state, phase);
  return {
    phase,
    reason: reasonOf(state, phase),
    ...(attention === null ? {} : { attention }),
    ...(live && state.Pid > 0 ? { pid: state.Pid } : {}),
    ...(live && started !== undefined ? { startedAtMs: started } : {}),
    ...(over === undefined ? {} : { endedAtMs: over }),
    ...(ended ? { exitCode: state.ExitCode } : {}),
    confirmed: {
      ...(info.HostConfig.NanoCpus ? { vcpus: info.HostConfig.NanoCpus / 1e9 } : {}),
      ...(info.HostConfig.Memory ? { memoryBytes: info.HostConfig.Memory } : {}),
    },
    addresses: live ? addressesOf(info) : [],
  };
}
