import { list_rows_max, listQuery, type Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { lockRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { ownerRoles } from '../account-owner/contract.ts';
import type { registrations } from '../financial-account/contract.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { household } from '../household/contract.ts';
import { type adviserRoles, householdAdviser } from '../household-adviser/contract.ts';
import { householdMember, type memberRoles } from '../household-member/contract.ts';
import { legalEntity } from '../legal-entity/contract.ts';
import { type RelationshipKind, relationship } from '../relationship/contract.ts';

export interface Named {
  id: string;
  name: string;
}
interface Period {
  id: string;
  from_on: string;
  until_on: string | null;
}
export interface Member extends Period {
  contact_id: string;
  contact: Named | null;
  role: (typeof memberRoles)[number];
}
export interface Adviser extends Period {
  user_id: string | null;
  team_id: string | null;
  user: Named | null;
  team: Named | null;
  role: (typeof adviserRoles)[number];
  reason: string | null;
}
export interface Relationship extends Period {
  kind: RelationshipKind;
  reciprocal: string | null;
  household: Named;
  contact: Named | null;
  legal_entity: Named | null;
  of_contact: Named | null;
  of_entity: Named | null;
}
export interface Account extends Named {
  registration: (typeof registrations)[number];
  household_id: string;
}
export interface Owner {
  account_id: string;
  contact_id: string | null;
  role: (typeof ownerRoles)[number];
}

/** A household with what holds today. */
export interface Household extends Named {
  owner_id: string | null;
  members: Member[];
  advisers: Adviser[];
  relationships: Relationship[];
  accounts: Account[];
  entities: Named[];
}

/** All rows that meet a filter, as far as the caller sees them. */
async function all<Row>(ctx: Context, resource: Resource, filter: object): Promise<Row[]> {
  const query = listQuery.parse({ filter: JSON.stringify(filter), limit: list_rows_max });
  const { data, next_cursor } = await listRows(ctx, resource, query);
  if (next_cursor) throw problems.conflict(`This household has more than ${list_rows_max} of a ${resource.title}`);
  return data as Row[];
}

/** What holds until further notice, or until a day to come. */
const holds = (today: string) => ({
  or: [
    { field: 'until_on', op: 'is_empty' },
    { field: 'until_on', op: 'gte', value: today },
  ],
});

/** Locks the households of an event in the order of their ids, so that two events do not wait for each other. */
export async function lockHouseholds(ctx: Context, ids: readonly string[]): Promise<void> {
  for (const id of [...new Set(ids)].sort()) await lockRow(ctx, household, id);
}

export async function readHousehold(ctx: Context, id: string, today: string): Promise<Household> {
  const ours = { field: 'household_id', op: 'eq', value: id };
  const ourParts = { and: [ours, holds(today)] };
  const [row] = await all<Named & { owner_id: string | null }>(ctx, household, { field: 'id', op: 'eq', value: id });
  if (!row) throw problems.notFound(household.title);
  return {
    id: row.id,
    name: row.name,
    owner_id: row.owner_id,
    members: await all<Member>(ctx, householdMember, ourParts),
    advisers: await all<Adviser>(ctx, householdAdviser, ourParts),
    relationships: await all<Relationship>(ctx, relationship, ourParts),
    accounts: await all<Account>(ctx, financialAccount, ours),
    entities: await all<Named>(ctx, legalEntity, ours),
  };
}

/** What people are of each other and of entities, and entities of them, in whatever household it is kept. */
export const relationshipsOf = (ctx: Context, ids: readonly string[], today: string): Promise<Relationship[]> =>
  all<Relationship>(ctx, relationship, {
    and: [
      {
        or: [
          { field: 'contact_id', op: 'in', value: ids },
          { field: 'of_contact_id', op: 'in', value: ids },
        ],
      },
      holds(today),
    ],
  });

export const membershipsOf = (ctx: Context, id: string, today: string): Promise<(Member & { household: Named })[]> =>
  all(ctx, householdMember, { and: [{ field: 'contact_id', op: 'eq', value: id }, holds(today)] });

/** Who has which accounts that any of these people has a part in. */
export async function ownersBeside(
  ctx: Context,
  ids: readonly string[],
): Promise<{ accounts: Account[]; owners: Owner[] }> {
  const owners = await ctx.tx.many<Owner>(sql`select o.account_id, o.contact_id, o.role from account_owner o
    where o.tenant_id = ${ctx.tenant_id} and (o.until_on is null or o.until_on >= app.today()) and o.account_id in (
      select m.account_id from account_owner m where m.tenant_id = ${ctx.tenant_id} and m.contact_id = any (${ids}::uuid[])
        and (m.until_on is null or m.until_on >= app.today()))`);
  const account_ids = [...new Set(owners.map(({ account_id }) => account_id))];
  const accounts =
    account_ids.length === 0
      ? []
      : await all<Account>(ctx, financialAccount, { field: 'id', op: 'in', value: account_ids });
  return { accounts, owners };
}

/** When those of these people died of whom it is known. */
export async function deathsOf(ctx: Context, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await ctx.tx.many<{
    contact_id: string;
    died_on: string;
  }>(sql`select contact_id, died_on::text as died_on
    from client_profile where tenant_id = ${ctx.tenant_id} and contact_id = any (${ids}::uuid[]) and died_on is not null`);
  return new Map(rows.map(({ contact_id, died_on }) => [contact_id, died_on]));
}
