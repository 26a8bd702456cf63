import { EventEmitter } from 'node:events';

/** Carries what main posts to the page's end of a port. */
export type PortCarrier = { deliver(port: number, value: unknown): void; close(port: number): void };

let nextPort = 1;
const mainEnds = new Map<number, StandInPort>();

/** One end of a channel. The page's end is only a number until it is posted to a frame. */
export class StandInPort extends EventEmitter {
  readonly id: number;
  private carrier: PortCarrier | null = null;
  private readonly waiting: unknown[] = [];
  private readonly received: unknown[] = [];
  private started = false;

  constructor(id: number) {
    super();
    this.id = id;
  }

  /** Electron's MessagePortMain loses messages whose transfer list holds anything but ports: so does this one, loudly. */
  postMessage(value: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) throw new Error('MessagePortMain would lose this message: it has a transfer list.');
    if (this.carrier === null) this.waiting.push(value);
    else this.carrier.deliver(this.id, value);
  }

  start(): void {
    this.started = true;
    for (const data of this.received.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    this.carrier?.close(this.id);
    this.ended();
  }

  /** The page's end was handed over: what was posted before follows. */
  connect(carrier: PortCarrier): void {
    this.carrier = carrier;
    for (const value of this.waiting.splice(0)) carrier.deliver(this.id, value);
  }

  /** Something came from the page. */
  take(data: unknown): void {
    if (this.started) this.emit('message', { data, ports: [] });
    else this.received.push(data);
  }

  /** The page is gone. */
  ended(): void {
    if (mainEnds.delete(this.id)) this.emit('close');
  }
}

/** `MessageChannelMain`: `port1` stays in main, `port2` can only be posted to a frame. */
export class StandInChannel {
  readonly port1: StandInPort;
  readonly port2: { readonly standInPort: number };

  constructor() {
    this.port1 = new StandInPort(nextPort);
    nextPort += 1;
    mainEnds.set(this.port1.id, this.port1);
    this.port2 = { standInPort: this.port1.id };
  }
}

/** Main's end of a port. */
export function mainEnd(id: number): StandInPort | undefined {
  return mainEnds.get(id);
}

/** Ends all ports, as the closing of their page does. */
export function endAllPorts(): void {
  for (const port of mainEnds.values()) port.ended();
}
