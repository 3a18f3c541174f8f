import type { Context } from '../../tenancy/context.ts';
import { hashPassword } from './hash.ts';
import { refuseWeakPassword } from './policy.ts';
import { readPersonalWords, upsertPassword } from './queries.ts';

/** Sets a user's password, if it is a good one. Whoever calls it has made sure that the caller may. */
export async function setPassword(ctx: Context, user_id: string, password: string): Promise<void> {
  refuseWeakPassword(password, await readPersonalWords(ctx, user_id));
  await upsertPassword(ctx, user_id, await hashPassword(password));
}
