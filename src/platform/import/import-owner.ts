import { scopeOf } from '../../kernel/access/rights.ts';
import { definedResources, recordTypeNames } from '../../kernel/contract/resource.ts';
import type { Database } from '../../kernel/database/database.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { rightsLeft, seesLess } from '../../kernel/identity/index.ts';
import { getRow, type Values } from '../../kernel/resource/store.ts';
import { type Actor, type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { type ImportOptions, importResource } from './contract.ts';
import { findMaker } from './queries.ts';
import type { ImportTarget } from './target.ts';

/** Whether somebody may do anything of what a run in this mode does to its records. */
export function mayLoad({ rights }: Actor, { contract }: ImportTarget, { mode }: Pick<ImportOptions, 'mode'>): boolean {
  const wanted = (['create', 'update'] as const).filter((action) => mode.includes(action));
  return wanted.some((action) => scopeOf(rights, contract.right, action) !== 'none');
}

/**
 * An import, for whoever may know what stands in its files: those who sent them, and those who see as much of such
 * records.
 */
export async function getImport(ctx: Context, id: string): Promise<Values> {
  const row = await getRow(ctx, importResource, id);
  const made = await findMaker(ctx, id);
  if (made.created_by !== null && made.created_by === ctx.actor.user_id) return row;
  // What has not been recognised may be of any type.
  const names = made.resources.includes(null) ? recordTypeNames() : made.resources;
  if (definedResources().some((resource) => names.includes(resource.name) && seesLess(ctx.actor, made, resource)))
    throw problems.forbidden(
      'The files of this import hold records or fields that you do not see. Ask whoever made it, or an administrator.',
    );
  return row;
}

/** Whoever started the run, with the rights that are left now: asked again for every batch. */
export async function importOwner(
  { db, actor: owner, key_id = null }: { db: Database; actor: Actor; key_id?: string | null },
  target: ImportTarget,
  options: Pick<ImportOptions, 'mode'>,
): Promise<Actor> {
  const { user_id, tenant_id } = owner;
  // The command line has nobody who could be shut out.
  if (user_id === null && key_id === null) return owner;
  const begun = { user_id, key_id };
  const rights = await withContext(db, systemActor(tenant_id), (ctx) => rightsLeft(ctx, begun, owner.rights), {
    mode: 'read',
  });
  const now = { ...owner, rights };
  if (scopeOf(rights, 'import', 'update') !== 'none' && mayLoad(now, target, options)) return now;
  throw problems.forbidden(
    'Whoever started this import may no longer do it: their account or their rights have changed meanwhile. What had gone in stays. Someone who may import can go on with it, or take it back.',
  );
}
