import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface Named {
  id: string;
  name: string;
}

/** Members of a household whose contact a person owns, unless that person advises them in another household too. */
export async function contactsToHandOver(ctx: Context, household_id: string, owner_id: string): Promise<Named[]> {
  const people = await ctx.tx.many<Named>(sql`select c.id, c.name from contact c
    where c.tenant_id = ${ctx.tenant_id} and c.owner_id = ${owner_id} and c.deleted_at is null
    and exists (select from household_member m where m.tenant_id = c.tenant_id and m.contact_id = c.id and m.household_id = ${household_id}
      and (m.until_on is null or m.until_on >= app.today()))
    and not exists (select from household_member m join household h on h.tenant_id = m.tenant_id and h.id = m.household_id
      where m.tenant_id = c.tenant_id and m.contact_id = c.id and m.household_id <> ${household_id} and h.deleted_at is null
      and h.owner_id = ${owner_id} and (m.until_on is null or m.until_on >= app.today()))
    order by c.id`);
  // Here rather than in the statement, which has no order of names that are sealed.
  return people.sort((a, b) => a.name.localeCompare(b.name));
}

/** Open tasks of a person about a household, its accounts and entities, and these people. */
export const tasksToHandOver = (
  ctx: Context,
  household_id: string,
  owner_id: string,
  contacts: readonly Named[],
): Promise<Named[]> =>
  ctx.tx.many(sql`select t.id, t.title as name from task t
    where t.tenant_id = ${ctx.tenant_id} and t.assignee_id = ${owner_id} and t.status = 'open' and t.deleted_at is null
    and t.records && (array[${household_id}::uuid] || ${contacts.map(({ id }) => id)}::uuid[]
      || array(select a.id from financial_account a where a.tenant_id = t.tenant_id and a.household_id = ${household_id})
      || array(select e.id from legal_entity e where e.tenant_id = t.tenant_id and e.household_id = ${household_id}))
    order by t.title, t.id`);

/** In which ways somebody sees a household beside being its primary adviser: by themselves, or with a team. */
export const furtherAccess = (
  ctx: Context,
  household_id: string,
  user_id: string,
): Promise<{ id: string; team: Named | null; began_today: boolean }[]> =>
  ctx.tx.many(sql`select a.id, a.from_on >= app.today() as began_today,
      case when t.id is not null then jsonb_build_object('id', t.id, 'name', t.name) end as team
    from household_adviser a left join team t on t.tenant_id = a.tenant_id and t.id = a.team_id
    where a.tenant_id = ${ctx.tenant_id} and a.household_id = ${household_id} and a.role <> 'primary'
    and (a.until_on is null or a.until_on >= app.today()) and (a.user_id = ${user_id}
      or exists (select from team_member m where m.tenant_id = a.tenant_id and m.team_id = a.team_id and m.user_id = ${user_id}))`);

export const personNamed = (ctx: Context, id: string): Promise<Named | undefined> =>
  ctx.tx.maybe(sql`select u.id, u.name from user_account u
    where u.tenant_id = ${ctx.tenant_id} and u.id = ${id} and app.has_access(u.status, u.access_until)`);

/** The day before today, as which access that is over ended. */
export const readYesterday = async (ctx: Context): Promise<string> =>
  (await ctx.tx.one<{ day: string }>(sql`select (app.today() - 1)::text as day`)).day;

/** Whoever sees no tasks but their own cannot write one that they see no more, so the database gives them. */
export async function giveTasks(ctx: Context, tasks: readonly Named[], from: string, to: string): Promise<void> {
  await ctx.tx.run(sql`select app.give_tasks(${tasks.map(({ id }) => id)}::uuid[], ${from}::uuid, ${to}::uuid)`);
}
