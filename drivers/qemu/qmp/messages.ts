import { z } from 'zod';

/** What a monitor sends. Source: QEMU's docs/interop/qmp-spec, section "Protocol Specification". */
export type QmpMessage =
  | { type: 'greeting'; version: string }
  | { type: 'return'; id: number | null; value: unknown }
  | { type: 'error'; id: number | null; errorClass: string; text: string }
  | { type: 'event'; event: string; data: Record<string, unknown>; timestampMs: number };

const idSchema = z.number().optional();
const greetingSchema = z.object({
  QMP: z.object({
    version: z.object({ qemu: z.object({ major: z.number(), minor: z.number(), micro: z.number() }) }),
  }),
});
const returnSchema = z.object({ return: z.unknown(), id: idSchema }).refine((value) => 'return' in value);
const failureSchema = z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: idSchema });
const eventSchema = z.object({
  event: z.string(),
  data: z.record(z.string(), z.unknown()).prefault({}),
  timestamp: z.object({ seconds: z.number(), microseconds: z.number() }),
});

/** Reads one line. Null when it is nothing that a monitor may send. */
export function parseMessage(line: string): QmpMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  if ('event' in value) {
    const { success, data } = eventSchema.safeParse(value);
    const timestampMs = success ? data.timestamp.seconds * 1000 + data.timestamp.microseconds / 1000 : 0;
    return success ? { type: 'event', event: data.event, data: data.data, timestampMs } : null;
  }
  if ('error' in value) {
    const { success, data } = failureSchema.safeParse(value);
    return success ? { type: 'error', id: data.id ?? null, errorClass: data.error.class, text: data.error.desc } : null;
  }
  if ('return' in value) {
    const { success, data } = returnSchema.safeParse(value);
    return success ? { type: 'return', id: data.id ?? null, value: data.return } : null;
  }
  const { success, data } = greetingSchema.safeParse(value);
  if (!success) {
    return null;
  }
  const { major, minor, micro } = data.QMP.version.qemu;
  return { type: 'greeting', version: `${major}.${minor}.${micro}` };
}
