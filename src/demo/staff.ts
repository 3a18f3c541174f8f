import { sql } from '../kernel/database/database.ts';
import { uuidV7 } from '../kernel/database/uuid.ts';
import { createUser } from '../kernel/identity/index.ts';
import type { Context } from '../kernel/tenancy/context.ts';
import { type Clock, time } from './clock.ts';
import type { Colleague, Demo } from './demo.ts';
import { insertRows } from './insert.ts';
import type { Dice } from './random.ts';

/** Creates the staff and their teams. The person who runs the installation exists already. */
export async function hireStaff(ctx: Context, demo: Demo, dice: Dice, clock: Clock): Promise<Colleague[]> {
  const present = await ctx.tx.many<{ id: string; name: string }>(
    sql`select id, name from user_account where tenant_id = ${ctx.tenant_id} and status = 'active' order by created_at, id limit 1`,
  );
  const colleagues: Colleague[] = present.map(({ id, name }) => ({
    id,
    first: firstName(name),
    role: 'admin',
    languages: [],
  }));
  await insertRows(
    ctx,
    'role',
    (demo.roles ?? []).map((role) => ({ id: uuidV7(), kind: 'member', ...role })),
  );
  const { teams = [], staff, workspace } = demo;
  const teamIds = new Map(teams.map(({ name }) => [name, uuidV7()]));
  const members: { team_id: string; user_id: string }[] = [];
  const leads = new Map<string, string>();
  for (const person of staff) {
    const { user_id } = await createUser(ctx, {
      email: `${person.email}@${workspace.domain}`,
      name: person.name,
      roleKeys: [person.role],
      ...(person.invited && { status: 'invited' }),
    });
    for (const team of person.teams) members.push({ team_id: teamIds.get(team)!, user_id });
    if (person.leads) leads.set(person.leads, user_id);
    if (!person.invited) {
      colleagues.push({
        id: user_id,
        first: firstName(person.name),
        role: person.role,
        languages: person.languages ?? [],
      });
    }
  }
  const joined = time(clock.daysAgo(800));
  await insertRows(
    ctx,
    'team',
    teams.map(({ name, region }) => ({
      id: teamIds.get(name),
      name,
      region,
      manager_id: leads.get(name),
      created_at: joined,
    })),
  );
  await insertRows(ctx, 'team_member', members);
  await dateBack(
    ctx,
    dice,
    clock,
    colleagues.filter(({ role }) => role !== 'admin'),
  );
  return colleagues;
}

const firstName = (name: string) =>
  /^[a-z]/i.test(name.normalize('NFKD')) || name.includes(' ') ? name.split(' ')[0]! : name;

/** Makes them look as if they had signed in lately. */
async function dateBack(ctx: Context, dice: Dice, clock: Clock, colleagues: Colleague[]): Promise<void> {
  const seen = colleagues.map(() => time(clock.working(clock.daysAgo(dice.int(0, 6)))));
  await ctx.tx.run(sql`update user_account u set last_sign_in_at = s.seen
    from unnest(${colleagues.map(({ id }) => id)}::uuid[], ${seen}::timestamptz[]) as s (id, seen)
    where u.tenant_id = ${ctx.tenant_id} and u.id = s.id`);
}
