import { sql } from '../../../../kernel/database/database.ts';
import { uuidV7 } from '../../../../kernel/database/uuid.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import type { calendarProviders, sourceStates } from './contract.ts';
import type { FoundCalendar } from './discovery.ts';

type CalendarProviderName = (typeof calendarProviders)[number];

export interface AccountRow {
  id: string;
  provider: CalendarProviderName;
  /** Null of one at Google. */
  url: string | null;
  username: string;
  sealed_password: Buffer;
  problem: string | null;
  compared_at: string | null;
}

const columns = sql.raw('id, provider, url, username, sealed_password, problem, compared_at');
const accounts_max = 50;

export const listAccounts = (ctx: Context): Promise<AccountRow[]> =>
  ctx.tx.many(sql`select ${columns} from calendar_account where tenant_id = ${ctx.tenant_id} and owner_id = ${ctx.actor.user_id}
    order by created_at, id limit ${accounts_max}`);

export const findAccount = (ctx: Context, id: string): Promise<AccountRow | undefined> =>
  ctx.tx.maybe(sql`select ${columns} from calendar_account where tenant_id = ${ctx.tenant_id} and id = ${id}`);

export interface AccountPut extends Pick<AccountRow, 'id' | 'provider' | 'url' | 'username'> {
  home: string | null;
  sealed: Buffer;
}

export const putAccount = (ctx: Context, { id, provider, url, home, username, sealed }: AccountPut): Promise<number> =>
  ctx.tx.run(sql`insert into calendar_account as a (tenant_id, id, owner_id, provider, url, home_url, username, sealed_password)
    values (${ctx.tenant_id}, ${id}, ${ctx.actor.user_id}, ${provider}, ${url}, ${home}, ${username}, ${sealed})
    on conflict (tenant_id, id) do update set url = excluded.url, home_url = excluded.home_url, username = excluded.username,
      sealed_password = excluded.sealed_password, problem = null, version = a.version + 1, updated_at = now()`);

export const deleteAccount = (ctx: Context, id: string): Promise<number> =>
  ctx.tx.run(sql`delete from calendar_account where tenant_id = ${ctx.tenant_id} and id = ${id}`);

/** Wants all items compared, not only what the provider says has changed. */
export const wantComparison = (ctx: Context, id: string): Promise<number> =>
  ctx.tx.run(sql`update calendar_account set compared_at = null where tenant_id = ${ctx.tenant_id} and id = ${id}`);

const palette = ['blue', 'green', 'violet', 'orange', 'teal', 'pink', 'red', 'yellow', 'gray'];

/**
 * Notes which calendars there are: new ones are private, and imported where one may write into them. The choice of one
 * that is known stays.
 */
export async function putCalendars(ctx: Context, account_id: string, found: readonly FoundCalendar[]): Promise<void> {
  const known = await ctx.tx.many<{ href: string }>(
    sql`select href from calendar_source where tenant_id = ${ctx.tenant_id} and account_id = ${account_id}`,
  );
  const hrefs = new Set(known.map(({ href }) => href));
  const fresh = found
    .filter(({ href }) => !hrefs.has(href))
    .map((one, at) => ({ ...one, id: uuidV7(), color: palette[(hrefs.size + at) % palette.length] }));
  // The calendars first: whose they are decides who may say where they are.
  await ctx.tx.run(sql`insert into meeting_calendar (tenant_id, id, name, color, owner_id)
    select ${ctx.tenant_id}, f.id, f.name, f.color, a.owner_id from jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) f (id uuid,
      name text, color text)
    join calendar_account a on a.tenant_id = ${ctx.tenant_id} and a.id = ${account_id}`);
  await ctx.tx.run(sql`insert into calendar_source (tenant_id, calendar_id, account_id, href, is_chosen, is_writable)
    select ${ctx.tenant_id}, f.id, ${account_id}, f.href, f.is_writable, f.is_writable
    from jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) f (id uuid, href text, is_writable boolean)`);
  await ctx.tx.run(sql`update calendar_source s set is_writable = f.is_writable, gone_at = null
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) f (href text, is_writable boolean)
    where s.tenant_id = ${ctx.tenant_id} and s.account_id = ${account_id} and s.href = f.href
      and (s.is_writable <> f.is_writable or s.gone_at is not null)`);
}

export interface SourceRow {
  calendar_id: string;
  account_id: string;
  href: string;
  name: string;
  is_chosen: boolean;
  is_writable: boolean;
  sync_token: string | null;
  ctag: string | null;
  state: (typeof sourceStates)[number];
  problem: string | null;
  provider_count: number | null;
  missing: number;
  deletions_confirmed_at: string | null;
  synced_at: string | null;
  expanded_until: string | null;
  waiting: number;
  failed: number;
  there: number;
}

const sourceColumns =
  sql.raw(`s.calendar_id, s.account_id, s.href, c.name, s.is_chosen, s.is_writable, s.sync_token, s.ctag, s.state, s.problem, s.provider_count,
  s.missing, s.deletions_confirmed_at, s.synced_at, s.expanded_until, o.waiting, o.failed, o.there`);
const sources = sql.raw(`calendar_source s join meeting_calendar c on c.tenant_id = s.tenant_id and c.id = s.calendar_id
  cross join lateral (select count(*) filter (where o.outcome = 'listed')::int as waiting, count(*) filter (where o.outcome = 'failed')::int as failed,
    count(*) filter (where o.outcome <> 'gone')::int as there from calendar_object o where o.tenant_id = s.tenant_id and o.calendar_id = s.calendar_id) o`);

export const listSources = (ctx: Context, account_id: string): Promise<SourceRow[]> =>
  ctx.tx.many(
    sql`select ${sourceColumns} from ${sources} where s.tenant_id = ${ctx.tenant_id} and s.account_id = ${account_id}
      order by c.name, c.id`,
  );

export const findSource = (ctx: Context, calendar_id: string): Promise<SourceRow | undefined> =>
  ctx.tx.maybe(
    sql`select ${sourceColumns} from ${sources} where s.tenant_id = ${ctx.tenant_id} and s.calendar_id = ${calendar_id}`,
  );

export const chooseSource = (ctx: Context, calendar_id: string, is_chosen: boolean): Promise<number> =>
  ctx.tx.run(sql`update calendar_source set is_chosen = ${is_chosen}, state = 'syncing', problem = null
    where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id}`);

export const confirmGone = (ctx: Context, calendar_id: string): Promise<number> =>
  ctx.tx.run(sql`update calendar_source set deletions_confirmed_at = now(), state = 'syncing', problem = null
    where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id}`);

export interface ItemRow {
  href: string;
  outcome: 'listed' | 'imported' | 'failed' | 'gone';
  problem: string | null;
  title: string | null;
  at: string;
}
const items_max = 200;

export const listItems = (
  ctx: Context,
  calendar_id: string,
  outcome: ItemRow['outcome'] | undefined,
): Promise<ItemRow[]> =>
  ctx.tx.many(sql`select o.href, o.outcome, o.problem, o.at,
      (select m.title from meeting m where m.tenant_id = o.tenant_id and m.object_id = o.id order by m.occurred_at limit 1) as title
    from calendar_object o where o.tenant_id = ${ctx.tenant_id} and o.calendar_id = ${calendar_id}
      and (${outcome ?? null}::text is null or o.outcome = ${outcome ?? null})
    order by array_position('{failed,listed,imported,gone}'::text[], o.outcome), o.at desc, o.id limit ${items_max}`);
