import type { Rights } from '../../access/rights.ts';
import type { Context } from '../../tenancy/context.ts';
import { makeApiKey } from '../../vault/api-key.ts';
import { insertApiKey } from './queries.ts';

export interface ApiKeyRequest {
  name: string;
  role_id: string;
  /** Narrower than the role's rights; null: all of them. */
  scopes?: Rights | null;
  expires_at?: string | null;
}

/** Makes a key that acts as the caller; one made by the program itself acts as nobody. The text is shown this once. */
export async function createApiKey(ctx: Context, request: ApiKeyRequest): Promise<{ id: string; key: string }> {
  const { key, prefix, hash } = makeApiKey();
  const id = await insertApiKey(ctx, {
    name: request.name,
    prefix,
    hash,
    role_id: request.role_id,
    scopes: request.scopes ?? null,
    user_id: ctx.actor.user_id,
    expires_at: request.expires_at ?? null,
  });
  return { id, key };
}
