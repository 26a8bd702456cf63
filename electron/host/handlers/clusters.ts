import type { DriverName } from '../../../drivers/spec.ts';
import type { Job, ServiceView } from '../../bridge/contract.ts';
import type { Handlers } from '../../bridge/handlers.ts';
import type { HostContext } from '../context.ts';
import { composeDown, planComposeDown } from '../groups/compose-down.ts';
import type { JobContext } from '../jobs/run-with-deadline.ts';
import { refreshForeign } from '../workloads/foreign.ts';
import { limits } from '../workloads/operation.ts';

type ClusterMethod = Extract<keyof Handlers, `services.${string}` | `compose.${string}`>;

/** Services of clusters, and projects of Compose files. */
export function clusterHandlers(host: HostContext): Pick<Handlers, ClusterMethod> {
  const job = (verb: string, subject: string, run: (context: JobContext) => Promise<unknown>): { job: Job } => ({
    job: host.jobs.start({ verb, workloadId: null, subject, idleLimitMs: limits.longMs, run }),
  });
  const servicesOf = async (name: DriverName): Promise<ServiceView[]> => {
    const { services } = host.drivers.get(name);
    if (!services) {
      host.drivers.refuse(name, 'services');
    }
    return (await services.list()).map((service) => ({ ...service, driver: name }));
  };
  return {
    'services.list': async ({ driver }) => {
      if (driver) return servicesOf(driver);
      const able = host.drivers.all.filter(
        (each) => each.services && host.drivers.probed(each.name)?.capabilities.services.available,
      );
      return (await Promise.all(able.map((each) => servicesOf(each.name)))).flat();
    },
    'services.scale': async ({ driver, service, replicas, ...store }) => {
      const { services } = host.drivers.get(driver);
      if (!services) {
        host.drivers.refuse(driver, 'services');
      }
      return job('scale', service, (context) =>
        services.scale({ ...context, saveHandle: () => {} }, service, replicas, store),
      );
    },
    'services.tasks': async ({ driver, service, ...store }) => {
      const { services } = host.drivers.get(driver);
      if (!services?.tasks) {
        host.drivers.refuse(driver, 'services');
      }
      return services.tasks(service, store);
    },
    'compose.up': async ({ driver, file, ...options }) => {
      const own = host.drivers.get(driver);
      const { compose } = own;
      if (!compose) {
        host.drivers.refuse(driver, 'compose');
      }
      return job('compose-up', options.project ?? file, async (context) => {
        const brought = await compose.up({ ...context, saveHandle: () => {} }, { file, ...options });
        await refreshForeign(host, own);
        return brought;
      });
    },
    'compose.planDown': async (asked) => planComposeDown(host, asked),
    'compose.down': async ({ volumes, ...asked }) => composeDown(host, asked, { volumes }),
  };
}
