import type { OperationContext } from './operation.ts';

/** Which of a driver's engines is meant; the default one where absent. */
export type StoreOptions = { endpoint?: string };

/** An image in a driver's store. */
export type Image = {
  id: string;
  names: string[];
  sizeBytes: number;
  createdAtMs: number;
  /** Names of workloads and others that need it. */
  usedBy: string[];
  /** True for what a snapshot made to keep its files: nobody fetched it, and it goes with the snapshot. */
  ofSnapshot?: boolean;
  /** The engine that has it; absent for the default one. */
  endpoint?: string;
};

/** One step in which an image was made, newest first. */
export type ImageStep = {
  createdAtMs: number;
  /** What made it, as the engine recorded it. */
  command: string;
  /** Bytes that it added; 0 for a step that changed no file. */
  sizeBytes: number;
  names: string[];
};

/** What to build an image from. */
export type ImageBuild = StoreOptions & {
  /** Absolute path of a folder of this machine. */
  path: string;
  /** The first names the image; at least one. */
  names: string[];
  /** Path of the recipe within the folder; the driver's usual name where absent. */
  recipe?: string;
  /** The stage to stop at. */
  target?: string;
  arguments?: Record<string, string>;
  /** Makes every step anew. */
  noCache?: boolean;
};

/** Images of one driver. */
export type ImageGroup = {
  list(): Promise<Image[]>;
  /** Idempotent. Progress by bytes; the message tells of the layers. Nothing is left of a failed pull. */
  pull(context: OperationContext, name: string, options?: StoreOptions): Promise<Image>;
  /** From a file of this machine. */
  import(context: OperationContext, path: string, name: string, options?: StoreOptions): Promise<Image>;
  /** Refused with `conflict` while it is in use. */
  remove(context: OperationContext, id: string, options?: StoreOptions): Promise<void>;
  /** Reads an archive of images, which keep the names that they have there. */
  load?(context: OperationContext, path: string, options?: StoreOptions): Promise<Image[]>;
  /** Writes images and their names to one archive. Throws `already_exists` for a file that is there; nothing is left of a failure. */
  save?(context: OperationContext, names: string[], path: string, options?: StoreOptions): Promise<void>;
  /** Gives it one more name, which is taken from another image that has it. Idempotent. */
  tag?(id: string, name: string, options?: StoreOptions): Promise<Image>;
  /** How it was made, newest step first. */
  history?(id: string, options?: StoreOptions): Promise<ImageStep[]>;
  /** The output goes to the context's log as it comes; the error of a failed build has its last lines in `details.log`. */
  build?(context: OperationContext, build: ImageBuild): Promise<Image>;
};

/** A volume of a driver's engine: files that outlive workloads. */
export type Volume = {
  /** Its name; unique within one engine. */
  name: string;
  /** What keeps it: `local`, or a plugin. */
  kind: string;
  createdAtMs: number | null;
  /** Null where the engine does not count. */
  sizeBytes: number | null;
  /** Names of workloads and others that use it. */
  usedBy: string[];
  /** True for what a snapshot made to keep its files: it goes with the snapshot. */
  ofSnapshot?: boolean;
  labels: Record<string, string>;
  /** The engine that has it; absent for the default one. */
  endpoint?: string;
};

/** Volumes of one driver. */
export type VolumeGroup = {
  list(): Promise<Volume[]>;
  /** Idempotent on the name. */
  create(
    context: OperationContext,
    volume: StoreOptions & { name: string; kind?: string; labels?: Record<string, string> },
  ): Promise<Volume>;
  /** Throws `conflict` while it is in use; success when it is gone. */
  remove(context: OperationContext, name: string, options?: StoreOptions): Promise<void>;
};

/** A network of a driver's engine. */
export type Network = {
  id: string;
  name: string;
  /** How it is made: `bridge`, `host`, `overlay`. */
  kind: string;
  /** Address ranges, as `172.18.0.0/16`. */
  subnets: string[];
  /** Leads nowhere outside. */
  internal: boolean;
  createdAtMs: number | null;
  /** Names of running workloads and others that are on it. */
  usedBy: string[];
  /** Belongs to the engine and can't be removed. */
  builtIn: boolean;
  labels: Record<string, string>;
  /** The engine that has it; absent for the default one. */
  endpoint?: string;
};

/** Networks of one driver. */
export type NetworkGroup = {
  list(): Promise<Network[]>;
  /** Throws `already_exists` for a name that is taken, `conflict` for a range that overlaps. */
  create(
    context: OperationContext,
    network: StoreOptions & {
      name: string;
      kind?: string;
      subnet?: string;
      internal?: boolean;
      labels?: Record<string, string>;
    },
  ): Promise<Network>;
  /** Throws `conflict` while it is in use; success when it is gone. */
  remove(context: OperationContext, id: string, options?: StoreOptions): Promise<void>;
};
