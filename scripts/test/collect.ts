import type { Reporter, TestModule } from 'vitest/node';
import type { RunOutcome, TestOutcome } from './outcome.ts';

function outcomes(module: TestModule): TestOutcome[] {
  return [...module.children.allTests()].map((test) => {
    const result = test.result();
    return {
      project: module.project.name,
      title: test.fullName,
      // A test that never got its turn proved nothing.
      state: result.state === 'pending' ? 'failed' : result.state,
      retried: test.diagnostic()?.flaky ?? false,
      note: result.state === 'skipped' ? (result.note ?? null) : null,
    };
  });
}

function breakages(module: TestModule): string[] {
  const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
  return [...module.errors(), ...suites].map(
    (error) => `${module.project.name}: ${module.relativeModuleId}: ${error.message.split('\n')[0]}`,
  );
}

/** A vitest reporter that adds what it saw to `run`. */
export function collect(run: RunOutcome): Reporter {
  return {
    onTestRunEnd(modules, unhandled) {
      run.tests.push(...modules.flatMap(outcomes));
      run.breakages.push(
        ...modules.flatMap(breakages),
        ...unhandled.map((error) => `An error that nobody caught: ${error.message.split('\n')[0]}`),
      );
    },
  };
}
