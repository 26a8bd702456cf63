import { describe, expect, it } from 'vitest';
import { diffDocker } from '../../../../drivers/docker/diff.ts';
import { createBody, shownBody } from '../../../../drivers/docker/plan.ts';
import { dockerSettingsSchema } from '../../../../drivers/docker/settings.ts';
import { MiB, type WorkloadSpec, workloadSpecSchema } from '../../../../drivers/spec.ts';

const spec = (settings: Record<string, unknown> = {}, resources: Record<string, number> = {}): WorkloadSpec =>
  workloadSpecSchema.parse({ name: 'web', driver: 'docker', resources, settings: { image: 'busybox', ...settings } });

describe('create request', () => {
  it('carries limits, ports, mounts and our labels', () => {
    const body = createBody(
      'id1',
      'home1',
      spec(
        {
          command: ['sh', '-c', 'a b'],
          env: { A: 'x=y', B: '' },
          ports: [
            { hostPort: 8080, containerPort: 80 },
            { hostPort: 0, containerPort: 53, protocol: 'udp', hostAddress: '0.0.0.0' },
          ],
          mounts: [
            { type: 'volume', source: 'data', target: '/data' },
            { type: 'bind', source: '/src', target: '/src', readOnly: true },
            { type: 'tmpfs', target: '/tmp', sizeBytes: 1000 },
          ],
          capDrop: ['ALL'],
          noNewPrivileges: true,
        },
        { vcpus: 1.5, memoryBytes: 64 * MiB },
      ),
    );
    expect(body).toMatchObject({
      name: 'web',
      Image: 'busybox',
      Cmd: ['sh', '-c', 'a b'],
      Env: ['A=x=y', 'B='],
      Labels: { 'io.novacron.id': 'id1', 'io.novacron.home': 'home1', 'io.novacron.role': 'workload' },
      HostConfig: {
        NanoCpus: 1_500_000_000,
        Memory: 64 * MiB,
        MemorySwap: 128 * MiB,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        PortBindings: {
          '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
          '53/udp': [{ HostIp: '0.0.0.0', HostPort: '' }],
        },
        RestartPolicy: { Name: 'no' },
        Mounts: [
          { Type: 'volume', Source: 'data', Target: '/data', ReadOnly: false },
          { Type: 'bind', Source: '/src', Target: '/src', ReadOnly: true },
          { Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: 1000 } },
        ],
      },
    });
  });

  it('is told without the values of its variables', () => {
    const shown = shownBody(createBody('id1', 'h', spec({ env: { PASSWORD: 'hun=ter\n2', EMPTY: '' } })));
    expect(shown.Env).toEqual(['PASSWORD=…', 'EMPTY=…']);
    expect(JSON.stringify(shown)).not.toMatch(/hun|ter/);
  });

  it('a label of the user can not replace ours', () => {
    const mine = { ...spec(), labels: { 'io.novacron.id': 'other', team: 'web' } };
    expect(createBody('id1', 'h', mine).Labels).toMatchObject({ 'io.novacron.id': 'id1', team: 'web' });
  });
});

describe('settings', () => {
  it.each([
    [{ image: '' }, 'image'],
    [{ image: '-rm' }, 'image'],
    [{ image: 'a', ports: [{ hostPort: 70_000, containerPort: 1 }] }, 'ports.0.hostPort'],
    [{ image: 'a', mounts: [{ type: 'bind', source: 'relative', target: '/x' }] }, 'mounts.0.source'],
    [{ image: 'a', mounts: [{ type: 'volume', source: '../x', target: '/x' }] }, 'mounts.0.source'],
    [{ image: 'a', env: { 'A=B': '1' } }, 'env.A=B'],
    [{ image: 'a', nonsense: 1 }, ''],
  ])('%j is refused at %s', (settings, field) => {
    const parsed = dockerSettingsSchema.safeParse(settings);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(field);
  });
});

describe('difference', () => {
  it.each([
    [
      'memory grows',
      spec({}, { memoryBytes: 64 * MiB }),
      spec({}, { memoryBytes: 128 * MiB }),
      [['resources.memoryBytes', 'live']],
    ],
    ['a limit goes', spec({}, { vcpus: 1 }), spec(), [['resources.vcpus', 'recreate']]],
    ['a port comes', spec(), spec({ ports: [{ hostPort: 1, containerPort: 2 }] }), [['settings.ports', 'recreate']]],
    ['process limit', spec({ pidsLimit: 5 }), spec({ pidsLimit: 6 }), [['settings.pidsLimit', 'live']]],
    ['CPUs set free', spec({ cpuset: '0' }), spec({ cpuset: '' }), [['settings.cpuset', 'recreate']]],
    [
      'no reservation',
      spec({ memoryReservationBytes: 64 * MiB }),
      spec({ memoryReservationBytes: 0 }),
      [['settings.memoryReservationBytes', 'recreate']],
    ],
    ['nothing', spec(), spec(), []],
  ])('%s', (_what, from, to, changes) => {
    expect(diffDocker(from, to).map((change) => [change.field, change.effect])).toEqual(changes);
  });
});
