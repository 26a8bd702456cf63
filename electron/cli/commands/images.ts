import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { placeOf } from '../place.ts';
import { table } from '../table.ts';
import { formatAge, formatBytes } from '../units.ts';
import { finishAndPrint, type Register } from './context.ts';

type Store = { driver: 'docker'; endpoint?: string };
type BuildOptions = Store & { tag: string[]; file?: string; target?: string; buildArg: string[]; cache: boolean };

const collect = (text: string, before: string[]): string[] => [...before, text];

/** The engine that the options mean, for the bridge. */
const store = (options: Store): Store => ({
  driver: options.driver,
  ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
});

/** `NAME=VALUE` pairs as a record; one without a value takes it from the environment, as the docker command does. */
function buildArguments(list: string[]): Record<string, string> {
  return Object.fromEntries(
    list.map((text): [string, string] => {
      const at = text.indexOf('=');
      if (at === 0) throw new InvalidArgumentError(`A build argument is written NAME=VALUE, not ${text}.`);
      return at < 0 ? [text, process.env[text] ?? ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** images ls, pull, build, load, save, import, tag, history, rm. */
export const registerImages: Register = (program, run) => {
  const images = program.command('images').description('images of the drivers that have a store');
  const add = (line: string, text: string) =>
    images
      .command(line)
      .description(text)
      .option('--driver <name>', 'the driver whose store it is', 'docker')
      .option('--endpoint <name>', 'the engine, where the driver has several');
  images
    .command('ls', { isDefault: true })
    .description('all images, with what uses them')
    .action((_options, command) =>
      run(command, async (session) => {
        const all = await session.client.call('images.list', {});
        const place = placeOf(all);
        const rows = all.map((one) => [
          one.names[0] ?? one.id,
          place(one),
          formatBytes(one.sizeBytes),
          one.usedBy.join(', '),
        ]);
        session.print(all, table([['NAME', 'DRIVER', 'SIZE', 'USED BY'], ...rows]));
      }),
    );
  // The driver stood before the name at first and may still: `images pull docker alpine`.
  const named = (words: string[]): string[] => (words.length > 1 && words[0] === 'docker' ? words.slice(1) : words);
  const one = (words: string[]): string => {
    const [name, ...more] = named(words);
    if (name === undefined || more.length > 0) throw new InvalidArgumentError('Give one name.');
    return name;
  };
  add('pull <name...>', 'fetch an image from its registry').action((words: string[], options: Store, command) =>
    run(command, async (session) => {
      const name = one(words);
      await finishAndPrint(
        session,
        await session.client.call('images.pull', { ...store(options), name }),
        () => `${name}: there`,
      );
    }),
  );
  add(
    'import <file> <name>',
    'make an image of an archive: of one image, which gets the name, or of a root file system',
  ).action((file: string, name: string, options: Store, command) =>
    run(command, async (session) =>
      finishAndPrint(
        session,
        await session.client.call('images.import', { ...store(options), path: resolve(file), name }),
        () => `${name}: there`,
      ),
    ),
  );
  add('load <file>', 'load an archive of images; they keep their names').action(
    (file: string, options: Store, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('images.load', { ...store(options), path: resolve(file) }),
          (job) => `loaded: ${(job.result as { images: string[] }).images.join(', ') || 'an image without a name'}`,
        ),
      ),
  );
  add('save <file> <name...>', 'write images to one new archive').action(
    (file: string, names: string[], options: Store, command) =>
      run(command, async (session) =>
        finishAndPrint(
          session,
          await session.client.call('images.save', { ...store(options), names, path: resolve(file) }),
          () => `${file}: written`,
        ),
      ),
  );
  add('tag <image> <name>', 'give an image one more name').action((id: string, name: string, options: Store, command) =>
    run(command, async (session) =>
      session.print(
        await session.client.call('images.tag', { ...store(options), id, name }),
        `${id}: also named ${name}`,
      ),
    ),
  );
  add('history <image>', 'how it was made, newest step first').action((id: string, options: Store, command) =>
    run(command, async (session) => {
      const steps = await session.client.call('images.history', { ...store(options), id });
      const rows = steps.map((step) => [
        formatAge(Date.now() - step.createdAtMs),
        formatBytes(step.sizeBytes),
        step.command.replaceAll(/\s+/g, ' '),
      ]);
      session.print(steps, table([['AGE', 'SIZE', 'MADE BY'], ...rows]));
    }),
  );
  add('build <folder>', 'build an image; what the build prints goes to standard error')
    .requiredOption('-t, --tag <name>', 'its name; can be given again', collect, [])
    .option('-f, --file <path>', 'the recipe within the folder', 'Dockerfile')
    .option('--target <stage>', 'stop at this stage')
    .option('--build-arg <name=value>', 'an argument; can be given again', collect, [])
    .option('--no-cache', 'make every step anew')
    .action((folder: string, options: BuildOptions, command) =>
      run(command, async (session) => {
        if (options.tag.length === 0) throw new InvalidArgumentError('Give a name with --tag.');
        const { job } = await session.client.call('images.build', {
          ...store(options),
          path: resolve(folder),
          names: options.tag,
          ...(options.file === undefined ? {} : { recipe: options.file }),
          ...(options.target === undefined ? {} : { target: options.target }),
          arguments: buildArguments(options.buildArg),
          noCache: !options.cache,
        });
        await finishAndPrint(session, { job }, () => `${options.tag.join(', ')}: built`, { log: true });
      }),
    );
  add('rm <name...>', 'remove an image that nobody uses').action((words: string[], options: Store, command) =>
    run(command, async (session) => {
      const id = one(words);
      await finishAndPrint(
        session,
        await session.client.call('images.remove', { ...store(options), id }),
        () => `${id}: removed`,
      );
    }),
  );
};
