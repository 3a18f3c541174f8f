import { type ResourceName, scopeOf } from '../../../kernel/access/rights.ts';
import { findVisibleRecords } from '../../../kernel/audit/visibility.ts';
import { isHiddenField } from '../../../kernel/resource/custom.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Change } from './contract.ts';

/**
 * Changes without what the caller may not read: values that somebody else set where the caller does not read every record of the kind, values and
 * names of hidden custom fields, and names of records that are not the caller's to see.
 */
export async function redactChanges(ctx: Context, changes: readonly Change[]): Promise<Change[]> {
  const isVisible = await findVisibleRecords(
    ctx,
    changes.flatMap(({ skipped_samples }) => skipped_samples),
  );
  return changes.map((change) => ({
    ...change,
    action: shownAction(ctx, change),
    skipped_samples: change.skipped_samples.map((skip) => ({
      ...skip,
      name: isVisible(skip) ? skip.name : null,
      fields: skip.fields?.filter((field) => !isHiddenField(ctx, skip.resource, field)) ?? null,
    })),
  }));
}

function shownAction(ctx: Context, { action, resource, created_by }: Change): Change['action'] {
  if (!resource) return action;
  const isOwn = created_by !== null && created_by.id === ctx.actor.user_id;
  // Changes are made of contacts, companies and deals, which have rights of their own name.
  const readsAll = scopeOf(ctx.actor.rights, resource as ResourceName, 'read') === 'all';
  if (!isOwn && !readsAll) return { kind: action.kind };
  const fields = action.fields as Record<string, unknown> | undefined;
  if (!fields?.custom) return action;
  const open = Object.entries(fields.custom).filter(([key]) => !isHiddenField(ctx, resource, `custom.${key}`));
  return { ...action, fields: { ...fields, custom: Object.fromEntries(open) } };
}
