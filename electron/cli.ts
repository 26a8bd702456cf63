#!/usr/bin/env node
import { keepCompiledCode } from './compile-cache.ts';

/** Entry point: the `novacron` command. */
keepCompiledCode(process.env);
const { runCommandLine } = await import('./cli/program.ts');
const code = await runCommandLine(process.argv.slice(2), process.env);
// What is still open (a terminal's input) must not keep the command alive.
process.exit(code);
