import { z } from 'zod';
import { NovaError } from '../../errors.ts';
import { parseMessage } from '../qmp/messages.ts';
import { watchdogSchema } from '../settings.ts';
import { runTool } from './tool.ts';

/** What a QEMU program says of itself. */
export const introspectionSchema = z.object({
  version: z.string(),
  /** Names of all monitor commands. */
  commands: z.array(z.string()),
  /** Accelerators that are compiled in. */
  accelerators: z.array(z.string()),
  /** Alias to versioned name. */
  machineAliases: z.record(z.string(), z.string()),
  machineTypes: z.array(z.string()),
  /** Models of watchdogs that are compiled in. */
  watchdogs: z.array(z.string()),
  /** `-sandbox` with our rules is accepted. */
  sandbox: z.boolean(),
  migrationCapabilities: z.array(z.string()),
});
export type Introspection = z.infer<typeof introspectionSchema>;

/** QEMU answers in 0.1 s; a first start from a cold disk takes longer. */
const limitMs = 20_000;
const questions = [
  { execute: 'qmp_capabilities' },
  { execute: 'query-qmp-schema', id: 1 },
  { execute: 'query-machines', id: 2 },
  { execute: 'qom-list-types', arguments: { implements: 'accel' }, id: 3 },
  { execute: 'qom-list-types', arguments: { implements: 'device' }, id: 4 },
  { execute: 'query-migrate-capabilities', id: 5 },
];
/** QEMU drops what a slow reader has not taken yet when it quits, so it is told to only after the last answer. */
const goodbye = { after: '"id": 5', input: '{"execute":"quit"}\n' };

const schemaEntries = z.array(z.object({ 'meta-type': z.string(), name: z.string() }));
const machineEntries = z.array(z.object({ name: z.string(), alias: z.string().optional() }));
const typeEntries = z.array(z.object({ name: z.string() }));
const capabilityEntries = z.array(z.object({ capability: z.string() }));

/** The models that a machine can be given. */
const models = watchdogSchema.shape.model.unwrap().options;

/** Reads the monitor's answers to `questions`. Throws a ZodError when something is missing. */
export function readAnswers(output: string, sandbox: boolean): Introspection {
  const answers = new Map<number, unknown>();
  let version = '';
  for (const line of output.split('\n')) {
    const message = line.trim() === '' ? null : parseMessage(line);
    if (message?.type === 'greeting') {
      version = message.version;
    }
    if (message?.type === 'return' && message.id !== null) {
      answers.set(message.id, message.value);
    }
  }
  const machines = machineEntries.parse(answers.get(2));
  return {
    version: z.string().min(1).parse(version),
    commands: schemaEntries
      .parse(answers.get(1))
      .filter((entry) => entry['meta-type'] === 'command')
      .map((entry) => entry.name),
    accelerators: typeEntries
      .parse(answers.get(3))
      .flatMap((entry) => /^(.+)-accel$/.exec(entry.name)?.[1] ?? [])
      .filter((name) => name !== 'qtest'),
    machineAliases: Object.fromEntries(
      machines.flatMap((entry) => (entry.alias === undefined ? [] : [[entry.alias, entry.name]])),
    ),
    machineTypes: machines.map((entry) => entry.name),
    watchdogs: typeEntries
      .parse(answers.get(4))
      .map((entry) => entry.name)
      .filter((name) => models.some((model) => model === name)),
    sandbox,
    migrationCapabilities: capabilityEntries.parse(answers.get(5)).map((entry) => entry.capability),
  };
}

/** Asks a QEMU program what it can do, in a machine without anything in it. */
export async function introspect(binary: string, signal?: AbortSignal): Promise<Introspection> {
  const input = `${questions.map((question) => JSON.stringify(question)).join('\n')}\n`;
  const base = ['-no-user-config', '-nodefaults', '-display', 'none', '-machine', 'none', '-qmp', 'stdio'];
  const rules = ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'];
  let log: string[] = [];
  // QEMU without seccomp support (other systems, some builds) refuses the option.
  for (const sandbox of [true, false]) {
    const result = await runTool(binary, sandbox ? [...base, ...rules] : base, {
      timeoutMs: limitMs,
      input,
      goodbye,
      leash: true,
      ...(signal === undefined ? {} : { signal }),
    });
    log = result.stderr.split('\n').filter((line) => line !== '');
    if (result.exitCode === 0 && result.stdout !== '') {
      try {
        return readAnswers(result.stdout, sandbox);
      } catch (cause) {
        throw new NovaError('engine_unavailable', `${binary} gave no usable answer about itself.`, {
          cause,
          details: { log },
        });
      }
    }
  }
  throw new NovaError('engine_unavailable', `${binary} does not start: ${log.at(-1) ?? 'it printed nothing'}.`, {
    details: { log, command: [binary, ...base].join(' ') },
  });
}
