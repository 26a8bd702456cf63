import type { Address } from '../../driver.ts';

/** One port forward as it stands in the arguments of a run. */
export type RunningForward = { protocol: string; hostAddress: string; hostPort: number; guestPort: number };

/** The forwards of a run, read from its arguments: host ports that were chosen at the start are known only there. */
export function forwardsOf(argv: readonly string[]): RunningForward[] {
  const value = argv[argv.indexOf('-netdev') + 1];
  if (!argv.includes('-netdev') || value === undefined) {
    return [];
  }
  const rules = value.startsWith('{')
    ? ((JSON.parse(value) as { hostfwd?: { str: string }[] }).hostfwd ?? []).map((entry) => entry.str)
    : value.split(',').flatMap((part) => /^hostfwd=(.*)$/.exec(part)?.[1] ?? []);
  return rules.flatMap((rule) => {
    const match = /^(tcp|udp):([^:]*):(\d+)-[^:]*:(\d+)$/.exec(rule);
    return match === null
      ? []
      : [
          {
            protocol: match[1] ?? '',
            hostAddress: match[2] ?? '',
            hostPort: Number(match[3]),
            guestPort: Number(match[4]),
          },
        ];
  });
}

/** Guest ports that a browser can show, with their scheme. */
const webPorts = new Map([
  [80, 'http'],
  [8000, 'http'],
  [8080, 'http'],
  [3000, 'http'],
  [443, 'https'],
  [8443, 'https'],
]);

/** The ports of this machine that lead to the guest, then the addresses that its agent tells. */
export function addressesOf(forwards: readonly RunningForward[], guestAddresses: readonly string[]): Address[] {
  const ports = forwards.map((rule): Address => {
    const host = rule.hostAddress === '0.0.0.0' || rule.hostAddress === '' ? '127.0.0.1' : rule.hostAddress;
    const scheme = rule.protocol === 'tcp' ? webPorts.get(rule.guestPort) : undefined;
    return {
      kind: 'port',
      text: `${rule.hostAddress}:${rule.hostPort} → ${rule.guestPort}/${rule.protocol}`,
      ...(scheme === undefined ? {} : { url: `${scheme}://${host}:${rule.hostPort}/` }),
    };
  });
  // QEMU's user-mode network is the guest's alone: nothing of this machine can reach it there.
  return [...ports, ...guestAddresses.map((text): Address => ({ kind: 'ip', text: `${text} (inside)` }))];
}
