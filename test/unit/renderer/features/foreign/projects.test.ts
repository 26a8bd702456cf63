import { expect, it } from 'vitest';
import type { ForeignView } from '../../../../../electron/bridge/contract.ts';
import { byProject } from '../../../../../renderer/features/foreign/projects.ts';

const one = (name: string, part: Partial<ForeignView> = {}): ForeignView => ({
  driver: 'docker',
  engineId: name,
  name,
  ours: false,
  observation: { phase: 'running', reason: '' },
  ...part,
});

it('groups by project and engine; what is in none comes last', () => {
  const groups = byProject([
    one('lone', { endpoint: 'far' }),
    one('web', { project: 'shop' }),
    one('db', { project: 'shop' }),
    one('db-far', { project: 'shop', endpoint: 'far' }),
    one('blog', { project: 'blog' }),
    one('alone'),
  ]);
  expect(groups.map((group) => [group.project, group.endpoint, group.members.map((member) => member.name)])).toEqual([
    ['blog', undefined, ['blog']],
    ['shop', undefined, ['db', 'web']],
    ['shop', 'far', ['db-far']],
    [null, undefined, ['alone', 'lone']],
  ]);
});
