import { type ResourceName, scopeOf } from '../../kernel/access/rights.ts';
import { isHiddenField } from '../../kernel/resource/custom.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { valuesOfKind } from '../bulk/index.ts';
import { shownSkips } from '../undo/index.ts';
import type { Change } from './contract.ts';

/**
 * Changes without what the caller may not read: values that somebody else set where the caller does not read every
 * record of the kind, values and names of hidden custom fields, and names of records that are not the caller's to see.
 */
export async function redactChanges(ctx: Context, changes: readonly Change[]): Promise<Change[]> {
  const shown = await shownSkips(
    ctx,
    changes.flatMap(({ skipped_samples }) => skipped_samples),
  );
  return changes.map((change) => ({
    ...change,
    action: shownAction(ctx, change),
    skipped_samples: change.skipped_samples.map(shown),
  }));
}

function shownAction(ctx: Context, { action, kind, resource, created_by }: Change): Change['action'] {
  if (!resource) return action;
  const isOwn = created_by !== null && created_by.id === ctx.actor.user_id;
  // All these types have rights of their own name.
  const of = valuesOfKind(kind)?.name ?? resource;
  const scope = scopeOf(ctx.actor.rights, of as ResourceName, 'read');
  // A key of the one who set them may be narrower than its person, and reads no such record at all.
  if (scope === 'none' || (!isOwn && scope !== 'all')) return { kind };
  if (!action.fields) return withoutHidden(ctx, of, action);
  return { ...action, fields: withoutHidden(ctx, of, action.fields as Values) };
}

function withoutHidden(ctx: Context, resource: string, fields: Values): Values {
  if (!fields.custom) return fields;
  const open = Object.entries(fields.custom).filter(([key]) => !isHiddenField(ctx, resource, `custom.${key}`));
  return { ...fields, custom: Object.fromEntries(open) };
}
