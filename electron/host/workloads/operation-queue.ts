/** Runs the operations of one workload one after another. */
export type OperationQueue = {
  /** Adds a task; `front` lets it pass those that wait. The task never rejects. */
  add(task: () => Promise<void>, options?: { front?: boolean }): void;
  /** True while nothing runs or waits. */
  idle(): boolean;
};

/** An empty queue that begins when `gate` has settled. */
export function createOperationQueue(gate: Promise<void>): OperationQueue {
  const waiting: (() => Promise<void>)[] = [];
  let busy = false;
  let opened = false;
  const next = async () => {
    if (busy || !opened) {
      return;
    }
    busy = true;
    try {
      for (let task = waiting.shift(); task; task = waiting.shift()) {
        await task();
      }
    } finally {
      busy = false;
    }
  };
  void gate.finally(() => {
    opened = true;
    void next();
  });
  return {
    add(task, options) {
      if (options?.front) {
        waiting.unshift(task);
      } else {
        waiting.push(task);
      }
      void next();
    },
    idle: () => !busy && waiting.length === 0,
  };
}
