import { randomUUID } from 'node:crypto';
import { foldedName } from '../../kernel/contract/names.ts';
import { Problem } from '../../kernel/errors/problem.ts';
import { refuseAbove, refuseReachGained } from '../../kernel/identity/index.ts';
import { type Load, type LoadRow, refuseRow } from './load.ts';
import { findTeam, insertMembers, insertTeams, membersOf, withRoleAndNoAddress } from './user-team-queries.ts';

/**
 * Accounts that the importer may not change; and with an address in a file one could take over an account that has none
 * yet.
 */
export async function refuseAccounts({ ctx }: Load, rows: LoadRow[]): Promise<void> {
  const found = new Map(rows.filter((row) => row.found).map((row) => [row.id, row]));
  for (const [id, row] of found) {
    await refuseAbove(ctx, id).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      refuseRow(row, 'not_allowed', error.message);
    });
  }
  const addressed = [...found.values()].filter(({ values }) => values.email).map(({ id }) => id);
  for (const id of await withRoleAndNoAddress(ctx, addressed))
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

export async function joinTeams({ ctx, import_id }: Load, rows: LoadRow[]): Promise<void> {
  const members = rows.flatMap((row) => {
    const { manager = null, region = null } = row.values;
    const team = teamOf(row);
    return team === null ? [] : [{ user_id: row.id, team, manager, region }];
  });
  if (members.length === 0) return;
  await insertTeams(ctx, import_id, members);
  for (const [team, people] of Map.groupBy(members, ({ team }) => foldedName(team))) {
    const id = await findTeam(ctx, team);
    const user_ids = people.map(({ user_id }) => user_id);
    if (id) await refuseReachGained(ctx, id, user_ids);
  }
  await insertMembers(ctx, members);
}
