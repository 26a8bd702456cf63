import { cpus, loadavg, release, totalmem } from 'node:os';

/** On what the figures were taken. */
export type BenchMachine = {
  cpu: string;
  cores: number;
  memoryBytes: number;
  kernel: string;
  node: string;
  /** Load over the last minute before the first row. Near 0 on a quiet machine. */
  load: number;
};

/** Looks at this machine. */
export function benchMachine(): BenchMachine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    load: loadavg()[0] ?? 0,
  };
}

/** The same in one line. */
export function machineText({ cpu, cores, memoryBytes, kernel, node, load }: BenchMachine): string {
  const memory = `${(memoryBytes / 2 ** 30).toFixed(0)} GiB`;
  return `${cores} x ${cpu}, ${memory}, kernel ${kernel}, Node ${node}, load ${load.toFixed(1)}`;
}
