import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkloadRef } from '../../../drivers/driver.ts';
import { whyNoDocker } from '../../support/docker/daemon.ts';
import { type DockerRig, openDockerRig, reaches } from '../../support/docker/rig.ts';

const reason = await whyNoDocker();
const title = (text: string): string => (reason === null ? text : `${text} [skipped: ${reason}]`);

describe.skipIf(reason !== null)(title('Docker: settings that are taken out'), () => {
  let rig: DockerRig;
  beforeAll(async () => {
    rig = await openDockerRig([], { checkpoints: false });
  }, 120_000);
  afterAll(() => rig?.dispose());

  const change = async (ref: WorkloadRef, settings: Record<string, unknown>): Promise<WorkloadRef> => {
    const to = { ...ref.spec, settings };
    const done = await rig.driver.update?.(rig.context(), ref, to);
    const next = { ...ref, spec: to, handle: done?.handle ?? ref.handle };
    await reaches(rig, next, 'running');
    return next;
  };

  it('are gone from a container that is made from the written files of the one before, and stay gone', async () => {
    const command = ['sh', '-c', 'trap exit TERM; while :; do sleep 0.1; done'];
    let ref = await rig.run({
      command,
      env: { GONE: 'secret', KEPT: 'yes', PATH: '/bin:/elsewhere' },
      user: '7:8',
      workingDirectory: '/tmp',
      healthCheck: { command: ['true'] },
    });
    await rig.docker('exec', '-u', '0', ref.name, 'sh', '-c', 'echo mine > /tmp/f');
    const { env: _env, user: _user, workingDirectory: _directory, healthCheck: _check, ...rest } = ref.spec.settings;
    const without = { ...rest, env: { KEPT: 'yes' } };
    ref = await change(ref, without);
    for (const round of ['changed', 'changed again', 'restored']) {
      const said = await rig.shell(ref, 'cat /tmp/f; echo "$GONE,$KEPT"; id -u; pwd');
      expect(said, round).toBe('mine\n,yes\n0\n/');
      const [health] = await rig.docker('inspect', '-f', '{{json .State.Health}}', ref.name);
      expect(health, round).toBe('null');
      if (round === 'changed') {
        await rig.shell(ref, 'echo more > /tmp/g');
        ref = await change(ref, { ...without, hostname: 'other' });
      } else if (round === 'changed again') {
        await rig.driver.snapshots?.create(rig.context(), ref, { id: 'out', name: 'out', kind: 'disk' });
        await rig.driver.snapshots?.restore(rig.context(), ref, 'out', { keep: false, keepId: '' });
      }
    }
    await rig.driver.remove(rig.context(), ref);
    expect(await rig.ours()).toEqual([]);
  });
});
