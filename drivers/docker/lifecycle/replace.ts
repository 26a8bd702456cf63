import type { WorkloadSpec } from '../../spec.ts';
import { containersOf, type DockerEnvironment, inspectContainer, unlessGone } from '../environment.ts';
import type { DockerIntent, DockerRecord } from '../record.ts';
import { fillVolume } from '../volumes/copy.ts';
import { makeContainer } from './create.ts';
import { dropContainer } from './run.ts';

type Replace = Extract<DockerIntent, { kind: 'replace' }>;

/** Carries out the record's `replace` intent from wherever it was cut off: each step may run again. */
export async function finishReplace(
  environment: DockerEnvironment,
  id: string,
  intent: Replace,
): Promise<DockerRecord> {
  const { engine, records } = environment;
  const name = intent.spec.name;
  const record = records.get(id);
  const fresh = record.containerId === '';
  if (!fresh) {
    await dropContainer(environment, record.containerId, name);
    for (const container of await containersOf(environment, id)) await dropContainer(environment, container.Id, name);
    records.change(id, (before) => ({ ...before, containerId: '' }));
  }
  for (const [volume, copy] of Object.entries(intent.copies)) {
    await unlessGone(engine.ask(`Emptying volume ${volume}`, () => engine.docker.getVolume(volume).remove()));
    await fillVolume(environment, id, { from: copy, to: volume, imageId: intent.imageId, labels: {} });
  }
  const containerId = await makeContainer(environment, id, intent.spec, intent.imageId);
  if (intent.start) {
    await engine.ask(`Starting ${name}`, () => engine.docker.getContainer(containerId).start(), 60_000);
  }
  return records.change(id, (before) => ({
    ...before,
    containerId,
    imageId: intent.imageId,
    currentId: intent.currentId,
    stopAsked: false,
    intent: null,
  }));
}

/** Makes the container anew from its own present layer with a changed spec; volumes are kept. */
export async function recreateContainer(
  environment: DockerEnvironment,
  ref: { id: string; name: string; spec: WorkloadSpec; handle: { version: number } },
  to: WorkloadSpec,
): Promise<string> {
  const { engine, records, home } = environment;
  const info = await inspectContainer(environment, ref);
  const record = records.get(ref.id);
  const sameImage = JSON.stringify(ref.spec.settings['image']) === JSON.stringify(to.settings['image']);
  const imageId = sameImage
    ? (
        (await engine.ask(
          `Keeping the files of ${ref.name}`,
          () =>
            engine.docker.getContainer(info.Id).commit({
              pause: true,
              changes: `LABEL io.novacron.id=${ref.id}\nLABEL io.novacron.home=${home}\nLABEL io.novacron.role=layer`,
            }),
          0,
        )) as { Id: string }
      ).Id
    : String(to.settings['image']);
  const intent: Replace = {
    kind: 'replace',
    spec: to,
    imageId,
    copies: {},
    currentId: record.currentId,
    start: info.State.Running,
  };
  records.write({ ...record, intent });
  return (await finishReplace(environment, ref.id, intent)).containerId;
}
