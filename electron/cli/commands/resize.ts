import { InvalidArgumentError } from 'commander';
import type { Job, Resources, Workload } from '../../bridge/contract.ts';
import { warnOfChange } from '../plan-warnings.ts';
import { formatBytes, parseCount, parseSize } from '../units.ts';
import type { Register } from './context.ts';

type ResizeOptions = { vcpus?: number; maxVcpus?: number; memory?: number; maxMemory?: number };

function resourcesOf({ vcpus, maxVcpus, memory, maxMemory }: ResizeOptions): Resources {
  return {
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(maxVcpus === undefined ? {} : { maxVcpus }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(maxMemory === undefined ? {} : { maxMemoryBytes: maxMemory }),
  };
}

/** What a person is told: what is confirmed, what waits, and what does not follow and why. Pure. */
export function resizedText(
  name: string,
  { observation }: Pick<Workload, 'observation'>,
  job: Pick<Job, 'message'>,
): string {
  const { confirmed, pending = [] } = observation;
  const memory = confirmed?.memoryBytes === undefined ? '-' : formatBytes(confirmed.memoryBytes);
  return [
    `${name}${confirmed === undefined ? '' : `: ${confirmed.vcpus ?? '-'} vCPU, ${memory}`}`,
    ...(pending.length > 0 ? [`waits for the next start: ${pending.join(', ')}`] : []),
    ...(job.message === '' ? [] : [job.message]),
  ].join('; ');
}

/** resize. */
export const registerResize: Register = (program, run) => {
  program
    .command('resize <workload>')
    .description('change CPU and memory; live where it can be')
    .option('--vcpus <n>', 'virtual CPUs', parseCount)
    .option('--max-vcpus <n>', 'upper end for live growth; comes with the next start', parseCount)
    .option('--memory <size>', 'for example 1G', parseSize)
    .option('--max-memory <size>', 'upper end for live growth; comes with the next start', parseSize)
    .action((workload: string, options: ResizeOptions, command) =>
      run(command, async (session) => {
        const asked = resourcesOf(options);
        if (Object.keys(asked).length === 0)
          throw new InvalidArgumentError('Give --vcpus, --memory, --max-vcpus or --max-memory.');
        const { spec } = await session.client.call('workloads.get', { workload });
        const resources = { ...spec.resources, ...asked };
        await warnOfChange(session.client, spec, { ...spec, resources });
        const job = await session.finish((await session.client.call('workloads.resize', { workload, resources })).job);
        const after = await session.client.call('workloads.get', { workload });
        session.print(after, resizedText(workload, after, job));
      }),
    );
};
