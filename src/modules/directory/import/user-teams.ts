import { randomUUID } from 'node:crypto';
import { foldedName } from '../../../kernel/contract/names.ts';
import { sql } from '../../../kernel/database/database.ts';
import { Problem } from '../../../kernel/errors/problem.ts';
import { refuseAbove, refuseReachGained } from '../../../kernel/identity/index.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Load, type LoadRow, refuseRow } from './load.ts';

/** Accounts that the importer may not change; and with an address in a file one could take over an account that has none yet. */
export async function refuseAccounts({ ctx }: Load, rows: LoadRow[]): Promise<void> {
  const found = new Map(rows.filter((row) => row.found).map((row) => [row.id, row]));
  for (const [id, row] of found) {
    await refuseAbove(ctx, id).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      refuseRow(row, 'not_allowed', error.message);
    });
  }
  const addressed = [...found.values()].filter(({ values }) => values.email).map(({ id }) => id);
  const without = await ctx.tx.many<{ id: string }>(sql`select u.id from user_account u
    where u.tenant_id = ${ctx.tenant_id} and u.id = any (${addressed}::uuid[]) and u.email is null
      and exists (select from user_role r where r.tenant_id = u.tenant_id and r.user_id = u.id)`);
  for (const { id } of without)
    refuseRow(
      found.get(id)!,
      'has_role',
      'This account has a role already, so no import gives it an e-mail address. Change it under Users.',
    );
}

/** Rows by which somebody would reach more in a team than the importer does. */
export async function refuseTeams({ ctx }: Load, rows: LoadRow[]): Promise<void> {
  const joins = rows.filter((row) => teamOf(row) !== null);
  for (const [name, people] of Map.groupBy(joins, (row) => foldedName(teamOf(row)!))) {
    // In one that is yet to be made, people reach each other all the same.
    const id = (await findTeam(ctx, name)) ?? randomUUID();
    const members = await membersOf(ctx, id);
    const joining = people.filter((row) => !members.has(row.id));
    await refuseReachGained(
      ctx,
      id,
      joining.map((row) => row.id),
    ).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      for (const row of joining) refuseRow(row, 'not_allowed', error.message);
    });
  }
}

/** People of one manager are a team, and so are those of one region where no manager is named. */
function teamOf({ values: { team, manager, region } }: LoadRow): string | null {
  const name = team ?? (manager ? `Team ${manager}` : region);
  return name ? name.slice(0, 200) : null;
}

async function findTeam(ctx: Context, name: string): Promise<string | undefined> {
  const found = await ctx.tx.maybe<{ id: string }>(
    sql`select id from team where tenant_id = ${ctx.tenant_id} and app.folded_name(name) = app.folded_name(${name})`,
  );
  return found?.id;
}

async function membersOf(ctx: Context, team_id: string): Promise<Set<string>> {
  const rows = await ctx.tx.many<{ user_id: string }>(
    sql`select user_id from team_member where tenant_id = ${ctx.tenant_id} and team_id = ${team_id}`,
  );
  return new Set(rows.map(({ user_id }) => user_id));
}

export async function joinTeams({ ctx, import_id }: Load, rows: LoadRow[]): Promise<void> {
  const members = rows.flatMap((row) => {
    const { manager = null, region = null } = row.values;
    const team = teamOf(row);
    return team === null ? [] : [{ user_id: row.id, team, manager, region }];
  });
  if (members.length === 0) return;
  const wanted = sql`jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as w (user_id uuid, team text, manager text, region text)`;
  await ctx.tx.run(sql`insert into team (tenant_id, name, region, manager_id, import_id)
    select distinct on (w.team) ${ctx.tenant_id}::uuid, w.team, w.region, (
      select min(u.id::text)::uuid from user_account u where u.tenant_id = ${ctx.tenant_id} and u.name = w.manager having count(*) = 1
    ), ${import_id}::uuid from ${wanted} order by w.team, w.region on conflict do nothing`);
  for (const [team, people] of Map.groupBy(members, ({ team }) => foldedName(team))) {
    const id = await findTeam(ctx, team);
    const user_ids = people.map(({ user_id }) => user_id);
    if (id) await refuseReachGained(ctx, id, user_ids);
  }
  await ctx.tx.run(sql`with folded as materialized (select t.id, app.folded_name(t.name) as key from team t where t.tenant_id = ${ctx.tenant_id}),
    joins as materialized (select w.user_id, app.folded_name(w.team) as key from ${wanted})
    insert into team_member (tenant_id, team_id, user_id) select ${ctx.tenant_id}::uuid, folded.id, joins.user_id from joins join folded using (key)
    on conflict do nothing`);
}
