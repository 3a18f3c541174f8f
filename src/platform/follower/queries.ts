import type { z } from 'zod';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type followers, followers_max } from './contract.ts';

/** Its owner and those who follow it themselves, without those who asked not to hear of it. */
export async function readFollowersOf(
  ctx: Context,
  resource: Resource,
  id: string,
): Promise<z.infer<typeof followers>> {
  const mine = sql`f.tenant_id = ${ctx.tenant_id} and f.record_id = ${id}`;
  const owner = resource.owner && sql.ref(`r.${resource.owner}`);
  const data = await ctx.tx.many<{ id: string; name: string; me: boolean }>(sql`
    select u.id, u.name, u.id = ${ctx.actor.user_id} as me from user_account u
    where u.tenant_id = ${ctx.tenant_id} and app.has_access(u.status, u.access_until) and u.id in (
      select f.user_id from follower f where ${mine} and not f.muted
      ${
        owner
          ? sql`union select ${owner} from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = ${id}
        and not exists (select from follower f where ${mine} and f.user_id = ${owner} and f.muted)`
          : sql``
      })
    order by me desc, u.name, u.id limit ${followers_max}`);
  return { data: data.map(({ id: person, name }) => ({ id: person, name })), following: data[0]?.me ?? false };
}

export async function setFollowing(ctx: Context, id: string, user_id: string, following: boolean): Promise<void> {
  await ctx.tx.run(sql`insert into follower (tenant_id, user_id, record_id, muted)
    values (${ctx.tenant_id}, ${user_id}, ${id}, ${!following})
    on conflict (tenant_id, record_id, user_id) do update set muted = excluded.muted`);
}
