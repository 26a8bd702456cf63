import type { QmpClient } from '../qmp/types.ts';
import { type AgentConnection, connectAgent } from './connection.ts';
import type { GuestAgent } from './types.ts';

/** The character device in QEMU's arguments. */
export const agentChardev = 'agent0';
/** The name of the port by which guests find it (qemu-ga's own default). */
export const agentPort = 'org.qemu.guest_agent.0';

/** An agent that has the port open answers within this, emulated on a busy machine too. */
const syncTimeoutMs = 3_000;
/** One that did not answer is not asked again for so long: whoever wanted it goes on without. */
const silentForMs = 15_000;

/** The way to the agent of one machine, opened at need and kept. */
export type AgentLink = {
  /** The agent if one has its end open and answers, else null. Never throws. */
  get(client: QmpClient): Promise<GuestAgent | null>;
  close(): void;
};

/** Whether something in the guest holds the agent's port: QEMU knows, so that nobody waits for an agent that is not there. */
async function isListening(client: QmpClient): Promise<boolean> {
  const devices = await client.execute<{ label: string; 'frontend-open': boolean }[]>('query-chardev');
  return devices.some((device) => device.label === agentChardev && device['frontend-open']);
}

/** Makes the link to a socket. `close` it. */
export function createAgentLink(path: string): AgentLink {
  let connection: AgentConnection | null = null;
  let connecting: Promise<AgentConnection | null> | null = null;
  let silentUntil = 0;

  const open = async (): Promise<AgentConnection | null> => {
    try {
      connection = await connectAgent(path, { syncTimeoutMs });
      return connection;
    } catch {
      // Something has the port open and does not speak: as good as no agent.
      silentUntil = Date.now() + silentForMs;
      return null;
    }
  };
  return {
    async get(client) {
      try {
        if (!(await isListening(client))) {
          connection?.close();
          connection = null;
          // A guest that starts anew gets a new chance.
          silentUntil = 0;
          return null;
        }
      } catch {
        return null;
      }
      if (connection?.open === true) {
        return connection;
      }
      if (Date.now() < silentUntil) {
        return null;
      }
      connecting ??= open().finally(() => {
        connecting = null;
      });
      return await connecting;
    },
    close() {
      connection?.close();
      connection = null;
    },
  };
}
