import { type ResourceName, scopeOf } from '../../../kernel/access/rights.ts';
import type { Cache } from '../../../kernel/cache/cache.ts';
import type { Database } from '../../../kernel/database/database.ts';
import type { ChangeHub } from '../../../kernel/realtime/hub.ts';
import { isHiddenField } from '../../../kernel/resource/custom.ts';
import { type Actor, type Context, withContext } from '../../../kernel/tenancy/context.ts';
import { company } from '../../directory/company/contract.ts';
import { readExchange } from '../currency/index.ts';
import { allStages } from '../stage/index.ts';
import { readActivityFigures } from './activity.ts';
import type { Dashboard, DashboardQuery } from './contract.ts';
import { readConversion } from './conversion.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { readDealFigures, readFieldFigures, readProductFigures } from './deals.ts';
import { ownerFilter, type Part } from './filters.ts';
import { type Days, daysOf, todayIn } from './periods.ts';
import { countContacts, countRows, tenantCalendar } from './queries.ts';
import { rowsOf } from './tally.ts';

const ttl_seconds = 600;
/** Goes up when what is kept gets another shape: the release before shares the cache for a while. */
const shape = 2;

const readRights = [
  'deal', 'contact', 'company', 'pipeline', 'product', 'user', 'team', 'activity', 'note', 'task',
] as const satisfies ResourceName[]; // biome-ignore format: a list of words
/** Behind all figures: who may see what, and what things are called. */
const common = ['tenant', 'user', 'role', 'user_role', 'team', 'team_member'];
const offers = ['deal', 'deal_line', 'company', 'product', 'stage', 'pipeline'];
const sold = [...common, ...offers, 'currency_rate'];

/**
 * The parts of the dashboard that are kept by themselves, and whose changes can change each, by the names of the audit.
 */
const sources = {
  deals: new Set(sold),
  products: new Set(sold),
  fields: new Set([...sold, 'contact', 'custom_field']),
  conversion: new Set(sold),
  activity: new Set([...common, ...offers, 'activity', 'note', 'task', 'contact']),
  people: new Set([...common, 'contact', 'company']),
  calendar: new Set(['tenant']),
};
type PartName = keyof typeof sources;

const tagOf = (part: PartName, tenant_id: string) => `dashboard:${part}:${tenant_id}`;

/** Forgets the figures of a tenant when something they are made of has changed, here or on another node. */
export function forgetOnChange(hub: ChangeHub, cache: Cache): void {
  const names = Object.keys(sources) as PartName[];
  hub.listen((events) => {
    const tags = events.flatMap(({ resource, tenant_id }) =>
      names.filter((name) => sources[name].has(resource)).map((name) => tagOf(name, tenant_id)),
    );
    if (tags.length > 0) void cache.invalidateTag(...new Set(tags));
  });
}

/** The dashboard, each part of it computed once for all who see the same records. */
export async function cachedDashboard(
  cache: Cache,
  db: Database,
  actor: Actor,
  { field, ...query }: DashboardQuery,
): Promise<Dashboard> {
  const viewer = viewerOf(actor);
  const kept = <Read>(name: PartName, key: string, load: (ctx: Context) => Promise<Read>): Promise<Read> =>
    cache.getOrLoad(
      `dashboard:${shape}:${name}:${actor.tenant_id}:${key}`,
      { ttlSeconds: ttl_seconds, tags: [tagOf(name, actor.tenant_id)] },
      () => withContext(db, actor, load, { mode: 'survey' }),
    );
  const calendar = await kept('calendar', '', tenantCalendar);
  // What is open counts at the rates of a day, so that figures are of a day too.
  const today = todayIn(calendar.time_zone);
  const days = daysAsked(query, today);
  const part = <Read>(
    name: PartName,
    read: (ctx: Context, frame: DashboardScope) => Promise<Read>,
    more: Record<string, unknown> = {},
  ): Promise<Read> =>
    kept(name, `${viewer}:${JSON.stringify({ ...query, ...days, today, ...more })}`, async (ctx) => {
      const [stages, exchange] = await Promise.all([allStages(ctx), readExchange(ctx)]);
      return read(ctx, { query, today, days, calendar, exchange, stages });
    });
  // How many people there are is the same on all days, and for all pipelines.
  const { owner_id, team_id } = query;
  const owned = ownerFilter({ owner_id, team_id });
  // One after another: in a large workspace each takes long, and one read waits for another no longer than it may.
  return {
    from: days.from ?? null,
    to: days.to ?? null,
    ...(await kept('people', `${viewer}:${JSON.stringify({ owner_id, team_id })}`, (ctx) => countPeople(ctx, owned))),
    ...(await part('deals', readDealFigures)),
    ...(await part('products', readProductFigures)),
    by_field:
      field === undefined
        ? null
        : await part('fields', (ctx, frame) => readFieldFigures(ctx, frame, field), {
            field,
            hidden: isHiddenField({ actor }, 'deal', field),
          }),
    conversion: await part('conversion', readConversion),
    activity: await part('activity', readActivityFigures),
  };
}

/** Callers with the same see the same figures: what they may read, and who they are where that counts. */
function viewerOf(actor: Actor): string {
  const scopes = readRights.map((resource) => scopeOf(actor.rights, resource, 'read'));
  const personal = scopes.some((scope) => scope !== 'none' && scope !== 'all');
  return [...scopes, ...(personal ? [actor.user_id] : [])].join(',');
}

function daysAsked({ range, from, to }: DashboardQuery, today: string): Days {
  return range === undefined ? { from, to } : daysOf(range, today);
}

async function countPeople(ctx: Context, owned: Part): Promise<Pick<Dashboard, 'contacts' | 'companies'>> {
  const [contacts, companies] = await Promise.all([countContacts(ctx, owned), countRows(ctx, company, owned)]);
  return {
    contacts: { count: contacts, rows: rowsOf('contact', owned) },
    companies: { count: companies, rows: rowsOf('company', owned) },
  };
}
