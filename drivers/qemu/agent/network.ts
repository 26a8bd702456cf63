import { z } from 'zod';
import type { GuestAgent } from './types.ts';

/** Interfaces of a guest that are believed; one with more is told short. */
const maxInterfaces = 64;

/** `guest-network-get-interfaces` of qga/qapi-schema.json; what is not there is left out. */
const interfacesSchema = z.array(
  z.object({
    name: z.string().max(64),
    'ip-addresses': z
      .array(z.object({ 'ip-address': z.string().max(64), 'ip-address-type': z.enum(['ipv4', 'ipv6']) }))
      .optional(),
    statistics: z.object({ 'rx-bytes': z.number(), 'tx-bytes': z.number() }).optional(),
  }),
);

/** What a guest says of its network. */
export type GuestNetwork = {
  /** Addresses that others could use: no loopback, none of one link only. */
  addresses: string[];
  rxBytes: number;
  txBytes: number;
};

function isOwn(address: string): boolean {
  return /^127\.|^::1$|^fe80:/i.test(address);
}

/** Reads the agent's answer. Pure. Null when it is none. */
export function readNetwork(answer: unknown): GuestNetwork | null {
  const { data } = interfacesSchema.safeParse(answer);
  if (data === undefined) {
    return null;
  }
  const outward = data.slice(0, maxInterfaces).filter((entry) => entry.name !== 'lo');
  const sum = (key: 'rx-bytes' | 'tx-bytes'): number =>
    outward.reduce((total, entry) => total + Math.max(0, entry.statistics?.[key] ?? 0), 0);
  return {
    addresses: outward.flatMap((entry) =>
      (entry['ip-addresses'] ?? [])
        .map((address) => address['ip-address'])
        // The guest's word is shown to people: only what looks like an address.
        .filter((address) => /^[0-9a-fA-F.:]+$/.test(address) && !isOwn(address)),
    ),
    rxBytes: sum('rx-bytes'),
    txBytes: sum('tx-bytes'),
  };
}

/** Asks for the guest's network. Null when the agent can't say. */
export async function guestNetwork(agent: GuestAgent, timeoutMs: number): Promise<GuestNetwork | null> {
  try {
    return readNetwork(await agent.execute('guest-network-get-interfaces', undefined, { timeoutMs }));
  } catch {
    return null;
  }
}
