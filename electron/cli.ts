#!/usr/bin/env node
import { runCommandLine } from './cli/program.ts';

/** Entry point: the `novacron` command. */
const code = await runCommandLine(process.argv.slice(2), process.env);
// What is still open (a terminal's input) must not keep the command alive.
process.exit(code);
