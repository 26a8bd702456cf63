import type { ContainerInspectInfo } from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
/** The words of a command line; § stands for a space within one. */
const words = (line: string): string[] => line.split(/\s+/).map((word) => word.replaceAll('§', ' '));
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker: a container that others made'), () => {
  let rig: DockerRig;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
    for (const name of ['front', 'back']) await rig.docker('network', 'create', name);
  }, 120_000);
  afterAll(() => rig?.dispose());

  const inspect = async (name: string): Promise<ContainerInspectInfo> =>
    (JSON.parse((await rig.docker('inspect', name)).join('')) as ContainerInspectInfo[])[0] as ContainerInspectInfo;
  const adopt = async (name: string, id: string): Promise<WorkloadRef> => {
    const found = await rig.driver.adopt?.((await inspect(name)).Id, id);
    if (found === undefined) throw new Error('it can not be adopted');
    return { id, name, ...found };
  };
  /** What must not change when it is made anew. */
  const lasting = (info: ContainerInspectInfo) => ({
    Hostname: info.Config.Hostname,
    Domainname: info.Config.Domainname,
    StopTimeout: (info.Config as { StopTimeout?: number }).StopTimeout,
    HostConfig: Object.fromEntries(
      words(`Privileged ExtraHosts Dns DnsSearch ShmSize Sysctls PidMode GroupAdd Tmpfs Devices OomScoreAdj NanoCpus
        Memory PortBindings Ulimits DeviceCgroupRules`).map((key) => [
        key,
        (info.HostConfig as unknown as Record<string, unknown>)[key],
      ]),
    ),
    Mounts: (info.Mounts ?? []).map((one) => `${one.Type} ${one.Name ?? one.Source} ${one.Destination} ${one.RW}`),
    Networks: Object.fromEntries(
      Object.entries(info.NetworkSettings.Networks as Record<string, { Aliases: string[] | null }>).map(
        ([name, { Aliases }]) => [name, (Aliases ?? []).filter((alias) => !info.Id.startsWith(alias)).toSorted()],
      ),
    ),
  });
  const changed = (ref: WorkloadRef, settings: Record<string, unknown>) => ({
    ...ref.spec,
    settings: { ...ref.spec.settings, ...settings },
  });

  it('keeps all that it has when it is made anew, by a change and by a snapshot', async () => {
    await rig.docker(
      ...words(`run -d --name legacy --hostname old --domainname example --add-host far:192.0.2.7 --dns
      192.0.2.8 --dns-search example --shm-size 128m --sysctl net.ipv4.ip_forward=1 --pid host
      --group-add 44 --tmpfs /scratch:size=10m --stop-timeout 3 --device /dev/null:/dev/other:r
      --oom-score-adj 100 --cpus 0.5 --memory 64m --restart unless-stopped --network front
      --network-alias web --ulimit nofile=100:200 -p 127.0.0.1:18099:80 -v legacy:/data:ro
      --device-cgroup-rule c§1:3§r busybox:test sleep 1000`),
    );
    await rig.docker('network', 'connect', '--alias', 'api', 'back', 'legacy');
    const before = lasting(await inspect('legacy'));
    expect(before.Networks).toEqual({ front: ['old', 'web'], back: ['api', 'old'] });
    let ref = await adopt('legacy', 'legacy-1');
    expect(ref.spec).toMatchObject({ restart: 'always', settings: { hostname: 'old', network: 'front' } });

    const to = changed(ref, { env: { ...(ref.spec.settings['env'] as object), ADDED: 'yes' } });
    // What the adoption says is a spec that can be asked for.
    expect(await rig.driver.resolve(to)).toMatchObject(to);
    const done = await rig.driver.update?.(rig.context(), ref, to);
    ref = { ...ref, spec: to, handle: done?.handle ?? ref.handle };
    await reaches(rig, ref, 'running');
    const anew = await inspect('legacy');
    expect(anew.Config.Env).toContain('ADDED=yes');
    expect(lasting(anew)).toEqual(before);

    await rig.driver.snapshots?.create(rig.context(), ref, { id: 'point', name: 'point', kind: 'disk' });
    const back = await rig.driver.snapshots?.restore(rig.context(), ref, 'point', { keep: false, keepId: '' });
    ref = { ...ref, handle: back?.handle ?? ref.handle };
    expect(lasting(await inspect('legacy'))).toEqual(before);
    await rig.driver.remove(rig.context(), ref);
  });

  it('is found by the names that others know it by, also after a restore', async () => {
    await rig.docker(...words(`run -d --name db-1 --network back --network-alias db busybox:test httpd -f -p 80`));
    const ref = await adopt('db-1', 'db-1');
    await rig.driver.snapshots?.create(rig.context(), ref, { id: 'db', name: 'db', kind: 'disk' });
    await rig.driver.snapshots?.restore(rig.context(), ref, 'db', { keep: false, keepId: '' });
    const asker = await rig.run({ network: 'back', command: ['sleep', '1000'] });
    expect(await rig.shell(asker, 'wget -q -O - http://db/etc/ 2>&1 || wget -S -O - http://db/ 2>&1; true')).toMatch(
      /HTTP\/1|404/,
    );
  });

  it('keeps rights and a name space that no setting has a word for', async () => {
    await rig.docker('run', '-d', '--name', 'main', 'busybox:test', 'sleep', '1000');
    // Not started: rights of that kind are not for every machine.
    await rig.docker(
      ...words(`create --name side --privileged --network container:main --no-healthcheck busybox:test sleep
      1000`),
    );
    const before = await inspect('side');
    const ref = await adopt('side', 'side-1');
    await rig.driver.update?.(rig.context(), ref, changed(ref, { workingDirectory: '/tmp' }));
    const anew = await inspect('side');
    expect(anew.Config.WorkingDir).toBe('/tmp');
    expect(anew.HostConfig.Privileged).toBe(true);
    expect(anew.HostConfig.NetworkMode).toBe(before.HostConfig.NetworkMode);
    expect((anew.Config as { Healthcheck?: unknown }).Healthcheck).toEqual({ Test: ['NONE'] });
  });

  it('keeps what no setting can say one by one: a range of ports, SCTP, many mounts', async () => {
    const volumes = Array.from({ length: 110 }, (_, at) => ['-v', `many${at}:/many/${at}`]);
    const ports = words('-p 18300-18310:80 -p 18320:81/sctp -p 18321:82/udp');
    await rig.docker('create', '--name', 'odd', ...ports, ...volumes.flat(), rig.image, 'sleep', '1000');
    const before = await inspect('odd');
    const ref = await adopt('odd', 'odd-1');
    expect(ref.spec.settings['ports']).toMatchObject([{ hostPort: 18321, containerPort: 82, protocol: 'udp' }]);
    const to = changed(ref, { env: { ADDED: 'yes' } });
    await rig.driver.update?.(rig.context(), ref, await rig.driver.resolve(to));
    const anew = await inspect('odd');
    expect(anew.Id).not.toBe(before.Id);
    expect(anew.HostConfig.PortBindings).toMatchObject({
      '80/tcp': [{ HostPort: '18300-18310' }],
      '81/sctp': [{ HostPort: '18320' }],
      '82/udp': [{ HostPort: '18321' }],
    });
    expect(Object.keys(anew.Config.ExposedPorts ?? {}).toSorted()).toEqual(['80/tcp', '81/sctp', '82/udp']);
    expect(anew.Mounts).toHaveLength(volumes.length);
    let log = '';
    for await (const bytes of rig.driver.logs?.(ref, { follow: false }, new AbortController().signal) ?? [])
      log += Buffer.from(bytes).toString();
    expect(log).toBe('');
    await rig.driver.remove(rig.context(), { ...ref, spec: to });
    // Volumes with a name are the user's.
    expect(await rig.docker('volume', 'ls', '-q', '--filter', 'name=many')).toHaveLength(volumes.length);
  });
});
