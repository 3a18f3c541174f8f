import { Decimal } from 'decimal.js';
import { Temporal } from 'temporal-polyfill';
import type { Activity, Deal, Stage, World } from './world.ts';
import { zone } from './world.ts';

export interface Query {
  from?: string;
  to?: string;
  period: 'day' | 'week' | 'month' | 'quarter' | 'year';
  pipeline_id?: string;
  owner_id?: string;
  team_id?: string;
  product_id?: string;
  region?: string;
  region_of?: 'company' | 'team';
}

/** The same figures again, from all records in memory and one at a time: slow, and plain to see. */
export function evaluate(world: World, query: Query) {
  const stageOf = new Map(world.stages.map((stage) => [stage.id, stage]));
  const dealOf = new Map(world.deals.map((deal) => [deal.id, deal]));
  const ofCompany = (company: string | null) => [(company && world.regions.get(company)) || null];
  const teamsOf = (person: string | null) =>
    [...world.teams].flatMap(([team, members]) => (person && members.has(person) ? [team] : []));
  const ofTeams = (person: string | null) => {
    const regions = teamsOf(person).flatMap((team) => world.teamRegions.get(team) ?? []);
    return orNone([...new Set(regions)]);
  };
  const regionsOf = ({ owner_id, company_id }: Deal) =>
    query.region_of === 'team' ? ofTeams(owner_id) : ofCompany(company_id);
  const productsOf = (deal: Deal | undefined) => [...new Set(deal?.lines.map(({ product_id }) => product_id))];
  const within = (day: string | null) =>
    day === null ? !query.from && !query.to : (!query.from || day >= query.from) && (!query.to || day <= query.to);

  const about = world.deals.filter(
    (deal) =>
      (!query.pipeline_id || deal.pipeline_id === query.pipeline_id) &&
      (!query.owner_id || deal.owner_id === query.owner_id) &&
      (!query.team_id || teamsOf(deal.owner_id).includes(query.team_id)) &&
      (!query.product_id || productsOf(deal).includes(query.product_id)) &&
      (!query.region || regionsOf(deal).includes(query.region)),
  );
  const counted = about.filter((deal) => deal.status === 'open' || within(deal.closed_on));

  const worth = (deals: Deal[]) => ({ count: deals.length, value: sums(deals), total: total(world, deals) });
  const likely = (deal: Deal) => stageOf.get(deal.stage_id)!.probability_percent / 100;
  const outcome = (deals: Deal[]) => {
    const of = (status: Deal['status']) => deals.filter((deal) => deal.status === status);
    const [open, won, lost] = [of('open'), of('won'), of('lost')];
    const cycles = won.filter((deal) => deal.opened_on !== null && deal.closed_on !== null);
    const days = cycles.map(({ opened_on, closed_on }) =>
      Math.max(0, Temporal.PlainDate.from(opened_on!).until(closed_on!).days),
    );
    return {
      open: {
        ...worth(open),
        weighted_value: sums(open, likely),
        weighted_total: total(world, open, likely),
      },
      won: worth(won),
      lost: worth(lost),
      decided: { count: won.length + lost.length },
      win_rate_percent: percent(won.length, won.length + lost.length),
      cycle_days: days.length === 0 ? null : (days.reduce((a, b) => a + b) / days.length).toFixed(1),
      cycles: { count: cycles.length },
    };
  };
  const closed = counted.filter((deal) => deal.status !== 'open' && deal.closed_on !== null);
  const open = about.filter((deal) => deal.status === 'open');
  const startOf = (day: string) => startOfPeriod(day, query.period);
  /** Periods begin no earlier than the days that were asked for. */
  const placeIn = (day: string) => (query.from && query.from > startOf(day) ? query.from : startOf(day));

  const conversion = world.stages
    .filter((stage) => stage.kind === 'open' && (!query.pipeline_id || stage.pipeline_id === query.pipeline_id))
    .map((stage) => {
      const came = new Set(
        world.visits
          .filter((visit) => visit.stage_id === stage.id && within(localDay(visit.at)))
          .map((visit) => visit.deal_id),
      );
      const later = (other: Stage) =>
        other.pipeline_id === stage.pipeline_id &&
        (other.kind === 'won' || (other.kind === 'open' && other.position > stage.position));
      const entered = about.filter((deal) => came.has(deal.id));
      const ofPipeline = (other: Stage) => other.pipeline_id === stage.pipeline_id;
      const unknown = about.filter((deal) => {
        const own = world.visits.filter((v) => v.deal_id === deal.id && ofPipeline(stageOf.get(v.stage_id)!));
        return own.some((v) => within(localDay(v.at))) && own.every((v) => stageOf.get(v.stage_id)!.kind !== 'open');
      });
      const isKnown = unknown.length * 10 <= entered.length + unknown.length;
      const advanced = entered.filter((deal) =>
        world.visits.some((visit) => visit.deal_id === deal.id && later(stageOf.get(visit.stage_id)!)),
      );
      return [
        stage.id,
        {
          entered: worth(entered),
          advanced: worth(advanced),
          unknown: { count: unknown.length },
          rate_percent: isKnown ? percent(advanced.length, entered.length) : null,
        },
      ];
    });

  /** Those of its deals that are not in the trash. */
  const dealsOf = ({ deal_ids }: Activity) => deal_ids.flatMap((id) => dealOf.get(id) ?? []);
  const placesOf = (row: Activity) => {
    if (query.region_of === 'team') return ofTeams(row.person_id);
    const deals = dealsOf(row);
    const companies = deals.length > 0 ? deals.map(({ company_id }) => company_id) : row.company_ids;
    const regions = [...new Set(companies.flatMap(ofCompany))].filter((region) => region !== null);
    return regions.length > 0 ? regions : [null];
  };
  const isOffered = (deal: Deal) =>
    (!query.pipeline_id || deal.pipeline_id === query.pipeline_id) &&
    (!query.product_id || productsOf(deal).includes(query.product_id));
  const soldIn = (row: Activity) => orNone([...new Set(dealsOf(row).flatMap((deal) => productsOf(deal)))]);
  const done = world.activities.filter((row) => {
    const deals = dealsOf(row);
    return (
      within(localDay(row.at)) &&
      (!query.owner_id || row.person_id === query.owner_id) &&
      (!query.team_id || teamsOf(row.person_id).includes(query.team_id)) &&
      (deals.some(isOffered) || (!query.pipeline_id && !query.product_id)) &&
      (!query.region || placesOf(row).includes(query.region))
    );
  });

  return {
    ...outcome(counted),
    by_owner: groups(counted, (deal) => [deal.owner_id], outcome),
    by_team: groups(counted, (deal) => orNone(teamsOf(deal.owner_id)), outcome),
    by_product: groups(counted, (deal) => orNone(productsOf(deal)), outcome),
    by_region: groups(counted, regionsOf, outcome),
    // Nobody asks for it here: dashboard-tile.test.ts compares each group with the rows behind it.
    by_field: null,
    by_stage: groups(counted, (deal) => [deal.stage_id], worth),
    by_period: groups(
      closed,
      (deal) => [placeIn(deal.closed_on!)],
      (deals) => {
        const { won, lost, decided, win_rate_percent } = outcome(deals);
        return { won, lost, decided, win_rate_percent };
      },
    ),
    forecast: groups(
      open,
      (deal) => [deal.expected_close_on && startOf(deal.expected_close_on)],
      (deals) => outcome(deals).open,
    ),
    conversion: Object.fromEntries(conversion),
    activity: {
      ...kinds(done),
      by_owner: groups(done, (row) => [row.person_id], kinds),
      by_team: groups(done, (row) => orNone(teamsOf(row.person_id)), kinds),
      by_product: groups(done, (row) => soldIn(row), kinds),
      by_region: groups(done, placesOf, kinds),
      by_period: groups(done, (row) => [placeIn(localDay(row.at))], kinds),
    },
  };
}

const localDay = (at: string) => Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate().toString();
const orNone = (keys: string[]): (string | null)[] => (keys.length > 0 ? keys : [null]);
const percent = (part: number, whole: number) => (whole === 0 ? null : ((100 * part) / whole).toFixed(1));

function startOfPeriod(text: string, unit: Query['period']): string {
  const day = Temporal.PlainDate.from(text);
  const starts = {
    day,
    week: day.subtract({ days: day.dayOfWeek - 1 }),
    month: day.with({ day: 1 }),
    quarter: day.with({ day: 1, month: [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10][day.month - 1]! }),
    year: day.with({ day: 1, month: 1 }),
  };
  return starts[unit].toString();
}

function groups<Row, Figures>(rows: Row[], keysOf: (row: Row) => (string | null)[], figures: (rows: Row[]) => Figures) {
  const keys = new Set(rows.flatMap(keysOf));
  return Object.fromEntries(
    [...keys].map((key) => [key ?? 'none', figures(rows.filter((row) => keysOf(row).includes(key)))]),
  );
}

const kinds = (rows: Activity[]) =>
  Object.fromEntries(
    (['calls', 'meetings', 'emails', 'notes', 'tasks_done'] as const).map((kind) => [
      kind,
      { count: rows.filter((row) => row.kind === kind).length },
    ]),
  );

/** In the workspace's currency, at the rate of the day; what has none, by its currency. */
function total({ rates }: World, deals: Deal[], share: (deal: Deal) => number = () => 1) {
  const today = Temporal.Now.plainDateISO(zone).toString();
  const rateOf = ({ currency, status, closed_on }: Deal): string | undefined => {
    if (currency === 'USD') return '1';
    const day = status === 'open' ? today : (closed_on ?? today);
    const known = rates.filter((rate) => rate.currency === currency && rate.valid_on <= day);
    return known.sort((a, b) => a.valid_on.localeCompare(b.valid_on)).at(-1)?.rate;
  };
  let amount = new Decimal(0);
  for (const deal of deals) {
    const rate = rateOf(deal);
    if (rate) amount = amount.plus(amountOf(deal).times(share(deal)).times(rate));
  }
  const without_rate = sums(deals.filter((deal) => rateOf(deal) === undefined), share);
  return { amount: amount.toFixed(2, Decimal.ROUND_HALF_UP), currency: 'USD', without_rate };
} // biome-ignore format: a step a line

/** Without an amount a deal counts as what its products come to. */
export const amountOf = ({ amount, lines }: Deal): Decimal =>
  amount === null ? Decimal.sum(0, ...lines.map((line) => line.total)) : new Decimal(amount);

/** By currency; without those that come to nothing. */
function sums(deals: Deal[], share: (deal: Deal) => number = () => 1): Record<string, string> {
  const all = new Map<string, Decimal>();
  for (const deal of deals) {
    const part = amountOf(deal).times(share(deal));
    all.set(deal.currency, (all.get(deal.currency) ?? new Decimal(0)).plus(part));
  }
  const digits = (currency: string) => (currency === 'JPY' ? 0 : 2);
  const rounded = [...all].map(([currency, sum]) => [currency, sum.toFixed(digits(currency), Decimal.ROUND_HALF_UP)]);
  return Object.fromEntries(rounded.filter(([, sum]) => Number(sum) !== 0));
}
