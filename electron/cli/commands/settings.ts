import { InvalidArgumentError } from 'commander';
import type { Settings } from '../../bridge/contract.ts';
import { table } from '../table.ts';
import type { Register } from './context.ts';

/** A value as typed: JSON where it is some, else the text itself. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** settings. */
export const registerSettings: Register = (program, run) => {
  program
    .command('settings [name] [value]')
    .description("the user's settings; with a value changes one")
    .action((name: string | undefined, value: string | undefined, _options, command) =>
      run(command, async (session) => {
        const before = await session.client.call('settings.get', {});
        if (name !== undefined && !Object.hasOwn(before, name)) {
          throw new InvalidArgumentError(`There is no setting ${name}. Settings: ${Object.keys(before).join(', ')}`);
        }
        const now: Settings =
          name === undefined || value === undefined
            ? before
            : await session.client.call('settings.set', { [name]: parseValue(value) });
        const shown = Object.entries(now).filter(([key]) => name === undefined || key === name);
        session.print(
          name === undefined ? now : Object.fromEntries(shown),
          table(shown.map(([key, each]) => [key, JSON.stringify(each)])),
        );
      }),
    );
};
