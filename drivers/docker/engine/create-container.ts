import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';

/** What the engine answers to a create. */
type Made = { Id: string; Warnings?: string[] | null };

/**
 * Makes a container; its id and what the engine warns of, as a limit that its kernel can't keep. The client's own way has two faults: it
 * keeps the warnings to itself, and it puts the whole request into its address too, where a large environment does not fit and where
 * others log it.
 */
export function createContainer(
  docker: Docker,
  { name, ...body }: ContainerCreateOptions,
): Promise<{ id: string; warnings: string[] }> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: '/containers/create?',
        method: 'POST',
        options: { _query: name === undefined ? {} : { name }, _body: body },
        statusCodes: { 200: true, 201: true, 400: 'bad parameter', 404: 'no such image', 500: 'server error' },
      },
      (error: unknown, answer: unknown) => {
        const made = answer as Made;
        if (error !== null && error !== undefined) reject(error);
        else resolve({ id: made.Id, warnings: made.Warnings ?? [] });
      },
    );
  });
}
