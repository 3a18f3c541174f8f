import type { Rights } from '../../access/rights.ts';
import { invalidField, problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { makeApiKey } from '../../vault/api-key.ts';
import { intersectRights } from '../grants.ts';
import { noticePerson } from '../notice.ts';
import { refuseGrantBeyond } from '../user/authority.ts';
import { findRoles } from '../user/queries.ts';
import { deleteApiKey, insertApiKey, readParent } from './queries.ts';

const key_generations_max = 4;

export interface ApiKeyRequest {
  name: string;
  role_id: string;
  /** Limits the role's rights; null: no limit. */
  scopes?: Rights | null | undefined;
  expires_at?: string | null | undefined;
}

/**
 * Creates a key that acts as the caller; one that the program creates acts as nobody. At any time it may do no more
 * than its creator may, and a key created by a key expires with it. The text is returned only here.
 */
export async function createApiKey(ctx: Context, request: ApiKeyRequest): Promise<{ id: string; key: string }> {
  const [role] = await findRoles(ctx, [request.role_id]);
  if (!role) throw invalidField('role_id', 'no_such_record', 'There is no such role');
  refuseGrantBeyond(ctx, request.scopes ? intersectRights(role.rights, request.scopes) : role.rights, 'This key');
  if (request.expires_at && Date.parse(request.expires_at) <= Date.now())
    throw invalidField('expires_at', 'in_the_past', 'Choose a time in the future');
  const parent_id = ctx.actor.kind === 'api_key' ? ctx.actor.credential_id : null;
  const expires_at = await expiryWithin(ctx, parent_id, request.expires_at ?? null);
  const { key, prefix, hash } = makeApiKey();
  const id = await insertApiKey(ctx, {
    name: request.name,
    prefix,
    hash,
    role_id: request.role_id,
    scopes: request.scopes ?? null,
    user_id: ctx.actor.user_id,
    expires_at,
    parent_id,
  });
  if (ctx.actor.user_id) await noticePerson(ctx, ctx.actor.user_id, 'api_key_made');
  return { id, key };
}

/** A key expires with the key that created it at the latest, which is also its default. */
async function expiryWithin(ctx: Context, parent_id: string | null, wanted: string | null): Promise<string | null> {
  if (parent_id === null) return wanted;
  const parent = await readParent(ctx, parent_id);
  if (parent.depth >= key_generations_max)
    throw problems.conflict(`Keys are made by keys at most ${key_generations_max} deep. Make this one as a person.`);
  if (parent.expires_at === null) return wanted;
  if (wanted !== null && Date.parse(wanted) > Date.parse(parent.expires_at))
    throw invalidField('expires_at', 'beyond_maker', 'Choose a time before the key that makes this one expires');
  return wanted ?? parent.expires_at;
}

/** Returns the hash to remove from the cache after the commit. */
export async function revokeApiKey(ctx: Context, id: string): Promise<Buffer> {
  const hash = await deleteApiKey(ctx, id);
  if (!hash) throw problems.notFound('API key');
  return hash;
}
