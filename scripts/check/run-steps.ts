import { spawn } from 'node:child_process';

/** One program of the check. */
export type Step = { name: string; command: readonly [string, ...string[]] };

/** How a step ended. */
export type StepResult = { name: string; ok: boolean; seconds: number; output: string };

/** Runs one step to its end. A program that can't be started is a failed step. */
function runStep(step: Step, cwd: string): Promise<StepResult> {
  const begun = performance.now();
  const [program, ...args] = step.command;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const end = (ok: boolean, more = ''): void => {
      resolve({
        name: step.name,
        ok,
        seconds: (performance.now() - begun) / 1000,
        output: Buffer.concat(chunks).toString('utf8') + more,
      });
    };
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => end(false, `${program} could not be started: ${error.message}\n`));
    child.once('close', (code, signal) => end(code === 0, signal === null ? '' : `It was ended by ${signal}.\n`));
  });
}

/** Runs all steps side by side to their ends, whatever becomes of the others. `onEnd` is told of each as it ends. */
export function runSteps(
  steps: readonly Step[],
  options: { cwd: string; onEnd?(result: StepResult): void },
): Promise<StepResult[]> {
  return Promise.all(
    steps.map(async (step) => {
      const result = await runStep(step, options.cwd);
      options.onEnd?.(result);
      return result;
    }),
  );
}

/** One line for each step, the failed ones marked. */
export function sumLines(results: readonly StepResult[]): string[] {
  const width = Math.max(...results.map((result) => result.name.length));
  return results.map(
    ({ name, ok, seconds }) => `${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(width)}  ${seconds.toFixed(1)} s`,
  );
}
