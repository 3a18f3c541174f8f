import type { RawBuilder } from 'kysely';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** A person of a file, and the team that the file puts them in. */
interface TeamMember {
  user_id: string;
  team: string;
  manager: string | null;
  region: string | null;
}

/** Which of these accounts have a role and no e-mail address. */
export async function withRoleAndNoAddress(ctx: Context, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.tx.many<{ id: string }>(sql`select u.id from user_account u
    where u.tenant_id = ${ctx.tenant_id} and u.id = any (${ids}::uuid[]) and u.email is null
      and exists (select from user_role r where r.tenant_id = u.tenant_id and r.user_id = u.id)`);
  return rows.map(({ id }) => id);
}

export async function findTeam(ctx: Context, name: string): Promise<string | undefined> {
  const found = await ctx.tx.maybe<{ id: string }>(
    sql`select id from team where tenant_id = ${ctx.tenant_id} and app.folded_name(name) = app.folded_name(${name})`,
  );
  return found?.id;
}

export async function membersOf(ctx: Context, team_id: string): Promise<Set<string>> {
  const rows = await ctx.tx.many<{ user_id: string }>(
    sql`select user_id from team_member where tenant_id = ${ctx.tenant_id} and team_id = ${team_id}`,
  );
  return new Set(rows.map(({ user_id }) => user_id));
}

const membersAs = (members: readonly TeamMember[]): RawBuilder<unknown> =>
  sql`jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as w (user_id uuid, team text, manager text, region text)`;

/** Makes the teams that are not there yet. */
export async function insertTeams(ctx: Context, import_id: string, members: readonly TeamMember[]): Promise<void> {
  await ctx.tx.run(sql`insert into team (tenant_id, name, region, manager_id, import_id)
    select distinct on (w.team) ${ctx.tenant_id}::uuid, w.team, w.region, (
      select min(u.id::text)::uuid from user_account u where u.tenant_id = ${ctx.tenant_id} and u.name = w.manager having count(*) = 1
    ), ${import_id}::uuid from ${membersAs(members)} order by w.team, w.region on conflict do nothing`);
}

export async function insertMembers(ctx: Context, members: readonly TeamMember[]): Promise<void> {
  await ctx.tx.run(sql`with folded as materialized (select t.id, app.folded_name(t.name) as key from team t
    where t.tenant_id = ${ctx.tenant_id}),
    joins as materialized (select w.user_id, app.folded_name(w.team) as key from ${membersAs(members)})
    insert into team_member (tenant_id, team_id, user_id) select ${ctx.tenant_id}::uuid, folded.id, joins.user_id from joins
      join folded using (key)
    on conflict do nothing`);
}
