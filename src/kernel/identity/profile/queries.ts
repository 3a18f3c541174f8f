import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';
import type { Profile, ProfileUpdate } from './contract.ts';

export function readProfile(ctx: Context, user_id: string): Promise<Profile> {
  return ctx.tx.one(sql`select u.id, u.email, u.name, u.locale, u.time_zone, u.version, p.user_id is not null as has_password
    from user_account u left join user_password p on p.tenant_id = u.tenant_id and p.user_id = u.id
    where u.tenant_id = ${ctx.tenant_id} and u.id = ${user_id}`);
}

/** False when the version is outdated. */
export async function changeProfile(
  ctx: Context,
  user_id: string,
  update: ProfileUpdate,
  version: number | undefined,
): Promise<boolean> {
  const assignments = [
    sql`updated_at = now()`,
    ...Object.entries(update).map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
  ];
  const changed = await ctx.tx.run(sql`update user_account set ${sql.join(assignments)}
    where tenant_id = ${ctx.tenant_id} and id = ${user_id} and version = coalesce(${version ?? null}::int, version)`);
  return changed === 1;
}
