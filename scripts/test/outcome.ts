/** How one test ended. */
export type TestOutcome = {
  project: string;
  /** With the names of the groups around it. */
  title: string;
  state: 'passed' | 'failed' | 'skipped';
  /** Passed, but not at the first try. */
  retried: boolean;
  /** What a test that skips itself says. */
  note: string | null;
};

/** How a whole run ended. */
export type RunOutcome = {
  tests: TestOutcome[];
  /** What failed outside of any test: files that can't be loaded, errors that nobody caught. */
  breakages: string[];
};

const faultTitle = /\bfaults? (\d+)(?:-(\d+))?: /g;

/** The numbers of the fault table that a title names: `fault 4: ...`, `faults 7-8: ...`. */
export function faultNumbers(title: string): number[] {
  return [...title.matchAll(faultTitle)].flatMap((match) => {
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  });
}

/** The state of each fault that has a test: one failed test fails it, and it passes with one that passed. */
export function faultStates(tests: TestOutcome[]): Map<number, TestOutcome['state']> {
  const rank = { skipped: 0, passed: 1, failed: 2 };
  const states = new Map<number, TestOutcome['state']>();
  for (const test of tests) {
    for (const number of faultNumbers(test.title)) {
      const known = states.get(number);
      if (known === undefined || rank[test.state] > rank[known]) {
        states.set(number, test.state);
      }
    }
  }
  return states;
}
