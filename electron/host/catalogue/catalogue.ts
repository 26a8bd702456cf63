import type { OperationContext } from '../../../drivers/driver.ts';
import type { Resources } from '../../../drivers/spec.ts';
import type { CatalogueEntry } from '../../bridge/schemas.ts';

/** What a new workload takes from a catalogue entry; laid beneath what the user asked for. */
export type Prepared = { settings: Record<string, unknown>; resources: Resources };

/** The demo guest and well-known images that a machine can be made from. */
export type Catalogue = {
  /** All entries, the demo first. Looks at the disk only, never at the net. */
  list(): Promise<CatalogueEntry[]>;
  /**
   * Builds or downloads what the entry needs, or finds it in the cache. Idempotent; two at once share the work's result.
   * Throws `not_found` for an unknown id and `unsupported` where this machine can't make it.
   */
  prepare(context: OperationContext, id: string): Promise<Prepared>;
};
