import { readTenantFields } from '../../../kernel/resource/custom.ts';
import { listField } from '../../../kernel/resource/list-field.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { ratesToday } from '../currency/index.ts';
import { deal } from '../deal/contract.ts';
import type { DealFigures, FieldFigures } from './contract.ts';
import { breakdown_rows_max, byKey, type DashboardScope, leading, named } from './dashboard-scope.ts';
import {
  allOf,
  dealFilter,
  dealOfRegion,
  equal,
  ofTeam,
  onDays,
  oneOrNone,
  ownerFilter,
  type Part,
} from './filters.ts';
import { clipped, periodsAround, placeAmong } from './periods.ts';
import {
  countBySource,
  type DealSum,
  type GroupedSum,
  sumByField,
  sumByProduct,
  sumDeals,
  teamRegionsByMember,
  teamsByMember,
} from './queries.ts';
import { type DrillDown, type Outcome, rowsOf, Tally, tallyBy } from './tally.ts';

type About = DashboardScope & { about: Part; closed: Part };
type Row = { id: string | null } & Outcome;

/** Values, counts, rates and days of deals: of all, and by what people ask for. */
export async function readDealFigures(ctx: Context, scope: DashboardScope): Promise<Omit<DealFigures, 'by_product'>> {
  const { query, calendar, exchange } = scope;
  const { about, closed, counted } = partsOf(scope);
  const [sums, teams, teamRegions, rates] = await Promise.all([
    sumDeals(ctx, exchange, counted, query.period),
    teamsByMember(ctx),
    teamRegionsByMember(ctx),
    ratesToday(ctx, exchange),
  ]);
  const by = (what: GroupedSum['by']) => sums.filter((sum) => sum.by === what);
  const aboutDeals = { ...scope, about, closed };
  const behind: DrillDown = { rows: (filter) => rowsOf('deal', allOf(about, filter)), closed };
  const teamsOf = ({ owner_id }: GroupedSum) => (owner_id && teams.get(owner_id)) || [null];
  const [owners, ofTeams] = await Promise.all([
    named(
      ctx,
      'user_account',
      breakdown(
        aboutDeals,
        by('owner'),
        (sum) => [sum.owner_id],
        (id) => oneOrNone('owner_id', 'eq', id),
      ),
    ),
    named(
      ctx,
      'team',
      breakdown(aboutDeals, by('owner'), teamsOf, (id) => ofTeam(id, 'owner')),
    ),
  ]);
  const ofRegion = (region: string | null) => dealOfRegion(region, query);
  const teamRegionsOf = ({ owner_id }: GroupedSum) => (owner_id && teamRegions.get(owner_id)) || [null];
  const regions =
    query.region_of === 'team'
      ? breakdown(aboutDeals, by('owner'), teamRegionsOf, ofRegion)
      : breakdown(aboutDeals, by('region'), (sum) => [sum.region], ofRegion);
  const total = tallyBy(by('owner'), () => ['all'], scope).get('all') ?? new Tally(calendar.currency);
  return {
    ...total.outcome(behind),
    by_owner: owners.map(({ id, named, ...outcome }) => ({ owner_id: id, owner: named, ...outcome })),
    by_team: ofTeams.map(({ id, named, ...outcome }) => ({ team_id: id, team: named, ...outcome })),
    by_region: regions.map(({ id, ...outcome }) => ({ region: id, ...outcome })),
    by_stage: stageFigures(aboutDeals, by('owner')),
    by_period: periodFigures(aboutDeals, by('period')),
    forecast: forecast(aboutDeals, by('period')),
    rates,
  };
}

/** The same of each product. */
export async function readProductFigures(
  ctx: Context,
  scope: DashboardScope,
): Promise<Pick<DealFigures, 'by_product'>> {
  const { about, closed, counted } = partsOf(scope);
  const sums = await sumByProduct(ctx, scope.exchange, counted);
  const sold = await named(ctx, 'product', productRows({ ...scope, about, closed }, sums));
  return { by_product: sold.map(({ id, named, ...outcome }) => ({ product_id: id, product: named, ...outcome })) };
}

/**
 * The same by a field that people fill in, and contacts by their source. Without a label when there is no such field
 * for the caller.
 */
export async function readFieldFigures(ctx: Context, scope: DashboardScope, name: string): Promise<FieldFigures> {
  const found = listField(deal, await readTenantFields(ctx), name);
  if (!found || (found.custom && found.custom.type !== 'select'))
    return { field: name, label: null, groups: [], contacts: [] };
  const { about, closed, counted } = partsOf(scope);
  const { owner_id, team_id } = scope.query;
  const people = ownerFilter({ owner_id, team_id });
  const [sums, sources] = await Promise.all([
    sumByField(ctx, scope.exchange, { filter: counted, value: found.column }),
    found.custom ? [] : countBySource(ctx, people, breakdown_rows_max),
  ]);
  const ofValue = (value: string | null) => oneOrNone(name, 'eq', value);
  const groups = breakdown({ ...scope, about, closed }, sums, ({ value }) => [value], ofValue);
  return {
    field: name,
    label: found.meta.title,
    groups: groups.map(({ id, ...outcome }) => ({ value: id, ...outcome })),
    contacts: sources.map(({ value, count }) => ({
      value,
      count,
      rows: rowsOf('contact', allOf(people, ofValue(value))),
    })),
  };
}

/** Which deals are asked about, when they were closed, and which of them count: all that are open, too. */
function partsOf({ query, days }: DashboardScope) {
  const [about, closed] = [dealFilter(query), onDays('closed_on', days)];
  return { about, closed, counted: allOf(about, closed && { or: [equal('status', 'open'), closed] }) };
}

/** The figures of each key, those with the most won deals first. */
function breakdown<Sum extends DealSum>(
  scope: About,
  sums: Sum[],
  keysOf: (sum: Sum) => readonly (string | null)[],
  filterOf: (key: string | null) => Part,
  rows = (key: string | null, filter: Part) => rowsOf('deal', allOf(scope.about, filterOf(key), filter)),
): Row[] {
  const groups = [...tallyBy(sums, keysOf, scope)].sort(
    ([key, a], [other, b]) => b.count('won') - a.count('won') || b.deals - a.deals || byKey(key, other),
  );
  return leading(groups, ([, tally]) => tally.sizes).map(([id, tally]) => ({
    id,
    ...tally.outcome({ rows: (filter) => rows(id, filter), closed: scope.closed }),
  }));
}

/** Behind the figures of a product are shares of deals: of a deal with several products only a part is counted. */
function productRows(about: About, sums: (DealSum & { product_id: string | null })[]): Row[] {
  const filterOf = (id: string | null) => oneOrNone('product_id', 'eq', id);
  return breakdown(
    about,
    sums,
    (sum) => [sum.product_id],
    filterOf,
    (id, filter) => {
      const where = allOf(about.about, filter);
      return rowsOf('deal_product', allOf(filterOf(id), where && { any: 'deal', where }));
    },
  );
}

function stageFigures(scope: About, sums: DealSum[]): DealFigures['by_stage'] {
  const { query, stages, calendar, about, closed } = scope;
  const tallies = tallyBy(sums, (sum) => [sum.stage_id], scope);
  const shown = stages.filter((stage) => query.pipeline_id === undefined || stage.pipeline_id === query.pipeline_id);
  return shown.map(({ id, name, kind, probability_percent, pipeline_id, pipeline }) => {
    const tally = tallies.get(id) ?? new Tally(calendar.currency);
    return {
      stage: { id, name, kind, probability_percent },
      pipeline_id,
      pipeline: { id: pipeline_id, name: pipeline },
      ...tally.worth(kind),
      rows: rowsOf('deal', allOf(about, equal('stage_id', id), kind === 'open' ? undefined : closed)),
    };
  });
}

function periodFigures(scope: About, sums: GroupedSum[]): DealFigures['by_period'] {
  const { query, days, calendar, about, today } = scope;
  const decided = sums.filter((sum) => sum.status !== 'open' && sum.period !== null);
  const periods = periodsAround(today, [...new Set(decided.map(({ period }) => period!))], query.period, 'past');
  const tallies = tallyBy(decided, ({ period }) => [placeAmong(periods, period!)], scope);
  return periods.map((period) => {
    const within = clipped(period, days);
    const tally = tallies.get(period.from) ?? new Tally(calendar.currency);
    const behind = {
      rows: (filter: Part) => rowsOf('deal', allOf(about, filter)),
      closed: onDays('closed_on', within),
    };
    const { won, lost, decided: both, win_rate_percent } = tally.outcome(behind);
    return { ...within, won, lost, decided: both, win_rate_percent };
  });
}

function forecast(scope: About, sums: GroupedSum[]): DealFigures['forecast'] {
  const { query, calendar, about, today } = scope;
  const open = sums.filter((sum) => sum.status === 'open');
  const starts = open.flatMap(({ period }) => period ?? []);
  const within = periodsAround(today, [...new Set(starts)], query.period, 'expected');
  const tallies = tallyBy(open, ({ period }) => [period && placeAmong(within, period)], scope);
  const periods = within.map((period) => ({
    ...period,
    tally: tallies.get(period.from) ?? new Tally(calendar.currency),
    when: onDays('expected_close_on', period),
  }));
  const undated = tallies.get(null);
  const unknown = { from: null, to: null, when: oneOrNone('expected_close_on', 'eq', null) };
  return [...periods, ...(undated ? [{ ...unknown, tally: undated }] : [])].map(({ from, to, tally, when }) => ({
    from,
    to,
    ...tally.open(),
    rows: rowsOf('deal', allOf(about, equal('status', 'open'), when)),
  }));
}
