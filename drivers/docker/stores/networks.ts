import type { Network, NetworkGroup } from '../../driver.ts';
import { NovaError } from '../../errors.ts';
import { type DockerEnvironment, unlessGone } from '../environment.ts';
import { userNames } from './users.ts';

/** What the engine makes by itself and refuses to remove. */
const builtIn = new Set(['bridge', 'host', 'none', 'ingress', 'docker_gwbridge']);

type EngineNetwork = {
  Id: string;
  Name: string;
  Driver: string;
  Created?: string;
  Internal?: boolean;
  Labels?: Record<string, string> | null;
  IPAM?: { Config?: { Subnet?: string }[] | null };
};

/** The engine's networks. */
export function createDockerNetworks(environment: DockerEnvironment): NetworkGroup {
  const { engine } = environment;
  const list = async (): Promise<Network[]> => {
    const [networks, containers, nameOf] = await Promise.all([
      engine.ask('Listing the networks', () => engine.docker.listNetworks() as Promise<unknown>),
      engine.ask('Listing the containers', () => engine.docker.listContainers({ all: true })),
      userNames(environment),
    ]);
    return (networks as EngineNetwork[]).map((one) => {
      const made = Date.parse(one.Created ?? '');
      return {
        id: one.Id,
        name: one.Name,
        kind: one.Driver,
        subnets: (one.IPAM?.Config ?? []).flatMap((range) => range.Subnet ?? []),
        internal: one.Internal === true,
        createdAtMs: Number.isNaN(made) ? null : made,
        usedBy: containers
          .filter((container) => Object.hasOwn(container.NetworkSettings?.Networks ?? {}, one.Name))
          .map(nameOf),
        builtIn: builtIn.has(one.Name),
        labels: one.Labels ?? {},
      };
    });
  };
  return {
    list,
    async create(context, network) {
      const what = `Making network ${network.name}`;
      context.log(`POST /networks/create ${network.name}`);
      try {
        await engine.ask(what, () =>
          engine.docker.createNetwork({
            Name: network.name,
            // Two networks of one name are allowed by the engine and help nobody.
            CheckDuplicate: true,
            Driver: network.kind ?? 'bridge',
            Internal: network.internal === true,
            Labels: network.labels ?? {},
            ...(network.subnet === undefined ? {} : { IPAM: { Config: [{ Subnet: network.subnet }] } }),
          }),
        );
      } catch (error) {
        const taken = (await list()).some((one) => one.name === network.name);
        if (!taken || !(error instanceof NovaError) || error.code === 'timeout') throw error;
        throw new NovaError('already_exists', `${what}: there is one already; choose another name.`, { cause: error });
      }
      const made = (await list()).find((one) => one.name === network.name);
      if (made === undefined) throw new NovaError('not_found', `The network ${network.name} is gone again.`);
      return made;
    },
    async remove(context, id) {
      const found = (await list()).find((one) => one.id === id || one.name === id);
      if (found === undefined) return;
      if (found.builtIn) throw new NovaError('conflict', `Network ${found.name} belongs to the engine and stays.`);
      if (found.usedBy.length > 0) {
        throw new NovaError(
          'conflict',
          `Network ${found.name} is used by ${found.usedBy.join(', ')}; remove them first.`,
        );
      }
      context.log(`DELETE /networks/${found.name}`);
      await unlessGone(engine.ask(`Removing network ${found.name}`, () => engine.docker.getNetwork(found.id).remove()));
    },
  };
}
