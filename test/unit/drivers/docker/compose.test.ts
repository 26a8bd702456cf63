import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findCompose } from '../../../../drivers/docker/compose/command.ts';
import { projectOf } from '../../../../drivers/docker/compose/project.ts';

const directory = mkdtempSync(join(tmpdir(), 'nova-compose-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const program = (path: string): string => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  chmodSync(path, 0o755);
  return path;
};

describe('the program of Compose', () => {
  const old = program(join(directory, 'old/docker-compose'));
  const docker = program(join(directory, 'bin/docker'));
  program(join(directory, 'plugins/docker-compose'));
  program(join(directory, 'config/cli-plugins/docker-compose'));
  const plugins = [join(directory, 'plugins')];
  const config = join(directory, 'empty');
  it.each<[string, Record<string, string>, string[], string[] | null]>([
    ['the plugin of all users', { PATH: `${directory}/old:${directory}/bin` }, plugins, [docker, 'compose']],
    [
      'the plugin of the user',
      { PATH: `${directory}/bin`, DOCKER_CONFIG: join(directory, 'config') },
      [],
      [docker, 'compose'],
    ],
    ['the older program', { PATH: `${directory}/bin:${directory}/old` }, [], [old]],
    ['a plugin without the command that runs it', { PATH: `${directory}/old` }, plugins, [old]],
    ['none', { PATH: '' }, plugins, null],
  ])('is %s', (_title, env, places, expected) => {
    expect(findCompose({ DOCKER_CONFIG: config, ...env }, places)).toEqual(expected);
  });
});

describe('the name of a project', () => {
  it.each<[string, string, string, string | undefined, string]>([
    ['what was asked for', '/a/b/compose.yaml', 'name: own\n', 'asked', 'asked'],
    ['what the file says', '/a/b/compose.yaml', 'services: {}\nname: "own-1" # ours\n', undefined, 'own-1'],
    ['the folder', '/a/My Shop.2/compose.yaml', 'services:\n  name: no\n', undefined, 'myshop2'],
    ['the folder without its first signs', '/a/_-x/compose.yaml', '', undefined, 'x'],
  ])('is %s', (_title, file, text, asked, expected) => {
    expect(projectOf(file, text, asked)).toBe(expected);
  });
  it.each<[string, string | undefined]>([
    ['/ÄÖ/compose.yaml', undefined],
    ['/a/compose.yaml', 'Upper'],
    ['/a/compose.yaml', '--file'],
  ])('is asked for when %s gives none, or %s is no name', (file, asked) => {
    expect(() => projectOf(file, '', asked)).toThrow(expect.objectContaining({ code: 'invalid_spec' }));
  });
});
