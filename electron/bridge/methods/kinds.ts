import type { z } from 'zod';

/** `query` reads; `command` changes; `stream` gives many JSON values; `bytes` opens a byte stream in both directions. */
export type MethodKind = 'query' | 'command' | 'stream' | 'bytes';

/** One method: what goes in and what comes back. */
export type Method<K extends MethodKind, I extends z.ZodType, O extends z.ZodType> = {
  kind: K;
  input: I;
  output: O;
  doc: string;
};
/** A method that reads. */
export const query = <I extends z.ZodType, O extends z.ZodType>(
  doc: string,
  input: I,
  output: O,
): Method<'query', I, O> => ({
  kind: 'query',
  input,
  output,
  doc,
});
/** A method that changes something. */
export const command = <I extends z.ZodType, O extends z.ZodType>(
  doc: string,
  input: I,
  output: O,
): Method<'command', I, O> => ({ kind: 'command', input, output, doc });
/** A method that gives many JSON values. */
export const stream = <I extends z.ZodType, O extends z.ZodType>(
  doc: string,
  input: I,
  output: O,
): Method<'stream', I, O> => ({ kind: 'stream', input, output, doc });
/** The input of a `bytes` method; its output schema is the JSON answer when the stream is open. */
export const bytes = <I extends z.ZodType, O extends z.ZodType>(
  doc: string,
  input: I,
  output: O,
): Method<'bytes', I, O> => ({
  kind: 'bytes',
  input,
  output,
  doc,
});
