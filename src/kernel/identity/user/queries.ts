import type { AccountKind, Rights } from '../../access/rights.ts';
import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

export interface NewUser {
  email: string;
  name: string;
  status: 'invited' | 'active';
  kind?: AccountKind;
  access_until?: string;
  locale?: string;
  time_zone?: string;
}

/** A new user takes over language and time zone of the workspace. */
export async function insertUser(ctx: Context, user: NewUser): Promise<string> {
  const { id } = await ctx.tx.one<{
    id: string;
  }>(sql`insert into user_account (tenant_id, email, name, status, kind, access_until, locale, time_zone)
    select ${ctx.tenant_id}, ${user.email}, ${user.name}, ${user.status}, ${user.kind ?? 'member'},
      ${user.access_until ?? null}::timestamptz, coalesce(${user.locale ?? null}, t.locale), coalesce(${user.time_zone ?? null},
        t.time_zone)
    from tenant t where t.id = ${ctx.tenant_id} returning id`);
  return id;
}

export async function insertUserRoles(ctx: Context, user_id: string, role_ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`insert into user_role (tenant_id, user_id, role_id, kind)
    select ${ctx.tenant_id}, ${user_id}, role_id, u.kind from unnest(${role_ids}::uuid[]) as wanted (role_id)
    join user_account u on u.tenant_id = ${ctx.tenant_id} and u.id = ${user_id} on conflict do nothing`);
}

export function findRolesByKey(
  ctx: Context,
  keys: readonly string[],
): Promise<{ id: string; key: string; kind: AccountKind }[]> {
  return ctx.tx.many(sql`select id, key, kind from role where tenant_id = ${ctx.tenant_id} and key = any (${keys})`);
}

/** The rights of a user's roles, one entry a role, whether or not the caller may read roles. */
export async function findRightsOf(ctx: Context, user_id: string): Promise<Rights[]> {
  const { rights } = await ctx.tx.one<{ rights: Rights[] }>(sql`select app.rights_of(${user_id}) as rights`);
  return rights;
}

/** The same of somebody who may sign in; undefined for anybody else. */
export function findRightsOfActive(
  ctx: Context,
  user_id: string,
): Promise<{ rights: Rights[]; kind: AccountKind } | undefined> {
  return ctx.tx.maybe(sql`select app.rights_of(id) as rights, kind from user_account
    where tenant_id = ${ctx.tenant_id} and id = ${user_id} and app.has_access(status, access_until)`);
}

/**
 * What limits an API key now: role and scopes, its own and of each key above it. Nothing of one that is gone or has
 * expired.
 */
export async function findKeyLimits(ctx: Context, key_id: string): Promise<Rights[]> {
  const rows = await ctx.tx.many<{ rights: Rights; scopes: Rights | null }>(sql`with recursive key as (
      select k.parent_id, k.role_id, k.scopes from api_key k
      where k.tenant_id = ${ctx.tenant_id} and k.id = ${key_id} and (k.expires_at is null or k.expires_at > now())
      union all
      select p.parent_id, p.role_id, p.scopes from key join api_key p on p.tenant_id = ${ctx.tenant_id} and p.id = key.parent_id
    )
    select r.rights || app.limited_fields_of(r.id, r.rights) as rights, key.scopes
    from key join role r on r.tenant_id = ${ctx.tenant_id} and r.id = key.role_id`);
  return rows.flatMap(({ rights, scopes }) => (scopes ? [rights, scopes] : [rights]));
}

/** The caller and everybody who shares a team with the caller. */
export async function findOwnTeamMates(ctx: Context): Promise<string[]> {
  const { mates } = await ctx.tx.one<{ mates: string[] }>(sql`select app.team_mates() as mates`);
  return mates;
}

/** Everybody who shares a team with this user. */
export async function findTeamMatesOf(ctx: Context, user_id: string): Promise<string[]> {
  const { mates } = await ctx.tx.one<{ mates: string[] }>(sql`select app.team_mates_of(${[user_id]}::uuid[]) as mates`);
  return mates;
}

/** The same of all who have a role. */
export async function findTeamMatesOfRole(ctx: Context, role_id: string): Promise<string[]> {
  const { mates } = await ctx.tx.one<{ mates: string[] }>(sql`select app.team_mates_of_role(${role_id}) as mates`);
  return mates;
}

export async function findHolders(ctx: Context, role_id: string): Promise<string[]> {
  const { holders } = await ctx.tx.one<{ holders: string[] }>(sql`select app.holders_of_role(${role_id}) as holders`);
  return holders;
}

/** Whether some of these people reach rows through a group to which the caller does not belong. */
export async function areGroupsBeyond(
  ctx: Context,
  { noun, kind }: { noun: string; kind: string },
  people: readonly string[],
): Promise<boolean> {
  const { beyond } = await ctx.tx.one<{ beyond: boolean }>(
    sql`select app.groups_beyond(${noun}, ${kind}, ${people}::uuid[]) as beyond`,
  );
  return beyond;
}

interface RoleRow {
  id: string;
  name: string;
  kind: AccountKind;
  rights: Rights;
}

export function findRoles(ctx: Context, ids: readonly string[]): Promise<RoleRow[]> {
  return ctx.tx.many(
    sql`select id, name, kind, rights || app.limited_fields_of(id, rights) as rights from role where tenant_id = ${ctx.tenant_id}
      and id = any (${ids}::uuid[])`,
  );
}

export async function findRoleIds(ctx: Context, user_id: string): Promise<string[]> {
  const rows = await ctx.tx.many<{ role_id: string }>(
    sql`select role_id from user_role where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`,
  );
  return rows.map(({ role_id }) => role_id);
}

export async function deleteUserRoles(ctx: Context, user_id: string, role_ids: readonly string[]): Promise<void> {
  await ctx.tx.run(
    sql`delete from user_role where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and role_id = any (${role_ids}::uuid[])`,
  );
}

/** The trigger on the row does it. */
export async function raiseVersion(ctx: Context, user_id: string): Promise<void> {
  await ctx.tx.run(
    sql`update user_account set version = version where tenant_id = ${ctx.tenant_id} and id = ${user_id}`,
  );
}

/**
 * To be called before it is checked what somebody gains by a team or a role. Until the end of the transaction no other
 * one of this workspace checks that: two such changes at once, each allowed by itself, can give together what the
 * caller does not have.
 */
export async function lockGrants(ctx: Context): Promise<void> {
  await ctx.tx.many(sql`select pg_advisory_xact_lock(hashtextextended('grants:' || ${ctx.tenant_id}::text, 0))`);
}

/**
 * Until the end of the transaction no other one may take an administrator away from this workspace. The user's own row
 * comes first, as where roles are changed, so that two changes of one user do not wait for each other.
 */
export async function lockAdministrators(ctx: Context, user_id: string): Promise<void> {
  await ctx.tx.run(
    sql`select from user_account where tenant_id = ${ctx.tenant_id} and id = ${user_id} for no key update`,
  );
  await ctx.tx.many(
    sql`select pg_advisory_xact_lock(hashtextextended('administrators:' || ${ctx.tenant_id}::text, 0))`,
  );
}

export async function isLastAdministrator(ctx: Context, user_id: string): Promise<boolean> {
  const { last } = await ctx.tx.one<{ last: boolean }>(sql`select app.is_last_administrator(${user_id}) as last`);
  return last;
}

export async function disableUser(ctx: Context, user_id: string): Promise<boolean> {
  const changed = await ctx.tx.run(sql`update user_account set status = 'disabled'
    where tenant_id = ${ctx.tenant_id} and id = ${user_id} and status <> 'disabled'`);
  return changed === 1;
}

/** Who never signed in goes back to being invited. */
export async function enableUser(ctx: Context, user_id: string): Promise<boolean> {
  const changed = await ctx.tx.run(sql`update user_account
    set status = case when last_sign_in_at is null or email is null then 'invited' else 'active' end
    where tenant_id = ${ctx.tenant_id} and id = ${user_id} and status = 'disabled'`);
  return changed === 1;
}

/** Whether somebody else, or the caller by an API key, is an operator of the installation, and the caller is none. */
export async function isOperatorBeyond(ctx: Context, user_id: string): Promise<boolean> {
  const { actor } = ctx;
  if (actor.kind === 'user' && actor.user_id === user_id) return false;
  const { beyond } = await ctx.tx.one<{ beyond: boolean }>(sql`select not app.is_operator()
    and exists (select from operator where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}) as beyond`);
  return beyond;
}
