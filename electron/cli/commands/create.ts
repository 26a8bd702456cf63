import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { WorkloadSpecInput } from '../../bridge/contract.ts';
import { parseCount, parsePort, parseSize } from '../units.ts';
import { finishAndPrint, type Register } from './context.ts';

type Options = {
  image?: string;
  spec?: string;
  vcpus?: number;
  maxVcpus?: number;
  memory?: number;
  maxMemory?: number;
  disk: number[];
  port: ReturnType<typeof parsePort>[];
  kernel?: string;
  initrd?: string;
  cmdline?: string;
  cdrom?: string;
  env: string[];
  mount: string[];
  label: string[];
  notes?: string;
  tty?: boolean;
  autostart?: boolean;
  restart?: 'no' | 'on-failure' | 'always';
  protected?: boolean;
  set: string[];
  start?: boolean;
  plan?: boolean;
};

const collect =
  <T>(parse: (text: string) => T) =>
  (text: string, before: T[]): T[] => [...before, parse(text)];
const asIs = (text: string): string => text;

/** `key=value` pairs as a record. */
function pairs(list: string[], what: string): Record<string, string> {
  return Object.fromEntries(
    list.map((text): [string, string] => {
      const at = text.indexOf('=');
      if (at < 1) throw new InvalidArgumentError(`${what} is written NAME=VALUE, not ${text}.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** A volume or bind mount as the docker command writes it: `source:/target[:ro]`. */
function parseMount(text: string): Record<string, unknown> {
  const match = /^([^:]+):(\/[^:]*)(:ro)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError(`A mount is written SOURCE:/TARGET[:ro], not ${text}.`);
  const [, source = '', target, readOnly] = match;
  const bind = source.startsWith('/') || source.startsWith('.');
  return {
    type: bind ? 'bind' : 'volume',
    source: bind ? resolve(source) : source,
    target,
    readOnly: readOnly !== undefined,
  };
}

function qemuSettings(options: Options): { settings: Record<string, unknown>; catalogue?: string } {
  const path = (text: string): string => resolve(text);
  const isFile = options.image !== undefined && /[/.]/.test(options.image);
  const disks: Record<string, unknown>[] = [
    ...(isFile ? [{ image: path(String(options.image)) }] : []),
    ...options.disk.map((sizeBytes) => ({ sizeBytes })),
  ];
  const settings = {
    ...(disks.length > 0 ? { disks } : {}),
    ...(options.kernel === undefined ? {} : { kernel: path(options.kernel) }),
    ...(options.initrd === undefined ? {} : { initrd: path(options.initrd) }),
    ...(options.cmdline === undefined ? {} : { cmdline: options.cmdline }),
    ...(options.cdrom === undefined ? {} : { cdrom: path(options.cdrom) }),
    ...(options.port.length > 0 ? { portForwards: options.port } : {}),
  };
  return { settings, ...(options.image !== undefined && !isFile ? { catalogue: options.image } : {}) };
}

function dockerSettings(options: Options, command: string[]): Record<string, unknown> {
  return {
    image: options.image ?? '',
    ...(command.length > 0 ? { command } : {}),
    env: pairs(options.env, 'A variable'),
    mounts: options.mount.map(parseMount),
    ports: options.port.map(({ guestPort, ...rest }) => ({ ...rest, containerPort: guestPort })),
    ...(options.tty === true ? { tty: true, stdin: true } : {}),
  };
}

/** The spec of the options. Throws usage errors. */
export function specOf(
  driver: string,
  name: string,
  command: string[],
  options: Options,
): { spec: WorkloadSpecInput; catalogue?: string } {
  if (options.spec !== undefined) {
    const text = options.spec === '-' ? readFileSync(0, 'utf8') : readFileSync(options.spec, 'utf8');
    return { spec: { ...(JSON.parse(text) as WorkloadSpecInput), name, driver: driver as 'qemu' } };
  }
  const chosen =
    driver === 'qemu'
      ? qemuSettings(options)
      : { settings: driver === 'docker' ? dockerSettings(options, command) : {} };
  const more = Object.fromEntries(
    Object.entries(pairs(options.set, 'A setting')).map(([key, text]): [string, unknown] => {
      try {
        return [key, JSON.parse(text)];
      } catch {
        return [key, text];
      }
    }),
  );
  const spec: WorkloadSpecInput = {
    name,
    driver: driver as 'qemu',
    resources: {
      ...(options.vcpus === undefined ? {} : { vcpus: options.vcpus }),
      ...(options.maxVcpus === undefined ? {} : { maxVcpus: options.maxVcpus }),
      ...(options.memory === undefined ? {} : { memoryBytes: options.memory }),
      ...(options.maxMemory === undefined ? {} : { maxMemoryBytes: options.maxMemory }),
    },
    labels: pairs(options.label, 'A label'),
    ...(options.notes === undefined ? {} : { notes: options.notes }),
    ...(options.restart === undefined ? {} : { restart: options.restart }),
    autostart: options.autostart === true,
    protected: options.protected === true,
    settings: { ...chosen.settings, ...more },
  };
  return { spec, ...('catalogue' in chosen ? { catalogue: chosen.catalogue } : {}) };
}

/** create. */
export const registerCreate: Register = (program, run) => {
  program
    .command('create <driver> <name> [command...]')
    .description('make a workload; DRIVER is qemu or docker')
    .option('--image <image>', 'qemu: demo, a catalogue entry or an image file; docker: an image')
    .option('--spec <file>', 'the whole spec as JSON, - for standard input')
    .option('--vcpus <n>', 'virtual CPUs', parseCount)
    .option('--max-vcpus <n>', 'upper end for live growth', parseCount)
    .option('--memory <size>', 'for example 512M', parseSize)
    .option('--max-memory <size>', 'upper end for live growth', parseSize)
    .option('--disk <size>', 'a new disk; can be given again', collect(parseSize), [])
    .option(
      '--port <host:guest>',
      'a port of this machine that leads inside; can be given again',
      collect(parsePort),
      [],
    )
    .option('--kernel <file>', 'qemu: boot this kernel')
    .option('--initrd <file>', 'qemu: with this initrd')
    .option('--cmdline <text>', 'qemu: with this kernel command line')
    .option('--cdrom <file>', 'qemu: an ISO image')
    .option('--env <name=value>', 'docker: a variable; can be given again', collect(asIs), [])
    .option('--mount <source:/target>', 'docker: a volume or folder; can be given again', collect(asIs), [])
    .option('--tty', 'docker: a terminal for the main process')
    .option('--label <name=value>', 'a tag; can be given again', collect(asIs), [])
    .option('--notes <text>', 'free text')
    .option('--restart <policy>', 'no, on-failure or always')
    .option('--autostart', "start it with the machine's first host")
    .option('--protected', 'refuse removal')
    .option('--set <name=json>', "a field of the driver's settings; can be given again", collect(asIs), [])
    .option('--start', 'start it at once')
    .option('--plan', 'only show what would be done')
    .action((driver: string, name: string, rest: string[], options: Options, command) =>
      run(command, async (session) => {
        const made = specOf(driver, name, rest, options);
        if (options.plan === true) {
          const planned = await session.client.call('workloads.plan', { spec: made.spec });
          session.print(planned, JSON.stringify(planned, null, 2));
          return;
        }
        const started = await session.client.call('workloads.create', {
          spec: made.spec,
          ...(made.catalogue === undefined ? {} : { catalogue: made.catalogue }),
        });
        if (options.start !== true) {
          await finishAndPrint(session, started, () => `${name}: made`);
          return;
        }
        // Two jobs in turn: the command is done when it runs, not when it is about to start.
        await session.finish(started.job);
        await finishAndPrint(
          session,
          await session.client.call('workloads.start', { workload: name }),
          () => `${name}: made and started`,
        );
      }),
    );
};
