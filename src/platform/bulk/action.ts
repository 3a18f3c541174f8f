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
  /** Whose fields its values are, where not those of the records themselves. */
  valuesOf?: Resource;
  /** Refused while one of these is off in the caller's workspace. */
  features?: readonly string[];
  /** Before it begins: throws a Problem when it can be done to none. */
  check: (ctx: Context, resource: Resource, action: z.output<S>) => Promise<void>;
  /** To a batch of records, in the caller's transaction; a batch that is not committed is done again. */
  apply: (ctx: Context, resource: Resource, ids: string[], action: z.output<S>) => Promise<BulkOutcome>;
}

const valuesByKind = new Map<string, Resource>();

/** Gives an action its types. */
export function bulkAction<S extends z.ZodObject>(definition: BulkAction<S>): BulkAction {
  if (definition.valuesOf) valuesByKind.set(kindOf(definition), definition.valuesOf);
  return definition as unknown as BulkAction;
}

const kindOf = ({ schema }: { schema: z.ZodObject }): string => (schema.shape.kind as z.ZodLiteral<string>).value;

/** The record type whose fields the values of a kind of action are, where not those of the records themselves. */
export const valuesOfKind = (kind: string): Resource | undefined => valuesByKind.get(kind);
