/** A pause in the output after which what was recorded has been shown and the rest is live, milliseconds. */
const quietMs = 300;

/** What a terminal answers by itself when a guest asks: cursor place, kind of device, colours, settings. */
const answer = /^(?:\[[?>=]?[0-9;]*\$?[Rcny]|[\]P_])/;
const escape = '\u001b';

/**
 * Keeps the answers to recorded questions from the guest: the guest that asked has had its answer long ago, and a second one
 * would stand on its command line as if it had been typed. Ends with the first pause of the output or with the first key.
 */
export function replayGuard(now: () => number): {
  /** Output has come. */
  received(): void;
  /** A person has pressed a key. */
  typed(): void;
  /** Whether what the terminal wants to send may go. */
  passes(data: string): boolean;
} {
  let until = now() + quietMs;
  let live = false;
  const settle = (): boolean => {
    live ||= now() > until;
    return live;
  };
  return {
    received() {
      if (!settle()) until = now() + quietMs;
    },
    typed() {
      live = true;
    },
    passes: (data) => live || !data.startsWith(escape) || !answer.test(data.slice(1)),
  };
}
