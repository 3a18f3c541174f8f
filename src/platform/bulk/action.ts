import type { z } from 'zod';
import type { Action } from '../../kernel/access/rights.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Skip } from '../undo/contract.ts';

export interface BulkOutcome {
  changed: number;
  /** Records that were so before. */
  unchanged: number;
  skipped: Skip[];
}

/** Something that can be done to many records at once. */
export interface BulkAction<S extends z.ZodObject = z.ZodObject> {
  /** The contract of the action, with its name as `kind`. */
  schema: S;
  /** Nouns it can be done to, and the right to them that it takes. */
  resources: readonly Resource[];
  right: Action;
  /** Refused while one of these is off in the caller's workspace. */
  features?: readonly string[];
  /** Before it begins: throws a Problem when it can be done to none. */
  check: (ctx: Context, resource: Resource, action: z.output<S>) => Promise<void>;
  /** To a batch of records, in the caller's transaction; a batch that is not committed is done again. */
  apply: (ctx: Context, resource: Resource, ids: string[], action: z.output<S>) => Promise<BulkOutcome>;
}

/** Gives an action its types. */
export function bulkAction<S extends z.ZodObject>(definition: BulkAction<S>): BulkAction {
  return definition as unknown as BulkAction;
}
