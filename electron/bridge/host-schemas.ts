import { z } from 'zod';

/** A view of the list with a filter's text, kept under a name. */
export const savedFilterSchema = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().trim().min(1).max(60),
  view: z.string().max(600),
  filter: z.string().max(500),
});
export type SavedFilter = z.infer<typeof savedFilterSchema>;

const settings = {
  theme: z.enum(['system', 'dark', 'light', 'contrast']),
  consoleFontSize: z.number().int().min(8).max(32),
  consoleWriters: z.enum(['one', 'all']),
  stopGraceSeconds: z.number().int().min(0).max(600),
  trashHours: z.number().min(0).max(720),
  automaticSnapshots: z.number().int().min(0).max(50),
  mutedChecks: z.array(z.string().max(100)).max(200),
  /** In the order in which the sidebar shows them. */
  savedFilters: z.array(savedFilterSchema).max(100),
  quitNoticeShown: z.boolean(),
};

/** The user's settings. Unknown keys are refused. */
export const settingsSchema = z.strictObject({
  theme: settings.theme.prefault('system'),
  consoleFontSize: settings.consoleFontSize.prefault(13),
  consoleWriters: settings.consoleWriters.prefault('all'),
  stopGraceSeconds: settings.stopGraceSeconds.prefault(30),
  trashHours: settings.trashHours.prefault(24),
  automaticSnapshots: settings.automaticSnapshots.prefault(5),
  mutedChecks: settings.mutedChecks.prefault([]),
  savedFilters: settings.savedFilters.prefault([]),
  quitNoticeShown: settings.quitNoticeShown.prefault(false),
});
/** Some of the settings. Without defaults: what is absent must stay, not go back to its default. */
export const settingsChangeSchema = z.strictObject(settings).partial();
export type Settings = z.infer<typeof settingsSchema>;

/** The machine and data directory that this host serves. */
export const hostInfoSchema = z.object({
  id: z.string(),
  version: z.string(),
  platform: z.string(),
  dataDirectory: z.string(),
  cpus: z.number(),
  memoryBytes: z.number(),
  freeMemoryBytes: z.number(),
  startedAtMs: z.number(),
  /** Set when the inventory can't be written: why. Workloads go on, changes are refused. */
  readOnly: z.string().nullable(),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;

/** Who has one console open: all viewers, and those of them that can type. */
export const watchersSchema = z.object({ viewers: z.number(), writers: z.number() });

/** What stands at a path of the host's machine. */
export const pathInfoSchema = z.object({
  path: z.string(),
  kind: z.enum(['directory', 'file', 'other', 'missing']),
  /** The folder above, or null where browsing ends. */
  parent: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  /** Of a directory: folders first, then files, by name; hidden ones left out. */
  entries: z.array(
    z.object({ name: z.string(), kind: z.enum(['directory', 'file']), sizeBytes: z.number().nullable() }),
  ),
  /** There were more entries than are listed. */
  truncated: z.boolean(),
});
export type PathInfo = z.infer<typeof pathInfoSchema>;
