import type { ContainerInspectInfo } from 'dockerode';

/** What the kernel makes in each container. */
const kernels = ['/proc', '/sys', '/dev'];

/** Where something is mounted that the engine's archive requests do not see, and what it is. */
export type Unseen = { at: string; why: string };

type Mounts = Pick<ContainerInspectInfo, 'Mounts'> & { HostConfig: { Tmpfs?: Record<string, string> | null } };

/**
 * The mount that hides a path from the engine's archive requests, which see the layers, volumes and folders alone; null where they see it.
 * What they write there stands beneath the mount, where nothing inside finds it. Pure.
 */
export function unseenMount(info: Mounts, path: string): Unseen | null {
  const covers = (at: string): boolean => path === at || path.startsWith(`${at}/`);
  const mounts = [
    ...kernels.map((at) => ({ at, why: 'it is made by the kernel' })),
    ...Object.keys(info.HostConfig.Tmpfs ?? {}).map((at) => ({ at, why: 'it is kept in memory (tmpfs)' })),
    ...(info.Mounts ?? []).map((mount) => ({
      at: mount.Destination,
      why: (mount.Type as string) === 'tmpfs' ? 'it is kept in memory (tmpfs)' : null,
    })),
  ].filter(({ at }) => covers(at.replace(/\/+$/, '')));
  // The innermost one is what is there.
  const found = mounts.reduce<{ at: string; why: string | null } | null>(
    (deepest, one) => (deepest === null || one.at.length >= deepest.at.length ? one : deepest),
    null,
  );
  return found === null || found.why === null ? null : { at: found.at, why: found.why };
}
