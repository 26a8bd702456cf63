import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** The registry that a name without one means. */
const hub = 'https://index.docker.io/v1/';
const configSchema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** What a pull request sends to the registry. Never logged, never stored. */
export type Credentials = { username: string; password: string; serveraddress: string };

/** The registry of an image's name: its first part, when that is a host. Pure. */
export function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  return image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost') ? first : hub;
}

/** Credentials from the user's Docker configuration and its helpers, or null for none. */
export async function credentialsFor(
  image: string,
  env: Record<string, string | undefined>,
): Promise<Credentials | null> {
  const registry = registryOf(image);
  let text: string;
  try {
    text = readFileSync(join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'config.json'), 'utf8');
  } catch {
    return null; // no configuration: the registry is asked without a name
  }
  const parsed = configSchema.safeParse(JSON.parse(text));
  if (!parsed.success) return null;
  const config = parsed.data;
  const helper = config.credHelpers?.[registry] ?? config.credsStore;
  if (helper !== undefined && /^[A-Za-z0-9_-]+$/.test(helper)) {
    // Loaded with its first use: it is a tenth of all that a start would compile.
    const { execa } = await import('execa');
    const answer = await execa(`docker-credential-${helper}`, ['get'], {
      input: registry,
      timeout: 10_000,
      reject: false,
    });
    if (answer.exitCode === 0) {
      const said = z.object({ Username: z.string(), Secret: z.string() }).safeParse(JSON.parse(answer.stdout));
      if (said.success) return { username: said.data.Username, password: said.data.Secret, serveraddress: registry };
    }
  }
  const auth = config.auths?.[registry]?.auth;
  if (auth === undefined) return null;
  const [username = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  return { username, password: rest.join(':'), serveraddress: registry };
}
