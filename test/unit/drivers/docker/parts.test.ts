import { expect, it } from 'vitest';
import { filesOf } from '../../../../drivers/docker/compose/parts.ts';
import { readTask } from '../../../../drivers/docker/swarm/read.ts';

const prefix = 'com.docker.compose.project';

it.each<[string, Record<string, string>, string[]]>([
  ['absolute ones, of the plugin', { [`${prefix}.config_files`]: '/a/x.yaml,/a/y.yaml' }, ['/a/x.yaml', '/a/y.yaml']],
  [
    'relative ones, of the older program',
    { [`${prefix}.config_files`]: 'x.yaml', [`${prefix}.working_dir`]: '/a b' },
    ['/a b/x.yaml'],
  ],
  ['relative ones of nowhere: none', { [`${prefix}.config_files`]: 'x.yaml' }, []],
  ['none', {}, []],
])('the files of a project: %s', (_title, labels, expected) => {
  expect(filesOf(labels)).toEqual(expected);
});

it('reads a task that failed, and one that no node has yet', () => {
  const failed = {
    ID: 't',
    Slot: 2,
    NodeID: 'n',
    DesiredState: 'shutdown',
    Spec: { ContainerSpec: { Image: 'web:1@sha256:abc' } },
    Status: { Timestamp: '2026-01-02T03:04:05Z', State: 'failed', Message: 'started', Err: 'task: non-zero exit (1)' },
  };
  expect(readTask(failed, new Map([['n', 'host-1']]))).toEqual({
    id: 't',
    slot: 2,
    node: 'host-1',
    state: 'failed',
    wanted: 'shutdown',
    reason: 'task: non-zero exit (1)',
    error: 'task: non-zero exit (1)',
    image: 'web:1',
    changedAtMs: Date.parse('2026-01-02T03:04:05Z'),
  });
  expect(readTask({ ID: 'u' }, new Map())).toMatchObject({ slot: null, node: '', state: 'new', changedAtMs: 0 });
});
