import { describe, expect, test } from 'vitest';
import type { MachineRecord } from '../../../../../drivers/qemu/machine/record.ts';
import {
  afterStep,
  allCollectSteps,
  type CollectStep,
  droppedLayer,
  nextCollectStep,
  ownLayers,
  withoutSnapshot,
} from '../../../../../drivers/qemu/snapshots/collect-plan.ts';
import { childrenOf, faultsOf, putOnTop } from '../../../../../drivers/qemu/snapshots/layers.ts';
import { type Contents, layer, record, scribble, seen, snapshot } from '../../../../support/qemu/layers.ts';
import { createRandom, type Random } from '../../../../support/random.ts';

const nobody = { shared: new Set<string>(), bytesOf: () => 0 };
const told = (step: CollectStep): string =>
  step.kind === 'drop' ? `drop ${step.layer.id}` : `${step.kind} ${step.lower.id} ${step.upper.id}`;

describe('steps', () => {
  const chain = [layer('a', null), layer('b', 'a'), layer('c', 'b')];
  const image = layer('img', null, { file: '/images/img', external: true });
  test.each<[string, MachineRecord, string[], Partial<{ shared: Set<string>; bytes: Record<string, number> }>]>([
    [
      'nothing while each layer is named',
      record(chain, [snapshot('1', null, { disk0: 'a' }), snapshot('2', '1', { disk0: 'b' })], { disk0: 'c' }),
      [],
      {},
    ],
    [
      'a leaf that nobody names goes',
      record([...chain, layer('d', 'a')], [snapshot('1', null, { disk0: 'a' }), snapshot('2', '1', { disk0: 'b' })], {
        disk0: 'c',
      }),
      ['drop d'],
      {},
    ],
    [
      'a whole branch goes, from its leaf on',
      record(
        [layer('a', null), layer('x', 'a'), layer('y', 'x'), layer('t', 'a')],
        [snapshot('1', null, { disk0: 'a' })],
        { disk0: 't' },
      ),
      ['drop y', 'drop x'],
      {},
    ],
    [
      'the small top is written down',
      record([layer('a', null), layer('b', 'a')], [], { disk0: 'b' }),
      ['commit a b'],
      { bytes: { a: 9, b: 1 } },
    ],
    [
      'the large top takes in what is beneath',
      record([layer('a', null), layer('b', 'a')], [], { disk0: 'b' }),
      ['stream a b'],
      { bytes: { a: 1, b: 9 } },
    ],
    [
      'a frozen layer takes in, and is never written down',
      record(chain, [snapshot('2', null, { disk0: 'b' })], { disk0: 'c' }),
      ['stream a b'],
      { bytes: { a: 9, b: 1 } },
    ],
    [
      'a chain without snapshots becomes one layer',
      record(chain, [], { disk0: 'c' }),
      ['stream a b', 'commit b c'],
      { bytes: { a: 1, b: 2, c: 1 } },
    ],
    [
      'a fork serves two',
      record([layer('a', null), layer('b', 'a'), layer('c', 'a')], [snapshot('1', null, { disk0: 'b' })], {
        disk0: 'c',
      }),
      [],
      {},
    ],
    ['the image of a user stays beneath', record([image, layer('b', 'img')], [], { disk0: 'b' }), [], {}],
    [
      'a layer on the image of a user is taken in',
      record([image, layer('a', 'img'), layer('b', 'a')], [], { disk0: 'b' }),
      ['commit a b'],
      {},
    ],
    [
      'an image that nobody stands on is forgotten',
      record([image, layer('b', null)], [], { disk0: 'b' }),
      ['drop img'],
      {},
    ],
    ['what a linked clone needs stays', record(chain, [], { disk0: 'c' }), [], { shared: new Set(['a', 'b']) }],
    [
      'what a linked clone needs is not written to',
      record(chain, [], { disk0: 'c' }),
      ['commit b c'],
      { shared: new Set(['a']) },
    ],
    [
      'a layer beneath one that a linked clone needs stays',
      record(chain, [], { disk0: 'c' }),
      [],
      { shared: new Set(['b']) },
    ],
  ])('%s', (_title, model, expected, { shared = nobody.shared, bytes = {} }) => {
    const needed = { shared, bytesOf: ({ id }: { id: string }) => bytes[id] ?? 0 };
    const steps = allCollectSteps(model, needed);
    expect(steps.map(told)).toEqual(expected);
    const end = steps.reduce(afterStep<MachineRecord>, model);
    expect(faultsOf(end)).toEqual([]);
    expect(nextCollectStep(end, needed)).toBeNull();
  });
});

describe('a removed snapshot', () => {
  const tree = record(
    [layer('a', null), layer('b', 'a'), layer('c', 'b')],
    [snapshot('1', null, { disk0: 'a' }), snapshot('2', '1', { disk0: 'b' }), snapshot('3', '2', { disk0: 'b' })],
    { disk0: 'c' },
    { currentId: '2', resumeFrom: '2' },
  );
  test('leaves its children to its parent', () => {
    const after = withoutSnapshot(tree, '2');
    expect(after.snapshots.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['1', null],
      ['3', '1'],
    ]);
    expect(after).toMatchObject({ currentId: '1', resumeFrom: null });
    expect(faultsOf(after)).toEqual([]);
  });
  test('that is gone already changes nothing', () => {
    expect(withoutSnapshot(tree, 'gone')).toBe(tree);
  });
  test('owns the layers that its parent has not', () => {
    expect(ownLayers(tree, '1').map(({ id }) => id)).toEqual(['a']);
    expect(ownLayers(tree, '2').map(({ id }) => id)).toEqual(['b']);
    expect(ownLayers(tree, '3')).toEqual([]);
    expect(ownLayers(tree, 'gone')).toEqual([]);
  });
});

/** Carries a step out on contents, as the real merges do. */
function carryOut(contents: Contents, step: CollectStep): void {
  const gone = contents.get(droppedLayer(step).id) ?? new Map<number, number>();
  contents.delete(droppedLayer(step).id);
  if (step.kind !== 'drop') {
    const kept = step.kind === 'stream' ? step.upper : step.lower;
    const own = contents.get(kept.id) ?? new Map<number, number>();
    // What is above wins.
    contents.set(kept.id, step.kind === 'stream' ? new Map([...gone, ...own]) : new Map([...own, ...gone]));
  }
}

function act(model: MachineRecord, random: Random, turn: number): MachineRecord {
  const freeze = (on: string): MachineRecord => {
    const overlay = layer(`l${turn}`, on, { frozen: false });
    return putOnTop(model, { disk0: overlay });
  };
  const top = model.disks[0]?.layerId ?? '';
  if (model.snapshots.length === 0 || random.below(3) === 0) {
    const taken = snapshot(`s${turn}`, model.currentId, { disk0: top });
    return { ...freeze(top), snapshots: [...model.snapshots, taken], currentId: taken.id };
  }
  const { id, layers } = random.pick(model.snapshots);
  if (random.below(2) === 0) {
    const back = freeze(layers['disk0'] ?? '');
    return {
      ...back,
      layers: back.layers.map((entry) => ({ ...entry, frozen: entry.id !== `l${turn}` })),
      currentId: id,
    };
  }
  return withoutSnapshot(model, id);
}

test('whatever is taken, restored and removed: each snapshot and the disk keep their content at each step', () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = createRandom(seed);
    const contents: Contents = new Map();
    let model = record([layer('l0', null)], [], { disk0: 'l0' });
    const shared = new Set(random.below(4) === 0 ? ['l0'] : []);
    const needed = { shared, bytesOf: ({ id }: { id: string }) => contents.get(id)?.size ?? 0 };
    const views = (): Record<string, string> =>
      Object.fromEntries([
        ['disk', seen(model.layers, contents, model.disks[0]?.layerId ?? '')],
        ...model.snapshots.map(({ id, layers }) => [id, seen(model.layers, contents, layers['disk0'] ?? '')]),
      ]);
    for (let turn = 1; turn <= 25; turn += 1) {
      scribble(contents, model.disks[0]?.layerId ?? '', random);
      model = act(model, random, turn);
      const before = views();
      for (let step = nextCollectStep(model, needed); step !== null; step = nextCollectStep(model, needed)) {
        expect(shared.has(droppedLayer(step).id)).toBe(false);
        carryOut(contents, step);
        model = afterStep(model, step);
        expect(views(), `seed ${seed}, turn ${turn}, ${told(step)}`).toEqual(before);
        expect(faultsOf(model)).toEqual([]);
      }
      // No more layers than the snapshots, the forks, the top and what is shared account for.
      const forks = model.layers.filter(({ id }) => childrenOf(model.layers, id).length > 1).length;
      expect(model.layers.length).toBeLessThanOrEqual(model.snapshots.length + forks + 1 + shared.size);
    }
  }
});
