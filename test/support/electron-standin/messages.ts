/** What the stand-in tells the test. */
export type FromStandIn =
  | { type: 'window'; options: Record<string, unknown> }
  /** The page is open; a test drives it over the DevTools protocol at `endpoint`. */
  | { type: 'page'; endpoint: string }
  | { type: 'dialog'; kind: string; options: unknown }
  | { type: 'external'; url: string }
  | { type: 'tray'; labels: string[] }
  | { type: 'notification'; title: string; body: string }
  | { type: 'permission'; permission: string; granted: boolean }
  | { type: 'navigation'; url: string; allowed: boolean }
  | { type: 'opened'; url: string; action: string }
  | { type: 'fetched'; url: string; status: number; headers: Record<string, string> }
  | { type: 'sandboxed' }
  | { type: 'quitting' };

/** What the test asks of the stand-in. */
export type ToStandIn =
  | { type: 'quit' }
  | { type: 'second-instance' }
  | { type: 'tray-click'; label: string }
  | { type: 'ask-permission'; permission: string; url: string }
  | { type: 'navigate'; url: string }
  | { type: 'open'; url: string }
  | { type: 'fetch'; url: string; method: string }
  /** A message of the preload's kind from a frame that is not our page. */
  | { type: 'foreign-port-request'; url: string; top: boolean }
  /** What message boxes and file dialogs answer from now on. */
  | { type: 'answer'; response: number; filePaths: string[] };

/** Tells the test; without one nobody listens. */
export function tell(message: FromStandIn): void {
  process.send?.(message);
}
