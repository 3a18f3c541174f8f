import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Link, PartLink } from './revert-parts.ts';
import { heldOf, memberships, type TableKind } from './revert-queries.ts';

const people = 'user_account';
const teams = 'team';

/** Memberships of people whom the same import made: they stay with them, and go before them, for teams go earlier too. */
export const membershipParts: readonly PartLink[] = [
  { from: memberships, column: 'user_id', to: people, whole: 'user' },
  { from: memberships, column: 'team_id', to: teams, whole: 'team' },
];

const isBetween = ({ from, to }: Link): boolean =>
  [people, teams, memberships].includes(from) && [people, teams].includes(to);

/** Memberships go after all that may keep a person or a team. */
export const beforeMemberships = (links: readonly Link[]): Link[] =>
  links.filter((link) => !isBetween(link) && [people, teams].includes(link.to)).map((link) => ({ ...link, to: memberships })); // biome-ignore format: one call

/**
 * The people of an import who stay: because of something other than teams, or because of a team that stays. A team stays because of something
 * other than its people, or because of one of them; and it keeps all who are in it, and its manager.
 */
export async function stayingPeople(
  ctx: Context,
  kinds: readonly TableKind[],
  links: readonly Link[],
  import_id: string,
): Promise<Set<string>> {
  const kept = async (table: string): Promise<string[]> => {
    const kind = kinds.find((each) => each.table === table);
    const referring = links.filter((link) => link.to === table && !(link.from === teams && table === people));
    return kind ? heldOf(ctx, kind, import_id, referring, [...membershipParts]) : [];
  };
  const [users, groups] = [await kept(people), await kept(teams)];
  const rows = await ctx.tx.many<{ id: string }>(sql`
    with recursive staying as (
      select id, ${people} as kind from unnest(${users}::uuid[]) as id
      union select id, ${teams} from unnest(${groups}::uuid[]) as id
      union select n.id, n.kind from staying s, lateral (
        select m.team_id as id, ${teams} as kind from team_member m where m.tenant_id = ${ctx.tenant_id} and s.kind = ${people} and m.user_id = s.id
        union all select t.manager_id, ${people} from team t where t.tenant_id = ${ctx.tenant_id} and s.kind = ${teams} and t.id = s.id
          and exists (select from audit_event e where e.tenant_id = t.tenant_id and e.record_id = t.manager_id and e.resource = 'user'
            and e.import_id = ${import_id} and e.action = 'create')
      ) n
    )
    select id from staying where kind = ${people}`);
  return new Set(rows.map(({ id }) => id));
}
