import assert from 'node:assert/strict';
import fc from 'fast-check';
import pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import type { Client, SharedTestApp } from '../harness/app.ts';

/** Clocks there change at midnight: in spring a day begins at one, in autumn its first hour comes twice. */
export const zone = 'America/Havana';
const random = { seed: 20261120 };

export interface Deal {
  id: string;
  status: 'open' | 'won' | 'lost';
  amount: string | null;
  currency: string;
  owner_id: string | null;
  company_id: string | null;
  pipeline_id: string;
  stage_id: string;
  opened_on: string | null;
  closed_on: string | null;
  expected_close_on: string | null;
  lines: { product_id: string; total: string }[];
}
export interface Stage {
  id: string;
  pipeline_id: string;
  kind: 'open' | 'won' | 'lost';
  position: number;
  probability_percent: number;
}
export interface Visit {
  deal_id: string;
  stage_id: string;
  at: string;
}
export interface Activity {
  kind: 'calls' | 'meetings' | 'emails' | 'notes' | 'tasks_done';
  person_id: string | null;
  at: string;
  deal_ids: string[];
  company_ids: string[];
}

export interface Rate {
  currency: string;
  valid_on: string;
  rate: string;
}

/** The workspace's own is USD; CHF never has a rate, EUR none before 2025 and what begins tomorrow counts nowhere. */
const rates: Rate[] = [
  ['JPY', '2020-01-01', '0.0066666667'],
  ['JPY', '2025-06-30', '0.0071234567'],
  ['EUR', '2025-01-01', '1.0349'],
  ['EUR', '2025-03-09', '1.0851'],
  ['EUR', '2025-11-02', '1.1525'],
  ['EUR', '2999-01-01', '9'],
  ['GBP', '2024-11-15', '1.2678901234'],
].map(([currency, valid_on, rate]) => ({ currency: currency!, valid_on: valid_on!, rate: rate! }));

/** Everything the figures are made of, as the API tells it. */
export interface World {
  people: string[];
  teams: Map<string, Set<string>>;
  /** Of companies. */
  regions: Map<string, string | null>;
  teamRegions: Map<string, string | null>;
  products: string[];
  stages: Stage[];
  deals: Deal[];
  visits: Visit[];
  activities: Activity[];
  rates: Rate[];
}

const plurals: Record<string, string> = { activity: 'activities', company: 'companies' };
const plural = (noun: string) => plurals[noun] ?? `${noun}s`;

export async function readAll<Row>(api: Client, noun: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await api(
      'GET',
      `/api/v1/${plural(noun)}?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    assert.equal(status, 200, JSON.stringify(body));
    rows.push(...body.data);
    cursor = body.next_cursor;
  }
  return rows;
}

async function make(api: Client, noun: string, data: object[]): Promise<{ id: string }[]> {
  const { status, body } = await api('POST', `/api/v1/${plural(noun)}/bulk`, { data });
  assert.equal(status, 201, JSON.stringify(body).slice(0, 2_000));
  return body.data;
}

const sample = <T>(row: fc.Arbitrary<T>, numRuns: number) => fc.sample(row, { seed: random.seed, numRuns });
const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values));
/** Days and moments about the turn of months and of clocks: in 2025 they changed on 9 March and on 2 November. */
const dayText = fc
  .integer({ min: 0, max: 380 })
  .map((days) => Temporal.PlainDate.from('2024-11-15').add({ days }).toString());
const turning = ['2025-03-09', '2025-11-02', '2025-03-01', '2025-11-01', '2025-07-01'];
const moment = fc.oneof(
  fc.record({ day: dayText, minutes: fc.nat(1439) }),
  fc.record({ day: fc.constantFrom(...turning), minutes: fc.integer({ min: -70, max: 130 }) }),
);
/** Minutes from midnight in UTC, of the time the zone has most of the year. */
const at = ({ day, minutes }: { day: string; minutes: number }) =>
  Temporal.PlainDate.from(day)
    .toZonedDateTime('UTC')
    .add({ minutes: 240 + minutes })
    .toInstant()
    .toString();

export async function makeWorld(app: SharedTestApp): Promise<{ api: Client; world: World }> {
  const tenant = await app.tenant();
  const { api, user_id: admin } = await tenant.as('admin');
  const set = await api('PATCH', '/api/v1/tenant', { time_zone: zone });
  assert.equal(set.status, 200, JSON.stringify(set.body));
  const people = [admin, (await tenant.as('member', 'ann')).user_id, (await tenant.as('member', 'bo')).user_id];
  const teams = new Map<string, Set<string>>();
  const teamRegions = new Map<string, string | null>();
  // Two teams of one region, somebody in teams of two, and a team of none.
  for (const [name, region, members] of [
    ['North', 'Oslo', [0, 1]],
    ['South', 'Lazio', [1]],
    ['Far north', 'Oslo', [0]],
    ['Anywhere', null, [0, 2]],
    ['Nobody', 'Lazio', []],
  ] as const) {
    const { body } = await api('POST', '/api/v1/teams', { name, region });
    for (const member of members) {
      const put = await api('PUT', `/api/v1/teams/${body.id}/members/${people[member]}`);
      assert.ok(put.status < 300, JSON.stringify(put.body));
    }
    teamRegions.set(body.id, region);
    teams.set(body.id, new Set(members.map((member) => people[member]!)));
  }
  const products = (
    await make(
      api,
      'product',
      ['Pump', 'Hose', 'Valve'].map((name) => ({ name, unit_price: '10.00' })),
    )
  ).map(({ id }) => id);
  const places = ['Lazio', 'lazio', 'Oslo', null, null];
  const companies = await make(
    api,
    'company',
    places.map((region, i) => ({ name: `Firm ${i}`, region })),
  );
  const companyIds = companies.map(({ id }) => id);
  const stages: Stage[] = [];
  for (const name of ['Sales', 'Renewals']) {
    const { body } = await api('POST', '/api/v1/pipelines', { name });
    stages.push(...body.stages.map((stage: Stage) => ({ ...stage, pipeline_id: body.id })));
  }
  await make(api, 'currency-rate', rates);
  await makeDeals(api, { people, companyIds, products, stages });
  await makeActivities(api, { people, companyIds });
  const visits = await backdate(app, tenant.tenant_id, stages);
  // In the trash, and so in no figure.
  assert.equal((await api('DELETE', `/api/v1/companies/${companyIds[2]}`)).status, 204);
  const deals = await readAll<Deal>(api, 'deal');
  const [gone] = deals.splice(0, 1);
  assert.equal((await api('DELETE', `/api/v1/deals/${gone!.id}`)).status, 204);
  const regions = new Map(companies.map(({ id }, i) => [id, places[i]!]));
  regions.delete(companyIds[2]!);
  return {
    api,
    world: {
      people,
      teams,
      regions,
      teamRegions,
      products,
      stages,
      deals,
      visits,
      activities: await readActivities(api),
      rates,
    },
  };
}

interface Parts {
  people: string[];
  companyIds: string[];
  products: string[];
  stages: Stage[];
}

async function makeDeals(api: Client, { people, companyIds, products, stages }: Parts): Promise<void> {
  const drawn = sample(
    fc.record({
      stage: fc.constantFrom(...stages),
      path: fc.array(fc.nat(9), { maxLength: 3 }),
      cents: fc.option(fc.integer({ min: 0, max: 10 ** 8 })),
      currency: fc.constantFrom('USD', 'USD', 'JPY', 'EUR', 'GBP', 'CHF'),
      owner_id: maybe(people),
      company_id: maybe(companyIds),
      opened_on: maybe(['2024-10-01', '2025-01-15']),
      closed_on: dayText,
      expected_close_on: fc.option(dayText),
      products: fc.subarray(products),
    }),
    70,
  );
  const data = drawn.map(({ stage, path, cents, products: _, ...rest }, i) => {
    // Some go through other stages first.
    const first = path.length > 0 ? stages[path[0]! % stages.length]! : stage;
    return {
      ...rest,
      name: `Deal ${i}`,
      stage_id: first.id,
      amount: cents === null ? null : rest.currency === 'JPY' ? String(cents) : (cents / 100).toFixed(2),
      ...(first.kind === 'open' ? { closed_on: undefined } : {}),
    };
  });
  const made = await make(api, 'deal', data);
  for (const [i, { id }] of made.entries()) {
    const { stage, path, products: sold, closed_on } = drawn[i]!;
    for (const next of [...path.slice(1).map((place) => stages[place % stages.length]!), stage]) {
      const { status, body } = await api('PATCH', `/api/v1/deals/${id}`, {
        stage_id: next.id,
        ...(next.kind !== 'open' && { closed_on }),
      });
      assert.equal(status, 200, JSON.stringify(body));
    }
    const amount = (data[i] as { amount: string | null }).amount;
    const lines = sold.map((product_id, n) => ({ product_id, unit_price: String(n * 7 + (i % 3)) }));
    const put = await api('PUT', `/api/v1/deals/${id}/lines`, { lines, ...(amount !== null && { amount }) });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    // Some have products and no amount, as those of a file that names only the product.
    if (amount === null && i % 2 === 0) {
      const taken = await api('PATCH', `/api/v1/deals/${id}`, { amount: null });
      assert.equal(taken.status, 200, JSON.stringify(taken.body));
    }
  }
}

async function makeActivities(
  api: Client,
  { people, companyIds }: Pick<Parts, 'people' | 'companyIds'>,
): Promise<void> {
  const deals = (await readAll<{ id: string }>(api, 'deal')).map(({ id }) => id);
  const subject = fc
    .oneof(
      fc.record({ deal: fc.constantFrom(...deals) }),
      fc.record({ deal: fc.constantFrom(...deals), company: fc.constantFrom(...companyIds) }),
      fc.record({ deal: fc.constantFrom(...deals), other: fc.constantFrom(...deals) }),
      fc.record({ company: fc.constantFrom(...companyIds) }),
    )
    .map(({ deal, other, company }: { deal?: string; other?: string; company?: string }) => ({
      records: [
        ...(deal ? [{ type: 'deal', id: deal }] : []),
        ...(other && other !== deal ? [{ type: 'deal', id: other }] : []),
        ...(company ? [{ type: 'company', id: company }] : []),
      ],
    }));
  const kinds = fc.constantFrom('call', 'meeting', 'email');
  const did = fc.record({ subject, kind: kinds, when: moment, author_id: maybe(people) });
  await make(
    api,
    'activity',
    sample(did, 120).map(({ subject, when, ...row }) => ({
      ...row,
      ...subject,
      subject: 'Talk',
      occurred_at: at(when),
    })),
  );
  await make(
    api,
    'note',
    sample(subject, 50).map((row, i) => ({ ...row, body: `Note ${i}` })),
  );
  const todo = fc.record({ subject, assignee_id: maybe(people), status: fc.constantFrom('open', 'done') });
  await make(
    api,
    'task',
    sample(todo, 60).map(({ subject, ...row }, i) => ({ ...row, ...subject, title: `Task ${i}` })),
  );
}

/** What the API dates by itself is spread over the year. Returns the visits of stages. */
async function backdate(app: SharedTestApp, tenant_id: string, stages: Stage[]): Promise<Visit[]> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('set role holdfast_system');
  const spread = async (table: string, column: string) => {
    const { rows } = await owner.query(
      `select * from ${table} where tenant_id = $1 and ${column} is not null order by id`,
      [tenant_id],
    );
    const moments = sample(moment, rows.length).map(at);
    for (const [i, row] of rows.entries()) {
      await owner.query(`update ${table} set ${column} = $1 where tenant_id = $2 and id = $3`, [
        moments[i],
        tenant_id,
        row.id,
      ]);
    }
    return rows.map((row, i) => ({ ...row, at: moments[i]! }));
  };
  await spread('note', 'created_at');
  await spread('task', 'completed_at');
  const visits = await spread('deal_stage_visit', 'entered_at');
  await owner.end();
  assert.ok(visits.length > stages.length * 5);
  return visits.map(({ deal_id, stage_id, at }) => ({ deal_id, stage_id, at }));
}

async function readActivities(api: Client): Promise<Activity[]> {
  type Row = Record<string, string | null> & { records: { type: string; id: string }[] };
  const base = ({ records }: Row) => {
    const ofType = (wanted: string) => records.flatMap(({ type, id }) => (type === wanted ? id : []));
    return { deal_ids: ofType('deal'), company_ids: ofType('company') };
  };
  const kinds: Record<string, Activity['kind']> = { call: 'calls', meeting: 'meetings', email: 'emails' };
  const [activities, notes, tasks] = await Promise.all(
    ['activity', 'note', 'task'].map((noun) => readAll<Row>(api, noun)),
  );
  return [
    ...activities!.map((row) => ({
      ...base(row),
      kind: kinds[row.kind!]!,
      person_id: row.author_id!,
      at: row.occurred_at!,
    })),
    ...notes!.map((row) => ({ ...base(row), kind: 'notes' as const, person_id: row.author_id!, at: row.created_at! })),
    ...tasks!
      .filter((row) => row.completed_at)
      .map((row) => ({
        ...base(row),
        kind: 'tasks_done' as const,
        person_id: row.assignee_id!,
        at: row.completed_at!,
      })),
  ];
}
