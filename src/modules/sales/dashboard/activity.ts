import type { Filter } from '../../../kernel/resource/filter.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type ActivityFigureKind, activityFigureKinds } from '../figures/contract.ts';
import {
  type ActivityCount,
  type ActivityFilters,
  activitySources,
  activitySpan,
  countActivities,
  countActivitiesByProduct,
  type Source,
} from './activity-queries.ts';
import type { ActivityFigures, DashboardQuery } from './contract.ts';
import { byKey, type DashboardScope, leading, named } from './dashboard-scope.ts';
import {
  activityFilter,
  activityOfProduct,
  activityOfRegion,
  allOf,
  duringDays,
  equal,
  ofTeam,
  oneOrNone,
  type Part,
} from './filters.ts';
import { beginningOf, clipped, type Days, dayOf, type Period, periodsAround } from './periods.ts';
import { teamRegionsByMember, teamsByMember } from './queries.ts';
import { rowsOf } from './tally.ts';

type Counts = Record<ActivityFigureKind, ActivityFigures['calls']>;
/** How a part of the activities is found in each of their lists. */
type PartOf = (source: Source) => Part;

const activityKinds: Partial<Record<ActivityFigureKind, string>> = {
  calls: 'call',
  meetings: 'meeting',
  emails: 'email',
};

/** What people did: in these days, and by what is asked for. */
export async function readActivityFigures(
  ctx: Context,
  { query, days, calendar, today }: DashboardScope,
): Promise<ActivityFigures> {
  const zone = calendar.time_zone;
  const filters: ActivityFilters = new Map(
    activitySources.map((source) => [
      source,
      allOf(aboutOf(source, query), duringDays(source.at, days, zone), doneOf(source)),
    ]),
  );
  const periods = await periodsOf(ctx, filters, { query, days, zone, today });
  const starts = periods.map(({ from }) => beginningOf(from, zone));
  const [counts, sold, teams, teamRegions] = await Promise.all([
    countActivities(ctx, filters, starts),
    countActivitiesByProduct(ctx, filters),
    teamsByMember(ctx),
    teamRegionsByMember(ctx),
  ]);
  const by = (what: ActivityCount['by']) => counts.filter((row) => row.by === what);
  /** Rows of a part, in place of all days those of a period. */
  const figures = (rows: ActivityCount[], part: PartOf = () => undefined, within: Days = days): Counts =>
    countsOf(rows, (source) =>
      allOf(aboutOf(source, query), part(source), duringDays(source.at, within, zone), doneOf(source)),
    );
  const grouped = (
    rows: ActivityCount[],
    keysOf: (row: ActivityCount) => readonly (string | null)[],
    partOf: (key: string | null) => PartOf,
  ) => groupBy(rows, keysOf).map(([id, own]) => ({ id, ...figures(own, partOf(id)) }));
  const persons = by('person');
  const teamsOf = ({ person_id }: ActivityCount) => (person_id && teams.get(person_id)) || [null];
  const teamRegionsOf = ({ person_id }: ActivityCount) => (person_id && teamRegions.get(person_id)) || [null];
  const ofRegion =
    (region: string | null): PartOf =>
    ({ person }) =>
      activityOfRegion(region, query, person);
  const regions =
    query.region_of === 'team'
      ? grouped(persons, teamRegionsOf, ofRegion)
      : grouped(by('region'), (row) => [row.region], ofRegion);
  const [owners, ofTeams, products] = await Promise.all([
    named(
      ctx,
      'user_account',
      grouped(
        persons,
        (row) => [row.person_id],
        (id) =>
          ({ person }) =>
            oneOrNone(`${person}_id`, 'eq', id),
      ),
    ),
    named(
      ctx,
      'team',
      grouped(
        persons,
        teamsOf,
        (id) =>
          ({ person }) =>
            ofTeam(id, person),
      ),
    ),
    named(
      ctx,
      'product',
      grouped(
        productCounts(sold, persons),
        (row) => [row.product_id],
        (id) => () => activityOfProduct(id),
      ),
    ),
  ]);
  return {
    ...figures(persons),
    by_owner: owners.map(({ id, named, ...own }) => ({ owner_id: id, owner: named, ...own })),
    by_team: ofTeams.map(({ id, named, ...own }) => ({ team_id: id, team: named, ...own })),
    by_product: products.map(({ id, named, ...own }) => ({ product_id: id, product: named, ...own })),
    by_region: regions.map(({ id, ...own }) => ({ region: id, ...own })),
    by_period: periods.map((period, index) => ({
      ...period,
      ...figures(by('period').filter((row) => row.period === index + 1), undefined, period),
    })),
  }; // biome-ignore format: one line each
}

const aboutOf = ({ person }: Source, query: DashboardQuery): Part => activityFilter(query, person);
const doneOf = ({ at }: Source): Part => (at === 'completed_at' ? equal('status', 'done') : undefined);

/** The periods of the days asked for, or else from the first activity to the last. */
async function periodsOf(
  ctx: Context,
  filters: ActivityFilters,
  { query, days, zone, today }: { query: DashboardQuery; days: Days; zone: string; today: string },
): Promise<Period[]> {
  const among = (first: string, last: string) =>
    periodsAround(today, [first, last], query.period, 'past').map((period) => clipped(period, days));
  // Asked only where the days do not say: it looks at every activity.
  if (days.from !== undefined && days.to !== undefined) return among(days.from, days.to);
  const { first, last } = await activitySpan(ctx, filters);
  return first === null || last === null ? [] : among(dayOf(first, zone), dayOf(last, zone));
}

const total = (rows: ActivityCount[]): number => rows.reduce((sum, row) => sum + row.rows, 0);
const ofKind = (rows: ActivityCount[], kind: ActivityFigureKind) => rows.filter((row) => row.kind === kind);

function countsOf(rows: ActivityCount[], filterOf: (source: Source) => Part): Counts {
  const figureOf = (kind: ActivityFigureKind) => {
    const source = activitySources.find(({ kinds }) => kinds.includes(kind))!;
    const only: Filter | undefined = activityKinds[kind] === undefined ? undefined : equal('kind', activityKinds[kind]);
    return {
      count: total(ofKind(rows, kind)),
      rows: rowsOf(source.resource.name as 'activity' | 'note' | 'task', allOf(only, filterOf(source))),
    };
  };
  return Object.fromEntries(activityFigureKinds.map((kind) => [kind, figureOf(kind)])) as Counts;
}

/** The rows by key; groups with the most rows first. */
function groupBy(rows: ActivityCount[], keysOf: (row: ActivityCount) => readonly (string | null)[]) {
  const groups = new Map<string | null, ActivityCount[]>();
  for (const row of rows) {
    for (const key of keysOf(row)) {
      const group = groups.get(key);
      if (group) group.push(row);
      else groups.set(key, [row]);
    }
  }
  const sorted = [...groups].sort(([key, a], [other, b]) => total(b) - total(a) || byKey(key, other));
  return leading(sorted, ([, own]) => [total(own), ...activityFigureKinds.map((kind) => total(ofKind(own, kind)))]);
}

/** The rows by product; those of `all` that belong to no product have none. */
function productCounts(sold: ActivityCount[], all: ActivityCount[]): ActivityCount[] {
  const [withAny, byProduct] = [
    sold.filter((row) => row.by === 'any product'),
    sold.filter((row) => row.by === 'product'),
  ];
  const without = activityFigureKinds.map((kind) => ({
    kind, by: 'product' as const, person_id: null, period: null, region: null, product_id: null,
    rows: total(ofKind(all, kind)) - total(ofKind(withAny, kind)),
  })); // biome-ignore format: facts
  return [...byProduct, ...without.filter((row) => row.rows > 0)];
}
