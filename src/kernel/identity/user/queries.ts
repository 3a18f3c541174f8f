import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

export interface NewUser {
  email: string;
  name: string;
  status: 'invited' | 'active';
  locale?: string;
  time_zone?: string;
}

/** A new user takes over language and time zone of the workspace. */
export async function insertUser(ctx: Context, user: NewUser): Promise<string> {
  const { id } = await ctx.tx.one<{
    id: string;
  }>(sql`insert into user_account (tenant_id, email, name, status, locale, time_zone)
    select ${ctx.tenant_id}, ${user.email}, ${user.name}, ${user.status}, coalesce(${user.locale ?? null}, t.locale), coalesce(${user.time_zone ?? null}, t.time_zone)
    from tenant t where t.id = ${ctx.tenant_id} returning id`);
  return id;
}

export async function insertUserRoles(ctx: Context, user_id: string, role_ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`insert into user_role (tenant_id, user_id, role_id)
    select ${ctx.tenant_id}, ${user_id}, role_id from unnest(${role_ids}::uuid[]) as wanted (role_id) on conflict do nothing`);
}

export function findRolesByKey(ctx: Context, keys: readonly string[]): Promise<{ id: string; key: string }[]> {
  return ctx.tx.many(sql`select id, key from role where tenant_id = ${ctx.tenant_id} and key = any (${keys})`);
}
