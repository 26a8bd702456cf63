import { runTool } from '../../../drivers/qemu/probe/tool.ts';

/** A child process for tests: runs a program on a leash as a probe does. Arguments: the limit in milliseconds, the program's words. */
const [, , limitMs = '', program = '', ...words] = process.argv;
await runTool(program, words, { timeoutMs: Number(limitMs), leash: true });
