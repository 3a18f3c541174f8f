import { scopeOf } from '../access/rights.ts';
import type { Resource } from '../contract/resource.ts';
import { problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';

export const readsAll = ({ actor }: Context, resources: readonly Resource[]): boolean =>
  resources.every(({ right }) => scopeOf(actor.rights, right, 'read') === 'all');

/**
 * Refuses what is computed from all records to whoever may not read all of them: its result would tell of the others.
 */
export function refuseUnlessReadsAll(ctx: Context, resources: readonly Resource[]): void {
  if (!readsAll(ctx, resources))
    throw problems.forbidden(
      'This is computed from all records, and you may not read all of them. Ask an administrator.',
    );
}
