import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';

/** Far from where the server and its database live, and with days that are not theirs. */
const zone = 'Pacific/Auckland';
const random = { seed: 20261120, numRuns: 60 };

interface Company {
  id: string;
  city: string | null;
}
interface Contact {
  id: string;
  company_id: string | null;
  job_title: string | null;
}
interface Deal {
  id: string;
  contact_id: string | null;
  company_id: string | null;
  amount: string | null;
  expected_close_on: string | null;
}

let app: TestApp;
let api: Client;
let companies: Company[];
let contacts: Contact[];
let deals: Deal[];
before(async () => {
  app = await startTestApp({ RATE_LIMIT_CALLER_PER_MINUTE: '100000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' });
  const tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
  const profile = await (await tenant.signedIn('admin'))('PATCH', '/api/v1/profile', { time_zone: zone });
  assert.equal(profile.status, 200, JSON.stringify(profile.body));
  const sample = <T>(row: fc.Arbitrary<T>, numRuns: number) => fc.sample(row, { seed: random.seed, numRuns });
  const one = <T extends { id: string }>(rows: T[]) => fc.option(fc.constantFrom(...rows.map(({ id }) => id)));
  companies = await create(
    'companies',
    sample(fc.record({ name: fc.constant('Firm'), city: fc.option(fc.constantFrom('Rome', 'Oslo')) }), 12),
  );
  contacts = await create(
    'contacts',
    sample(
      fc.record({
        given_name: fc.constant('Ada'),
        job_title: fc.option(fc.constantFrom('CEO', 'CTO')),
        company_id: one(companies),
      }),
      30,
    ),
  );
  const today = Temporal.Now.plainDateISO(zone);
  deals = await create(
    'deals',
    sample(
      fc.record({
        name: fc.constant('Deal'),
        amount: fc.option(fc.constantFrom('10.00', '20.00', '30.00')),
        contact_id: one(contacts),
        company_id: one(companies),
        expected_close_on: fc.option(fc.integer({ min: -420, max: 420 }).map((days) => today.add({ days }).toString())),
      }),
      60,
    ),
  );
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  // Without statistics a filter of four relations may take longer than a request has, on a busy machine.
  await owner.query('analyze company, contact, deal');
  await owner.end();
});
after(() => app.stop());

async function create<T>(plural: string, data: object[]): Promise<T[]> {
  const { status, body } = await api('POST', `/api/v1/${plural}/bulk`, { data });
  assert.equal(status, 201, JSON.stringify(body));
  return body.data;
}

async function idsOf(plural: string, filter: object): Promise<string[]> {
  const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: '200' });
  const { status, body } = await api('GET', `/api/v1/${plural}?${query}`);
  assert.equal(status, 200, JSON.stringify([filter, body]));
  return body.data.map(({ id }: { id: string }) => id).sort();
}

const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();

type Row = Record<string, string | null>;
type Filter =
  | { field: string; op: 'eq' | 'is_empty'; value?: string }
  | { any: string; where?: Filter }
  | { none: string; where?: Filter }
  | { and: Filter[] }
  | { or: Filter[] };
type Noun = 'companies' | 'contacts' | 'deals';

/** What a record is connected to, said once more. */
const relations: Record<Noun, Record<string, { noun: Noun; rows: (row: Row) => Row[] }>> = {
  companies: {
    contacts: { noun: 'contacts', rows: ({ id }) => all('contacts').filter((c) => c.company_id === id) },
    deals: { noun: 'deals', rows: ({ id }) => all('deals').filter((d) => d.company_id === id) },
  },
  contacts: {
    company: { noun: 'companies', rows: (row) => all('companies').filter((c) => c.id === row.company_id) },
    deals: { noun: 'deals', rows: ({ id }) => all('deals').filter((d) => d.contact_id === id) },
  },
  deals: {
    contact: { noun: 'contacts', rows: (row) => all('contacts').filter((c) => c.id === row.contact_id) },
    company: { noun: 'companies', rows: (row) => all('companies').filter((c) => c.id === row.company_id) },
  },
};
const all = (noun: Noun) => ({ companies, contacts, deals })[noun] as unknown as Row[];

/** As in SQL, a comparison with nothing is neither true nor false. */
function holds(noun: Noun, filter: Filter, row: Row): boolean | null {
  if ('and' in filter || 'or' in filter) {
    const [parts, decisive] = 'and' in filter ? [filter.and, false] : [filter.or, true];
    const results = parts.map((part) => holds(noun, part, row));
    if (results.includes(decisive)) return decisive;
    return results.includes(null) ? null : !decisive;
  }
  if ('field' in filter) {
    const value = row[filter.field] ?? null;
    if (filter.op === 'is_empty') return value === null;
    return value === null ? null : value === filter.value;
  }
  const { noun: other, rows } = relations[noun]['any' in filter ? filter.any : filter.none]!;
  const some = rows(row).some((each) => !filter.where || holds(other, filter.where, each) === true);
  return 'any' in filter ? some : !some;
}

const fields: Record<Noun, [string, string[]]> = {
  companies: ['city', ['Rome', 'Oslo']],
  contacts: ['job_title', ['CEO', 'CTO']],
  deals: ['amount', ['10.00', '20.00', '30.00']],
};

function filterOf(noun: Noun, depth: number): fc.Arbitrary<Filter> {
  const [field, values] = fields[noun];
  const condition = fc.oneof(
    fc.record({ field: fc.constant(field), op: fc.constant('eq' as const), value: fc.constantFrom(...values) }),
    fc.record({ field: fc.constant(field), op: fc.constant('is_empty' as const) }),
  );
  if (depth === 0) return condition;
  const related = Object.entries(relations[noun]).flatMap(([name, { noun: other }]) => [
    fc.record({ any: fc.constant(name), where: filterOf(other, depth - 1) }, { requiredKeys: ['any'] }),
    fc.record({ none: fc.constant(name), where: filterOf(other, depth - 1) }, { requiredKeys: ['none'] }),
  ]) as fc.Arbitrary<Filter>[];
  const parts = fc.array(filterOf(noun, depth - 1), { minLength: 1, maxLength: 2 });
  return fc.oneof(condition, ...related, ...related, fc.record({ and: parts }), fc.record({ or: parts }));
}

test('a filter reaches through what records are connected to, as deep as it is written', async () => {
  for (const noun of ['companies', 'contacts', 'deals'] as const) {
    await fc.assert(
      fc.asyncProperty(filterOf(noun, 3), async (filter) => {
        const expected = all(noun).filter((row) => holds(noun, filter, row) === true) as { id: string }[];
        assert.deepEqual(await idsOf(noun, filter), ids(expected));
      }),
      random,
    );
  }
});

test('records that the caller may not read count for no filter', async () => {
  const tenant = await app.tenant();
  const { api: admin } = await tenant.as('admin');
  const adviser = await tenant.as('advisor');
  const me = (await adviser.api('GET', '/api/v1/session')).body.user.id;
  const made = await admin('POST', '/api/v1/contacts', { given_name: 'Mine', owner_id: me });
  await admin('POST', '/api/v1/deals', { name: 'Hidden', contact_id: made.body.id });
  const query = new URLSearchParams({ filter: JSON.stringify({ any: 'deals' }) });
  assert.equal((await admin('GET', `/api/v1/contacts?${query}`)).body.data.length, 1);
  assert.deepEqual((await adviser.api('GET', `/api/v1/contacts?${query}`)).body.data, []);
});

test('a filter reaches through custom fields that name records, under the rights of the caller', async () => {
  const tenant = await app.tenant();
  const { api: admin, user_id } = await tenant.as('admin');
  const adviser = await tenant.as('advisor');
  const made = async (plural: string, body: object) => {
    const answer = await admin('POST', `/api/v1/${plural}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const { data: roles } = (await admin('GET', '/api/v1/roles?limit=200')).body;
  const manager = roles.find(({ key }: { key: string }) => key === 'manager').id;
  for (const [resource, key, type, more] of [
    ['contact', 'firm', 'company'],
    ['contact', 'coach', 'user'],
    ['contact', 'friend', 'contact'],
    ['contact', 'bid', 'deal'],
    ['contact', 'secret', 'company', { visible_to: [manager] }],
    ['contact', 'nick', 'text'],
    ['company', 'boss', 'contact'],
  ] as const)
    await made('custom-fields', { resource, key, label: key, type, ...more });
  const oslo = await made('companies', { name: 'Oslo AS', city: 'Oslo' });
  const rome = await made('companies', { name: 'Roma SpA', city: 'Rome' });
  const bid = await made('deals', { name: 'Bid', amount: '5.00' });
  const mine = { owner_id: adviser.user_id };
  const a = await made('contacts', {
    given_name: 'a',
    ...mine,
    custom: { firm: oslo.id.toUpperCase(), coach: user_id, secret: rome.id },
  });
  await made('contacts', { given_name: 'b', ...mine, custom: { firm: rome.id, friend: a.id, bid: bid.id } });
  await made('contacts', { given_name: 'c', ...mine, custom: { friend: a.id } });
  await admin('PATCH', `/api/v1/companies/${rome.id}`, { custom: { boss: a.id } });
  const ask = (filter: object, by = admin) =>
    by('GET', `/api/v1/contacts?${new URLSearchParams({ sort: 'name', filter: JSON.stringify(filter) })}`);
  const names = async (filter: object, by = admin) => {
    const { status, body } = await ask(filter, by);
    assert.equal(status, 200, JSON.stringify([filter, body]));
    return body.data.map(({ name }: { name: string }) => name).join('');
  };
  const inOslo = { field: 'city', op: 'eq', value: 'Oslo' };
  const toOslo = { any: 'custom.firm', where: inOslo };
  assert.equal(await names({ any: 'custom.firm' }), 'ab');
  assert.equal(await names({ none: 'custom.firm' }), 'c');
  assert.equal(await names(toOslo), 'a');
  assert.equal(await names({ none: 'custom.firm', where: inOslo }), 'bc');
  assert.equal(await names({ any: 'custom.coach', where: { field: 'name', op: 'eq', value: 'admin' } }), 'a');
  assert.equal(await names({ any: 'custom.bid', where: { field: 'amount', op: 'eq', value: '5.00' } }), 'b');
  assert.equal(await names({ any: 'custom.friend', where: toOslo }), 'bc', 'from one to the next');
  assert.equal(
    await names({ any: 'custom.firm', where: { any: 'custom.boss', where: toOslo } }),
    'b',
    'of another noun',
  );
  assert.equal(await names({ and: [{ any: 'custom.friend' }, { none: 'custom.bid' }] }), 'c');

  assert.equal(await names({ any: 'custom.bid' }, adviser.api), '', 'a deal that the caller may not read');
  assert.equal(await names({ any: 'custom.secret', where: { field: 'city', op: 'eq', value: 'Rome' } }), 'a');
  for (const [filter, by] of [
    [{ any: 'custom.secret' }, adviser.api],
    [{ any: 'custom.nick' }, admin],
    [{ none: 'custom.pet' }, admin],
    [{ any: 'company', where: { any: 'custom.firm' } }, admin],
  ] as const) {
    const { status, body } = await ask(filter, by);
    assert.deepEqual([status, body.errors?.[0].code], [422, 'unknown_relation'], JSON.stringify(filter));
  }
  const { body } = await ask({ any: 'custom.pet' }, adviser.api);
  assert.match(body.errors[0].message, /custom\.firm/);
  assert.doesNotMatch(body.errors[0].message, /secret/);

  await admin('DELETE', `/api/v1/companies/${oslo.id}`);
  assert.equal(await names({ any: 'custom.firm' }), 'b', 'what lies in the trash counts for no filter');
});

/** The first day of a period and the first behind it, on the calendar of the zone. */
function bounds(period: string): [Temporal.PlainDate, Temporal.PlainDate] {
  const today = Temporal.Now.plainDateISO(zone);
  const [way, rest] = period.split('_') as [string, string];
  if (period === 'today') return [today, today.add({ days: 1 })];
  if (period === 'yesterday') return [today.subtract({ days: 1 }), today];
  if (period === 'tomorrow') return [today.add({ days: 1 }), today.add({ days: 2 })];
  const days = Number(rest);
  if (days > 0 && way === 'last') return [today.subtract({ days: days - 1 }), today.add({ days: 1 })];
  if (days > 0) return [today, today.add({ days })];
  const first = {
    week: today.subtract({ days: today.dayOfWeek - 1 }),
    month: today.with({ day: 1 }),
    quarter: today.with({ day: 1, month: today.month - ((today.month - 1) % 3) }),
    year: today.with({ day: 1, month: 1 }),
  }[rest]!;
  const length = { week: { weeks: 1 }, month: { months: 1 }, quarter: { months: 3 }, year: { years: 1 } }[rest]!;
  const from = way === 'last' ? first.subtract(length) : way === 'next' ? first.add(length) : first;
  return [from, from.add(length)];
}

test('a period is of the days where the caller lives', async () => {
  const units = ['week', 'month', 'quarter', 'year'].flatMap((unit) =>
    ['this', 'last', 'next'].map((way) => `${way}_${unit}`),
  );
  for (const period of ['today', 'yesterday', 'tomorrow', ...units, 'last_1_days', 'last_30_days', 'next_90_days']) {
    const [from, to] = bounds(period);
    const inside = (day: string | null) =>
      day !== null && Temporal.PlainDate.compare(day, from) >= 0 && Temporal.PlainDate.compare(day, to) < 0;
    const expected = deals.filter((deal) => inside(deal.expected_close_on));
    const filter = { field: 'expected_close_on', op: 'within', value: period };
    assert.deepEqual(await idsOf('deals', filter), ids(expected), period);

    const midnights = [from, to].map((day) => day.toZonedDateTime(zone).toInstant());
    const moments = midnights.flatMap((at) => [at.subtract({ milliseconds: 1 }), at]);
    const tasks = await create<{ id: string }>(
      'tasks',
      moments.map((at) => ({ title: period, due_at: at.toString() })),
    );
    const due = {
      and: [
        { field: 'title', op: 'eq', value: period },
        { field: 'due_at', op: 'within', value: period },
      ],
    };
    assert.deepEqual(await idsOf('tasks', due), ids([tasks[1]!, tasks[2]!]), period);
  }
});

test('what a filter cannot mean is refused with what it can', async () => {
  const refused = async (filter: object) => {
    const { status, body } = await api(
      'GET',
      `/api/v1/contacts?${new URLSearchParams({ filter: JSON.stringify(filter) })}`,
    );
    assert.equal(status, 422, JSON.stringify(body));
    return body.errors[0].message as string;
  };
  assert.match(await refused({ any: 'pets' }), /connected to company, owner, .*not to "pets"/);
  assert.match(
    await refused({ any: 'deals', where: { field: 'given_name', op: 'eq', value: 'x' } }),
    /no field "given_name"/,
  );
  assert.match(await refused({ any: 'deals', none: 'deals' }), /Write \{"any": "deals"/);
  assert.match(await refused({ field: 'created_at', op: 'within', value: 'last_0_days' }), /last_30_days/);
  assert.match(
    await refused({ field: 'created_at', op: 'within', value: ["'; drop table contact; --"] }),
    /last_30_days/,
  );
  const deep = (n: number): object =>
    n === 0 ? { any: 'company' } : { any: 'company', where: { any: 'contacts', where: deep(n - 1) } };
  assert.match(await refused(deep(10)), /at most 8 deep/);
  assert.match(await refused({ or: Array.from({ length: 5 }, () => deep(1)) }), /related records at most 12 times/);
});
