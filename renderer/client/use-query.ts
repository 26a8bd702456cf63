import { useCallback, useEffect, useState } from 'react';
import {
  type ErrorData,
  errorData,
  type InputOf,
  type MethodsOf,
  type OutputOf,
} from '../../electron/bridge/contract.ts';
import { useClient } from './window-context.ts';

/** The state of one query. `data` stays while it is asked for again, so that nothing jumps. */
export type Query<T> = { data: T | null; error: ErrorData | null; loading: boolean; reload: () => void };

/** Asks the host, and again when the input or `version` changes. Give `null` as input to ask nothing. */
export function useQuery<M extends MethodsOf<'query'>>(
  method: M,
  input: InputOf<M> | null,
  version: string | number = 0,
): Query<OutputOf<M>> {
  const client = useClient();
  const [state, setState] = useState<{ data: OutputOf<M> | null; error: ErrorData | null; loading: boolean }>({
    data: null,
    error: null,
    loading: input !== null,
  });
  const [turn, setTurn] = useState(0);
  // The question is compared by its content: callers write the input in place.
  const key = JSON.stringify({ input, version, turn });
  useEffect(() => {
    const { input: given } = JSON.parse(key) as { input: InputOf<M> | null };
    if (given === null) return;
    const abort = new AbortController();
    const ask = async () => {
      setState((now) => ({ ...now, loading: true }));
      try {
        const data = await client.call(method, given, { signal: abort.signal });
        if (!abort.signal.aborted) setState({ data, error: null, loading: false });
      } catch (error) {
        if (!abort.signal.aborted) setState((now) => ({ ...now, error: errorData(error), loading: false }));
      }
    };
    void ask();
    return () => abort.abort();
  }, [client, method, key]);
  const reload = useCallback(() => setTurn((now) => now + 1), []);
  return { ...state, reload };
}
