import type { Command } from 'commander';

/** Examples that say more than the arguments alone, by the words of the command. */
const examples: Readonly<Record<string, readonly string[]>> = {
  create: [
    'create qemu web --image demo --vcpus 2 --memory 512M --port 8080:80 --start',
    'create docker db --image postgres:17 --env POSTGRES_PASSWORD=secret --mount data:/var/lib/postgresql/data --start',
  ],
  stop: ['stop web db --grace 60', 'stop web --force'],
  console: ['console web', "echo 'uname -a' | novacron console web --until Linux"],
  exec: ['exec db -- psql -U postgres -c "select 1"', 'exec db --json ls /'],
  logs: ['logs db --follow --tail 100'],
  stats: ['stats web db', 'stats web --count 1 --json'],
  events: ['events --follow', 'events --limit 10 --json'],
  resize: ['resize web --vcpus 4 --memory 2G', 'resize web --vcpus 8 --max-vcpus 8'],
  jobs: ['jobs', 'jobs --cancel 0123456789abcdef'],
  ls: ['ls', 'ls --json'],
  rm: ['rm web', 'rm web --force'],
  adopt: ['adopt docker their-database'],
  kill: ['kill web --signal HUP'],
  clone: ['clone web web2', 'clone web web2 --full'],
  cp: ['cp ./index.html web:/usr/share/nginx/html/', 'cp web:/var/log ./logs'],
  'files ls': ['files ls web:/etc'],
  'images pull': ['images pull postgres:17', 'images pull registry.example.com/team/app:1.2'],
  'images import': ['images import ./rootfs.tar mine:1'],
  'images save': ['images save ./images.tar postgres:17 busybox:1.36'],
  'images tag': ['images tag app:1.2 app:stable'],
  'images history': ['images history postgres:17'],
  'images rm': ['images rm app:1.2'],
  'images build': ['images build . --tag app:1.2', 'images build . --file docker/Dockerfile --build-arg VERSION=1.2'],
  'volumes create': ['volumes create data'],
  'volumes rm': ['volumes rm data'],
  'networks rm': ['networks rm backend'],
  'networks create': ['networks create backend --subnet 172.30.0.0/16 --internal'],
  'services scale': ['services scale shop_web 5'],
  'services tasks': ['services tasks shop_web'],
  'compose up': ['compose up ./compose.yaml', 'compose up ./compose.yaml --project shop'],
  'compose down': ['compose down shop'],
  call: ['call workloads.get \'{"workload":"web"}\''],
  serve: ['serve --port 8000'],
  settings: ['settings', 'settings consoleWriters one'],
  'snapshot create': ['snapshot create web before-upgrade', 'snapshot create web files --kind disk'],
  'snapshot diff': ['snapshot diff web before after', 'snapshot diff web before'],
  'group snapshot': ['group snapshot shop before-upgrade', 'group snapshot team=core nightly --no-memory'],
};

/** What stands for an argument in an example that is made from the command itself. */
const samples: Readonly<Record<string, string>> = {
  workload: 'web',
  snapshot: 'before-upgrade',
  group: 'shop',
  name: 'web2',
  file: './image.tar',
};

/** The words by which a command is called, without the program's own. */
function wordsOf(command: Command): string {
  return command.parent === null ? '' : `${wordsOf(command.parent)} ${command.name()}`.trim();
}

/** Example lines of one command, without the program's name. */
export function examplesOf(command: Command): readonly string[] {
  const words = wordsOf(command);
  const known = examples[words];
  if (known !== undefined) return known;
  const values = command.registeredArguments
    .filter((argument) => argument.required)
    .map((argument) => samples[argument.name()] ?? argument.name());
  return [[words, ...values].join(' ')];
}

/** Puts examples under the help of every command that does something. */
export function addExamples(command: Command): void {
  for (const one of command.commands) {
    if (one.commands.length > 0) addExamples(one);
    else
      one.addHelpText(
        'after',
        () =>
          `\nExamples:\n${examplesOf(one)
            .map((line) => `  novacron ${line}`)
            .join('\n')}`,
      );
  }
}
