import type { AccountKind } from '../../access/rights.ts';
import type { Cache } from '../../cache/cache.ts';
import { invalidField, problems } from '../../errors/problem.ts';
import type { CrudRules } from '../../http/crud.ts';
import { getRow, lockRow, type Values } from '../../resource/store.ts';
import type { Context } from '../../tenancy/context.ts';
import { confirmAccountChange } from '../confirmation.ts';
import { revokeInvitationOfOthers } from '../invitation/revocation.ts';
import { noticePerson } from '../notice.ts';
import { enqueueConfirmation } from '../password/email-confirmation.ts';
import { confirmEmail } from '../password/queries.ts';
import { setPassword } from '../password/service.ts';
import { endSessions } from '../session/service.ts';
import { revokeTokens } from '../token/service.ts';
import { keepAnAdministrator, refuseAbove, refuseOperator, refuseRoleBeyond, refuseTakeover } from './authority.ts';
import { user } from './contract.ts';
import {
  deleteUserRoles,
  disableUser,
  enableUser,
  findRoleIds,
  findRoles,
  findRolesByKey,
  insertUser,
  insertUserRoles,
  lockGrants,
  type NewUser,
  raiseVersion,
} from './queries.ts';

/** The ids of roles by key, such as `admin`; the 422 names the key that does not exist. */
export async function roleIdsOf(ctx: Context, keys: readonly string[]): Promise<string[]> {
  const found = await findRolesByKey(ctx, keys);
  const missing = keys.find((key) => !found.some((role) => role.key === key));
  if (missing) throw invalidField('role', 'no_such_record', `There is no role "${missing}" in this workspace`);
  return found.map((role) => role.id);
}

/** Creates a user for the program itself (start, command line); over HTTP people are invited. */
export async function createUser(
  ctx: Context,
  input: Omit<NewUser, 'status'> & { status?: NewUser['status']; roleKeys: readonly string[]; password?: string },
): Promise<{ user_id: string }> {
  const role_ids = await roleIdsOf(ctx, input.roleKeys);
  const kind = input.kind ?? kindOf(await findRoles(ctx, role_ids));
  const user_id = await insertUser(ctx, { ...input, kind, status: input.status ?? 'active' });
  await insertUserRoles(ctx, user_id, role_ids);
  if (input.password !== undefined) await setPassword(ctx, user_id, input.password);
  // The operator of the installation vouches for the address.
  if (ctx.actor.kind === 'system') await confirmEmail(ctx, user_id, input.email);
  return { user_id };
}

/** The kind of an account with these roles; `member` without roles. */
export function kindOf(roles: readonly { kind: AccountKind }[]): AccountKind {
  const [kind = 'member', ...others] = new Set(roles.map((role) => role.kind));
  if (others.length > 0) throw invalidField('role_ids', 'invalid', 'These roles are for different kinds of accounts');
  return kind;
}

/** Rules of users that the fields do not express. */
export const userRules = (cache: Cache): CrudRules => ({
  async beforeCreate(_ctx, inputs) {
    return inputs.map((input) => ({ ...input, kind: input.kind ?? 'member' }));
  },
  async beforeUpdate(ctx, id, input) {
    await refuseAbove(ctx, id);
    if (input.access_until !== undefined) {
      refuseSelf(ctx, id);
      await refuseOperator(ctx, id);
      if (input.access_until !== null) await keepAnAdministrator(ctx, id);
    }
    if (input.email === undefined) return input;
    const { status, email } = await getRow(ctx, user, id);
    if (email === input.email) {
      // Left out, because somebody may change it meanwhile, and writing it back takes the checks below.
      const { email: _, ...rest } = input;
      return rest;
    }
    await refuseTakeover(ctx, id);
    if (input.email === null && status === 'active')
      throw invalidField('email', 'required', 'Somebody who signs in needs an e-mail address');
    await confirmAccountChange(ctx, cache, id);
    // To the old address, because the new one may be somebody else's.
    if (email !== null) await noticePerson(ctx, id, 'email_changed', email as string);
    if (status === 'active') await enqueueConfirmation(ctx, id);
    return input;
  },
  async beforeDelete(ctx, id) {
    refuseSelf(ctx, id);
    await refuseAbove(ctx, id);
    await refuseOperator(ctx, id);
    await keepAnAdministrator(ctx, id);
  },
});

/** Replaces the roles of a user. A change of them is one of the user, so that a list from before it is refused. */
export async function setRoles(
  ctx: Context,
  user_id: string,
  role_ids: readonly string[],
  version: number | undefined,
): Promise<Values> {
  await lockRow(ctx, user, user_id, version);
  await refuseAbove(ctx, user_id);
  const current = await findRoleIds(ctx, user_id);
  const added = role_ids.filter((id) => !current.includes(id));
  const removed = current.filter((id) => !role_ids.includes(id));
  await grantRoles(ctx, user_id, added);
  if (added.length > 0) await revokeInvitationOfOthers(ctx, user_id);
  if (removed.length > 0) {
    await refuseOperator(ctx, user_id);
    await keepAnAdministratorWithout(ctx, user_id, removed);
    await deleteUserRoles(ctx, user_id, removed);
  }
  if (added.length + removed.length > 0) await raiseVersion(ctx, user_id);
  return getRow(ctx, user, user_id);
}

/** Adds roles, none of which may exceed the rights of the caller. */
export async function grantRoles(ctx: Context, user_id: string, role_ids: readonly string[]): Promise<void> {
  await lockGrants(ctx);
  const roles = await findRoles(ctx, role_ids);
  if (roles.length < new Set(role_ids).size)
    throw invalidField('role_ids', 'no_such_record', 'One of these roles does not exist');
  const { kind } = await getRow(ctx, user, user_id);
  const other = roles.find((role) => role.kind !== kind);
  if (other)
    throw invalidField(
      'role_ids',
      'invalid',
      `The role "${other.name}" is for accounts of the kind ${other.kind}, not ${kind}`,
    );
  for (const role of roles) await refuseRoleBeyond(ctx, role, user_id);
  await insertUserRoles(ctx, user_id, role_ids);
}

async function keepAnAdministratorWithout(ctx: Context, user_id: string, removed: readonly string[]): Promise<void> {
  const administrators = await findRolesByKey(ctx, ['admin']);
  if (administrators.some(({ id }) => removed.includes(id))) await keepAnAdministrator(ctx, user_id);
}

/**
 * Signs a user out everywhere and disables the account; records and history stay. Returns the hashes to remove from the
 * cache after the commit.
 */
export async function deactivateUser(ctx: Context, user_id: string): Promise<{ row: Values; ended: Buffer[] }> {
  refuseSelf(ctx, user_id);
  await getRow(ctx, user, user_id);
  await refuseAbove(ctx, user_id);
  await refuseOperator(ctx, user_id);
  await keepAnAdministrator(ctx, user_id);
  if (!(await disableUser(ctx, user_id))) throw problems.conflict('This user is disabled already.');
  await revokeTokens(ctx, user_id);
  const ended = await endSessions(ctx, user_id);
  return { row: await getRow(ctx, user, user_id), ended };
}

export async function reactivateUser(ctx: Context, user_id: string): Promise<Values> {
  await getRow(ctx, user, user_id);
  await refuseAbove(ctx, user_id);
  if (!(await enableUser(ctx, user_id))) throw problems.conflict('This user is not disabled.');
  return getRow(ctx, user, user_id);
}

function refuseSelf(ctx: Context, user_id: string): void {
  if (user_id === ctx.actor.user_id)
    throw problems.forbidden('You cannot do this to yourself. Ask another administrator.');
}
