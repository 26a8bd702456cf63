import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { foreignToAll, mergeProbes } from '../../../../../drivers/docker/endpoints/driver.ts';
import { isSamePlace } from '../../../../../drivers/docker/endpoints/list.ts';
import { byEngine, joinBy } from '../../../../../drivers/docker/endpoints/once.ts';
import { parseAddress } from '../../../../../drivers/docker/engine/endpoint.ts';
import type { Foreign, Probe } from '../../../../../drivers/driver.ts';

const member = (name: string, engineId: string | null) => ({
  name,
  address: `unix:///${name}`,
  probe:
    engineId === null
      ? null
      : ({
          health: 'healthy',
          summary: name,
          attributes: { engineId },
          capabilities: { services: {} },
        } as unknown as Probe),
});

it('takes two names of one engine for one engine, and one that has not answered for its own', () => {
  const members = [
    member('default', 'A'),
    member('far', 'B'),
    member('twin', 'A'),
    member('new', null),
    member('late', null),
  ];
  expect(byEngine(members).map((group) => group.map((one) => one.name))).toEqual([
    ['default', 'twin'],
    ['far'],
    ['new'],
    ['late'],
  ]);
  expect(mergeProbes(members, 'default')?.endpoints?.map((one) => [one.name, one.sameAs])).toEqual([
    ['default', undefined],
    ['far', undefined],
    ['twin', 'default'],
    ['new', undefined],
    ['late', undefined],
  ]);
});

it('lists a thing of such an engine once, used by all that any of its names tells of', () => {
  const join = joinBy((one: { id: string; usedBy: string[] }) => one.id);
  expect(
    join([
      [{ id: 'a', usedBy: ['web', 'db'] }],
      [
        { id: 'a', usedBy: ['web', 'snapshot of db'] },
        { id: 'b', usedBy: [] },
      ],
    ]),
  ).toEqual([
    { id: 'a', usedBy: ['web', 'db', 'snapshot of db'] },
    { id: 'b', usedBy: [] },
  ]);
});

const foreign = (engineId: string, more: Partial<Foreign> = {}): Foreign => ({
  engineId,
  name: engineId,
  ours: false,
  observation: { phase: 'running', reason: '' },
  ...more,
});
const spec = { name: 'own' } as NonNullable<Foreign['spec']>;

it.each([
  ['strange to all names', [[foreign('x')], [foreign('x', { endpoint: 'twin' })]], ['x']],
  ['in the care of a workload that goes by one of the names', [[foreign('x')], []], []],
  ['of a record of one of them', [[], [foreign('w1', { spec, endpoint: 'twin' })]], ['w1']],
  ['with one name', [[foreign('x'), foreign('y')]], ['x', 'y']],
])('a container is found where it is %s', (_title, lists, wanted) => {
  expect(foreignToAll(lists).map((one) => one.engineId)).toEqual(wanted);
});

it('knows that two names of a socket are one place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-places-'));
  try {
    writeFileSync(join(folder, 'real.sock'), '');
    symlinkSync(join(folder, 'real.sock'), join(folder, 'link.sock'));
    const at = (name: string) => parseAddress(`unix://${join(folder, name)}`);
    expect(isSamePlace(at('real.sock'), at('link.sock'))).toBe(true);
    expect(isSamePlace(at('real.sock'), at('none.sock'))).toBe(false);
    expect(isSamePlace(at('none.sock'), at('none.sock'))).toBe(true);
    expect(isSamePlace(at('real.sock'), parseAddress('tcp://h:1'))).toBe(false);
    expect(isSamePlace(parseAddress('tcp://h:1'), parseAddress('tcp://h:1'))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
