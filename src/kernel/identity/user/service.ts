import { invalidField } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { setPassword } from '../password/service.ts';
import { findRolesByKey, insertUser, insertUserRoles, type NewUser } from './queries.ts';

/** The roles' ids by their keys, such as `admin`; 422 names the one that does not exist. */
export async function roleIdsOf(ctx: Context, keys: readonly string[]): Promise<string[]> {
  const found = await findRolesByKey(ctx, keys);
  const missing = keys.find((key) => !found.some((role) => role.key === key));
  if (missing) throw invalidField('role', 'no_such_record', `There is no role "${missing}" in this workspace`);
  return found.map((role) => role.id);
}

/** A user made by the program itself (start, command line); people are invited over HTTP instead. */
export async function createUser(
  ctx: Context,
  input: Omit<NewUser, 'status'> & { status?: NewUser['status']; roleKeys: readonly string[]; password?: string },
): Promise<{ user_id: string }> {
  const role_ids = await roleIdsOf(ctx, input.roleKeys);
  const user_id = await insertUser(ctx, { ...input, status: input.status ?? 'active' });
  await insertUserRoles(ctx, user_id, role_ids);
  if (input.password !== undefined) await setPassword(ctx, user_id, input.password);
  return { user_id };
}
