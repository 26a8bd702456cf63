/** A line for the user about how to make something work. */
export type Fix = { text: string /** A command line to copy. */; command?: string };

/** A feature on this machine now. `available: false` always has a reason. */
export type Capability = {
  available: boolean;
  reason?: string;
  fixes?: Fix[] /** What it costs or how it is done. */;
  note?: string;
};

/** The closed list of features. A driver reports every one of them. */
export const capabilityNames = [
  'pause',
  'reset',
  'resize',
  'resizeLive',
  'snapshotDisk',
  'snapshotMemory',
  'clone',
  'consoleSerial',
  'consoleVnc',
  'exec',
  'logs',
  'files',
  'images',
  'volumes',
  'networks',
  'portForwards',
  'discover',
  'transfer',
  'migrate',
  'signal',
  'services',
  'compose',
] as const;
/** The name of a feature. */
export type CapabilityName = (typeof capabilityNames)[number];

/** The state of a driver's engine on this machine. */
export type Probe = {
  health: 'undetected' | 'unhealthy' | 'healthy';
  /** One sentence for the user. */
  summary: string;
  version?: string;
  /** Facts about the engine for the doctor and for `plan`, JSON. */
  attributes: Record<string, unknown>;
  capabilities: Record<CapabilityName, Capability>;
  fixes: Fix[];
  /** The engines behind this driver, where it can use several at once; first the one of workloads that name none. */
  endpoints?: EngineEndpoint[];
};

/** One engine that a driver can use. A workload names it in `settings.endpoint`. */
export type EngineEndpoint = {
  /** Stable name: `default` for the one of workloads that name none, or what the user's own configuration calls it. */
  name: string;
  address: string;
  health: Probe['health'];
  /** One sentence for the user. */
  summary: string;
  /** Facts about this engine, JSON. */
  attributes: Record<string, unknown>;
  /** Another name of the engine that goes by this one: what it has is listed there. */
  sameAs?: string;
  /** New workloads that name no engine go there. */
  current?: boolean;
  /** What this engine can do; absent before it has answered. */
  capabilities?: Record<CapabilityName, Capability>;
};
