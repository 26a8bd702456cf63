import { parseArgs } from 'node:util';

/** What `npm start -- ...` was asked for. */
export type StartOptions = {
  /** A Chromium window on the browser host, also where Electron is there. */
  browser: boolean;
  /** No window: prints one address. */
  headless: boolean;
  /** Port of the browser host; 0 takes a free one. */
  port: number;
  /** Whether missing system packages may be installed. */
  install: boolean;
};

/** The text of `npm start -- --help`. */
export const startHelp = `npm start -- [--browser] [--headless] [--port N] [--no-install]

  --browser     open a Chromium or Chrome window instead of Electron
  --headless    open no window, print the address
  --port N      port of the browser host (default: a free one)
  --no-install  leave missing system packages out instead of installing them`;

/** Reads the arguments; `help` when the help was asked for. Throws an Error with a sentence for the user. */
export function parseStartOptions(args: string[]): StartOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      browser: { type: 'boolean', default: false },
      headless: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      'no-install': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is not a port.`);
  return { browser: values.browser, headless: values.headless, port, install: !values['no-install'] };
}
