import { expect, it } from 'vitest';
import { takenOut } from '../../../../../drivers/docker/lifecycle/taken-out.ts';
import { workloadSpecSchema } from '../../../../../drivers/spec.ts';

const spec = (settings: Record<string, unknown>) =>
  workloadSpecSchema.parse({ name: 'web', driver: 'docker', settings: { image: 'x', ...settings } });
const all = {
  env: { A: '1', PATH: '/mine', KEPT: '2' },
  command: ['run'],
  entrypoint: ['/init'],
  user: 'app',
  workingDirectory: '/app',
  stopSignal: 'SIGINT',
  healthCheck: { command: ['true'] },
};

it.each<[string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>]>([
  ['nothing', all, {}, {}],
  [
    'all, of an image that says nothing',
    { env: { KEPT: '2' } },
    {},
    {
      Env: ['A', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: [''],
      User: '0',
      WorkingDir: '/',
      StopSignal: 'SIGTERM',
      Healthcheck: { Test: ['NONE'] },
    },
  ],
  [
    'all, of an image that has its own',
    { env: { KEPT: '2' } },
    {
      Env: ['PATH=/bin', 'OTHER=3'],
      Cmd: ['sh'],
      Entrypoint: ['/e'],
      User: 'u',
      WorkingDir: '/w',
      StopSignal: 'SIGQUIT',
      Healthcheck: { Test: ['CMD', 'ok'] },
    },
    {
      Env: ['A', 'PATH=/bin'],
      Cmd: ['sh'],
      Entrypoint: ['/e'],
      User: 'u',
      WorkingDir: '/w',
      StopSignal: 'SIGQUIT',
      Healthcheck: { Test: ['CMD', 'ok'] },
    },
  ],
])('taken out: %s', (_title, to, base, expected) => {
  expect(takenOut(spec(all), spec(to), base)).toEqual(expected);
});
