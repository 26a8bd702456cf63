import type { ByteChannel } from '../../drivers/driver.ts';
import type { MethodName, Methods, OutputOf, ParsedInputOf } from './contract.ts';

/** What a handler knows of its call. `signal` is aborted when the call's connection closes or the caller gives up. */
export type CallContext = { signal: AbortSignal };

/** What a handler of one method returns, by the method's kind. */
export type HandlerResult<M extends MethodName> = Methods[M]['kind'] extends 'stream'
  ? AsyncIterable<OutputOf<M>>
  : Methods[M]['kind'] extends 'bytes'
    ? Promise<{ answer: OutputOf<M>; channel: ByteChannel }>
    : Promise<OutputOf<M>>;

/** One function for each method of the contract; the host implements it, the dispatcher calls it. Inputs are validated. */
export type Handlers = { [M in MethodName]: (input: ParsedInputOf<M>, context: CallContext) => HandlerResult<M> };
