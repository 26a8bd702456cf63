import { useEffect, useState } from 'react';
import { useClient } from './window-context.ts';

/** Colours and other escape sequences of a terminal, which plain text can't show. */
const escapes = new RegExp(
  `${String.fromCharCode(27)}(\\[[0-9;?]*[A-Za-z]|\\][^${String.fromCharCode(7)}]*${String.fromCharCode(7)})`,
  'g',
);

/** The last lines of a workload's log, read once and again with each new `version`; empty while unknown or where it has none. */
export function useLogTail(workload: string, lines: number, version: string): string[] {
  const client = useClient();
  const [found, setFound] = useState<{ version: string; lines: string[] }>({ version: '', lines: [] });
  useEffect(() => {
    let stale = false;
    let text = '';
    const decoder = new TextDecoder();
    const read = async () => {
      const { bytes } = await client.open('logs.read', { workload, follow: false, tail: lines });
      if (stale) return bytes.close();
      bytes.onData((chunk) => {
        bytes.ack(chunk.length);
        text += decoder.decode(chunk, { stream: true });
      });
      bytes.onEnd(() => {
        const all = text
          .replace(escapes, '')
          .split(/\r?\n/)
          .filter((line) => line.trim() !== '');
        if (!stale) setFound({ version, lines: all.slice(-lines) });
      });
    };
    // No log is no news: what is wrong is told without it.
    read().catch(() => undefined);
    return () => {
      stale = true;
    };
  }, [client, workload, lines, version]);
  return found.version === version ? found.lines : [];
}
