import { scopeOf } from '../../../kernel/access/rights.ts';
import type { Cache } from '../../../kernel/cache/cache.ts';
import type { Database } from '../../../kernel/database/database.ts';
import type { ChangeHub } from '../../../kernel/realtime/hub.ts';
import type { Filter } from '../../../kernel/resource/filter.ts';
import { type Actor, type Context, withContext } from '../../../kernel/tenancy/context.ts';
import { tenantCurrency } from '../../../kernel/tenancy/currency.ts';
import { company } from '../../directory/company/contract.ts';
import { contact } from '../../directory/contact/contract.ts';
import { allStages, type StageRow } from '../stage/index.ts';
import type { Dashboard, DashboardQuery } from './contract.ts';
import { allOf, closedWithin, dealFilter, equal, oneOrNone, ownerFilter } from './filters.ts';
import { clipped, periodsBetween } from './periods.ts';
import {
  type ByOwnerAndPeriod,
  countRows,
  type DealSum,
  namesOf,
  sumByOwnerAndPeriod,
  sumByProduct,
  teamMembers,
} from './queries.ts';
import { rowsOf, Tally, tallyBy } from './tally.ts';

const ttl_seconds = 600;
const breakdown_rows_max = 200;

/** Whose changes can change a figure or a name on the dashboard, by the names of the audit. */
const sources = new Set([
  'deal', 'deal_line', 'contact', 'company', 'stage', 'pipeline', 'product', 'user', 'team', 'role', 'user_role', 'tenant',
]); // biome-ignore format: a list of words
const readRights = ['deal', 'contact', 'company', 'pipeline', 'product', 'user', 'team'] as const;

const tagOf = (tenant_id: string) => `dashboard:${tenant_id}`;

/** Forgets the figures of a tenant when something they are made of has changed, here or on another node. */
export function forgetOnChange(hub: ChangeHub, cache: Cache): void {
  hub.listen((events) => {
    const tenants = new Set(events.filter((event) => sources.has(event.resource)).map((event) => event.tenant_id));
    if (tenants.size > 0) void cache.invalidateTag(...[...tenants].map(tagOf));
  });
}

/** The dashboard, computed once for all who see the same records. */
export function cachedDashboard(cache: Cache, db: Database, actor: Actor, query: DashboardQuery): Promise<Dashboard> {
  const scopes = readRights.map((resource) => scopeOf(actor.rights, resource, 'read'));
  const personal = scopes.some((scope) => scope === 'own' || scope === 'team');
  const viewer = [...scopes, ...(personal ? [actor.user_id] : [])].join(',');
  const key = `dashboard:${actor.tenant_id}:${viewer}:${JSON.stringify(query)}`;
  return cache.getOrLoad(key, { ttlSeconds: ttl_seconds, tags: [tagOf(actor.tenant_id)] }, () =>
    withContext(db, actor, (ctx) => readDashboard(ctx, query), { mode: 'read' }),
  );
}

/** What all figures of one dashboard share. */
interface Frame {
  stages: StageRow[];
  /** Of a sum of nothing. */
  currency: string;
  about: Filter | undefined;
  closed: Filter | undefined;
}

async function readDashboard(ctx: Context, query: DashboardQuery): Promise<Dashboard> {
  const team = query.team_id === undefined ? undefined : await teamMembers(ctx, query.team_id);
  const about = dealFilter(query, team);
  const closed = closedWithin(query);
  const owned = ownerFilter(query, team);
  const counted = allOf(about, closed && { or: [equal('status', 'open'), closed] });
  const [sums, products, contacts, companies, stages, currency] = await Promise.all([
    sumByOwnerAndPeriod(ctx, counted, query.period),
    sumByProduct(ctx, counted),
    countRows(ctx, contact, owned),
    countRows(ctx, company, owned),
    allStages(ctx),
    tenantCurrency(ctx),
  ]);
  const frame: Frame = { stages, currency, about, closed };
  const [byPeriod, byOwner] = [sums.filter((sum) => sum.by_period), sums.filter((sum) => !sum.by_period)];
  const total = tallyBy(byOwner, () => 'all', stages).get('all') ?? new Tally();
  const [owners, sold] = await Promise.all([
    breakdown(
      ctx,
      frame,
      'user_account',
      tallyBy(byOwner, (sum) => sum.owner_id, stages),
      (id) => oneOrNone('owner_id', 'eq', id),
    ),
    breakdown(
      ctx,
      frame,
      'product',
      tallyBy(products, (sum) => sum.product_id, stages),
      (id) => oneOrNone('lines', 'has', id),
    ),
  ]);
  return {
    contacts: { count: contacts, rows: rowsOf('contact', owned) },
    companies: { count: companies, rows: rowsOf('company', owned) },
    ...total.outcome(currency, about, closed),
    by_owner: owners.map(({ id, named, ...outcome }) => ({ owner_id: id, owner: named, ...outcome })),
    by_product: sold.map(({ id, named, ...outcome }) => ({ product_id: id, product: named, ...outcome })),
    by_stage: stageFigures(frame, byOwner, query),
    by_period: periodFigures(frame, byPeriod, query),
  };
}

/** The figures of each owner or product, those with the most won deals first. */
async function breakdown(
  ctx: Context,
  { currency, about, closed }: Frame,
  table: 'user_account' | 'product',
  tallies: Map<string | null, Tally>,
  filterOf: (id: string | null) => Filter,
) {
  const kept = [...tallies]
    .sort(([, a], [, b]) => b.count('won') - a.count('won') || b.deals - a.deals)
    .slice(0, breakdown_rows_max);
  const ids = kept.map(([id]) => id).filter((id) => id !== null);
  const names = new Map((await namesOf(ctx, table, ids)).map((named) => [named.id, named]));
  return kept.map(([id, tally]) => ({
    id,
    named: names.get(id ?? '') ?? null,
    ...tally.outcome(currency, allOf(about, filterOf(id)), closed),
  }));
}

function stageFigures(
  { stages, currency, about, closed }: Frame,
  sums: DealSum[],
  { pipeline_id }: DashboardQuery,
): Dashboard['by_stage'] {
  const tallies = tallyBy(sums, (sum) => sum.stage_id, stages);
  const shown = stages.filter((stage) => pipeline_id === undefined || stage.pipeline_id === pipeline_id);
  return shown.map(({ id, name, kind, probability_percent, pipeline_id }) => {
    const tally = tallies.get(id) ?? new Tally();
    const rows = allOf(about, equal('stage_id', id), kind === 'open' ? undefined : closed);
    return {
      stage: { id, name, kind, probability_percent },
      pipeline_id,
      count: tally.count(kind),
      value: tally.value(kind, currency),
      rows: rowsOf('deal', rows),
    };
  });
}

function periodFigures(
  { stages, currency, about }: Frame,
  sums: ByOwnerAndPeriod[],
  query: DashboardQuery,
): Dashboard['by_period'] {
  const tallies = tallyBy(sums, (sum) => sum.period, stages);
  const starts = [...tallies.keys()].filter((start) => start !== null);
  return periodsBetween(starts, query.period).map((period) => {
    const days = clipped(period, query);
    const tally = tallies.get(period.from) ?? new Tally();
    const { won, lost, win_rate_percent } = tally.outcome(currency, about, closedWithin(days));
    return { ...days, won, lost, win_rate_percent };
  });
}
