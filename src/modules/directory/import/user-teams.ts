import { sql } from '../../../kernel/database/database.ts';
import { refuseReachGained } from '../../../kernel/identity/index.ts';
import type { Load, LoadRow } from './load.ts';

/** People of one manager are a team, and so are those of one region where no manager is named. */
export async function joinTeams({ ctx, import_id }: Load, rows: LoadRow[]): Promise<void> {
  const members = rows.flatMap(({ id, values: { team, manager, region } }) => {
    const name = team ?? (manager ? `Team ${manager}` : region);
    return name ? [{ user_id: id, team: name.slice(0, 200), manager: manager ?? null, region: region ?? null }] : [];
  });
  if (members.length === 0) return;
  const wanted = sql`jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as w (user_id uuid, team text, manager text, region text)`;
  await ctx.tx.run(sql`insert into team (tenant_id, name, region, manager_id, import_id)
    select distinct on (w.team) ${ctx.tenant_id}::uuid, w.team, w.region, (
      select min(u.id::text)::uuid from user_account u where u.tenant_id = ${ctx.tenant_id} and u.name = w.manager having count(*) = 1
    ), ${import_id}::uuid from ${wanted} order by w.team, w.region on conflict do nothing`);
  for (const [team, people] of Map.groupBy(members, (member) => member.team)) {
    const found = await ctx.tx.maybe<{ id: string }>(
      sql`select id from team where tenant_id = ${ctx.tenant_id} and name = ${team}`,
    );
    const user_ids = people.map(({ user_id }) => user_id);
    if (found) await refuseReachGained(ctx, found.id, user_ids);
  }
  await ctx.tx.run(sql`insert into team_member (tenant_id, team_id, user_id)
    select t.tenant_id, t.id, w.user_id from ${wanted} join team t on t.tenant_id = ${ctx.tenant_id} and t.name = w.team
    on conflict do nothing`);
}
