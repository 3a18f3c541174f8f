import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';

interface Company {
  id: string;
  name: string;
  city: string | null;
  employee_count: number | null;
  founded_year: number | null;
  annual_revenue: string | null;
  created_at: string;
}

const cities = ['Rome', 'rome', 'Ürümqi', '100%', 'a_b', "O'Hare", 'back\\slash'];
const random = { seed: 20261120, numRuns: 80 };

let app: TestApp;
let api: Client;
let companies: Company[];
before(async () => {
  app = await startTestApp({ RATE_LIMIT_CALLER_PER_MINUTE: '100000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' });
  ({ api } = await (await app.tenant()).as('admin'));
  // Few values and many gaps, so that ties and nulls are common.
  const row = fc.record({
    name: fc.constantFrom('Same', 'Same', 'Other', 'Émile', 'zebra'),
    city: fc.option(fc.constantFrom(...cities)),
    employee_count: fc.option(fc.integer({ min: 0, max: 5 })),
    founded_year: fc.option(fc.integer({ min: 1999, max: 2003 })),
    annual_revenue: fc.option(fc.integer({ min: -300, max: 300 }).map((cents) => (cents / 100).toFixed(2))),
  });
  const data = fc.sample(row, { seed: random.seed, numRuns: 60 });
  const answer = await api('POST', '/api/v1/companies/bulk', { data });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  companies = answer.body.data;
});
after(() => app.stop());

async function list(query: Record<string, string>) {
  const { status, body } = await api('GET', `/api/v1/companies?${new URLSearchParams(query)}`);
  assert.equal(status, 200, JSON.stringify([query, body]));
  return body as {
    data: Company[];
    next_cursor: string | null;
    total: number | null;
    total_is_exact: boolean;
    sums?: object;
  };
}

test("a list of one owner's records shows them as a list of all does", async () => {
  const tenant = await app.tenant();
  const { api: admin, user_id: first } = await tenant.as('admin', 'First');
  const { user_id: second } = await tenant.as('member', 'Second');
  for (const [at, owner_id] of [first, second, first, null].entries())
    assert.equal((await admin('POST', '/api/v1/contacts', { given_name: `Owned ${at}`, owner_id })).status, 201);
  const shown = async (query: Record<string, string>) =>
    (await admin('GET', `/api/v1/contacts?${new URLSearchParams({ sort: 'name', ...query })}`)).body.data;
  const all = await shown({});
  for (const [value, name] of [
    [first, 'First'],
    [second, 'Second'],
  ]) {
    const owned = all.filter((row: { owner: { name: string } | null }) => row.owner?.name === name);
    const condition = { field: 'owner_id', op: 'eq', value };
    const named = { field: 'name', op: 'contains', value: 'Owned' };
    for (const filter of [condition, { and: [named, condition] }])
      assert.deepEqual(await shown({ filter: JSON.stringify(filter) }), owned);
    assert.ok(owned.length > 0);
  }
});

test('the trash of what has none is empty', async () => {
  assert.equal((await api('POST', '/api/v1/tags', { name: 'Kept' })).status, 201);
  const { status, body } = await api('GET', '/api/v1/tags?trashed=true&count=true');
  assert.deepEqual([status, body.data, body.total], [200, [], 0]);
});

const sortKey = fc.constantFrom('name', 'city', 'employee_count', 'founded_year', 'annual_revenue', 'created_at', 'id');
const sorting = fc
  .uniqueArray(fc.tuple(sortKey, fc.constantFrom('', '-')), { minLength: 1, maxLength: 3, selector: ([key]) => key })
  .map((keys) => keys.map(([key, sign]) => sign + key).join(','));

test('pages of any sort follow each other without gap or double', async () => {
  await fc.assert(
    fc.asyncProperty(sorting, fc.integer({ min: 1, max: 40 }), async (sort, limit) => {
      const whole = await list({ sort, limit: '200' });
      assert.equal(whole.data.length, companies.length);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await list({ sort, limit: String(limit), ...(cursor && { cursor }) });
        assert.ok(page.data.length <= limit);
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.next_cursor;
      }
      assert.deepEqual(
        seen,
        whole.data.map(({ id }) => id),
      );
    }),
    { ...random, numRuns: 30 },
  );
});

test('texts sort as a language orders them, with what is empty at the end either way', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const data = ['Zürich', 'Ärzen', 'aachen', 'Bonn', null].map((city) => ({ name: 'Same', city }));
  assert.equal((await api('POST', '/api/v1/companies/bulk', { data })).status, 201);
  const order = async (sort: string) =>
    (await api('GET', `/api/v1/companies?sort=${sort}`)).body.data.map(({ city }: Company) => city);
  assert.deepEqual(await order('city'), ['aachen', 'Ärzen', 'Bonn', 'Zürich', null]);
  assert.deepEqual(await order('-city'), ['Zürich', 'Bonn', 'Ärzen', 'aachen', null]);
});

test('numbers sort as numbers, with what is empty at the end either way', async () => {
  const order = (rows: Company[]) => rows.map((row) => row.annual_revenue && Number(row.annual_revenue));
  const up = order((await list({ sort: 'annual_revenue', limit: '200' })).data);
  const down = order((await list({ sort: '-annual_revenue', limit: '200' })).data);
  const values = up.filter((value) => value !== null) as number[];
  assert.deepEqual(
    values,
    [...values].sort((a, b) => a - b),
  );
  assert.ok(values.length < up.length);
  assert.deepEqual(up, [...values, ...Array(up.length - values.length).fill(null)]);
  assert.deepEqual(down, [...values.toReversed(), ...up.slice(values.length)]);
});

type Filter = { field: keyof Company; op: string; value?: unknown } | { and: Filter[] } | { or: Filter[] };

const text = fc.constantFrom(...cities, 'o', '%', '_', '\\', 'ROME', '');
const count = fc.integer({ min: -1, max: 6 });
const amount = fc.integer({ min: -300, max: 300 }).map((cents) => (cents / 100).toFixed(2));
const comparing = fc.constantFrom('eq', 'ne', 'lt', 'lte', 'gt', 'gte');
const numbers = <F extends keyof Company>(field: F, value: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc.record({ field: fc.constant(field), op: comparing, value }),
    fc.record({ field: fc.constant(field), op: fc.constant('between'), value: fc.tuple(value, value) }),
    fc.record({
      field: fc.constant(field),
      op: fc.constant('in'),
      value: fc.array(value, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ field: fc.constant(field), op: fc.constantFrom('is_empty', 'not_empty') }),
  );
const condition = fc.oneof(
  fc.record({ field: fc.constant('city'), op: fc.constantFrom('eq', 'ne', 'contains', 'starts_with'), value: text }),
  fc.record({
    field: fc.constant('city'),
    op: fc.constant('in'),
    value: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ field: fc.constant('city'), op: fc.constantFrom('is_empty', 'not_empty') }),
  numbers('employee_count', count),
  numbers('annual_revenue', amount),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    condition as fc.Arbitrary<Filter>,
    fc.record({ and: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
  ),
}));

/**
 * What a filter means, said once more in JavaScript. As in SQL, a comparison with nothing is neither true nor false.
 */
function holds(filter: Filter, row: Company): boolean | null {
  if ('and' in filter || 'or' in filter) {
    const [parts, decisive] = 'and' in filter ? [filter.and, false] : [filter.or, true];
    const results = parts.map((part) => holds(part, row));
    if (results.includes(decisive)) return decisive;
    return results.includes(null) ? null : !decisive;
  }
  const { field, op, value } = filter;
  const money = field === 'annual_revenue';
  const number = (v: unknown) => (money ? Math.round(Number(v) * 100) : v);
  const has = (row[field] === null ? null : number(row[field])) as string | number | null;
  if (op === 'is_empty') return has === null;
  if (op === 'not_empty') return has !== null;
  if (op === 'ne') return has !== number(value);
  if (has === null) return null;
  const lower = String(has).toLowerCase();
  if (op === 'eq') return has === number(value);
  if (op === 'in') return (value as unknown[]).map(number).includes(has);
  if (op === 'contains') return lower.includes(String(value).toLowerCase());
  if (op === 'starts_with') return lower.startsWith(String(value).toLowerCase());
  const [from, to = from] = [value].flat().map(number) as number[];
  const n = has as number;
  const compared = { lt: n < from!, lte: n <= from!, gt: n > from!, gte: n >= from!, between: n >= from! && n <= to! };
  return compared[op as keyof typeof compared];
}

test('sums are those of all rows that match, to the last cent', async () => {
  await fc.assert(
    fc.asyncProperty(filter, async (wanted) => {
      const found = await list({ filter: JSON.stringify(wanted), limit: '1', sums: 'employee_count,annual_revenue' });
      const rows = companies.filter((row) => holds(wanted, row) === true);
      const people = rows.reduce((sum, row) => sum + (row.employee_count ?? 0), 0);
      const paid = rows.flatMap(({ annual_revenue }) => annual_revenue ?? []);
      const cents = paid.reduce((sum, value) => sum + Math.round(Number(value) * 100), 0);
      const revenue = paid.length > 0 ? [{ amount: (cents / 100).toFixed(2), currency: 'USD' }] : [];
      assert.deepEqual(found.sums, { employee_count: String(people), annual_revenue: revenue });
    }),
    { ...random, numRuns: 30 },
  );
  for (const sums of ['name', 'nothing', ''.padEnd(20, 'x,')])
    assert.equal((await api('GET', `/api/v1/companies?sums=${sums}`)).status, 422, sums);
});

test('a filter finds exactly what it says, and counts it', async () => {
  await fc.assert(
    fc.asyncProperty(filter, async (wanted) => {
      const found = await list({ filter: JSON.stringify(wanted), limit: '200', count: 'true' });
      const expected = companies.filter((row) => holds(wanted, row) === true);
      assert.deepEqual(found.data.map(({ id }) => id).sort(), expected.map(({ id }) => id).sort());
      assert.deepEqual([found.total, found.total_is_exact], [expected.length, true]);
    }),
    random,
  );
});

/** What somebody else does while one reads page after page. */
const doing = fc.record({
  does: fc.constantFrom('create', 'delete', 'rename', 'note'),
  at: fc.nat(29),
  name: fc.constantFrom('Another', 'Same', 'zebra'),
});
let readings = 0;

test('whatever others write meanwhile, pages hold each row that stays where it is once, in its order, and none twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      sorting,
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.array(doing, { maxLength: 4 }), { minLength: 3, maxLength: 8 }),
      async (sort, limit, rounds) => {
        const industry = `reading ${++readings}`;
        const data = companies
          .slice(0, 30)
          .map(({ name, city, employee_count }) => ({ name, city, employee_count, industry }));
        const rows = (await api('POST', '/api/v1/companies/bulk', { data })).body.data as Company[];
        const query = { sort, filter: JSON.stringify({ field: 'industry', op: 'eq', value: industry }) };
        const gone = new Set<string>();
        const moved = new Set<string>();
        const write = async ({ does, at, name }: (typeof rounds)[number][number]) => {
          const { id } = rows[at]!;
          if (does === 'create') return api('POST', '/api/v1/companies', { name, industry });
          if (does === 'delete') gone.add(id);
          if (does === 'rename' && /\bname/.test(sort)) moved.add(id);
          if (does === 'delete') return api('DELETE', `/api/v1/companies/${id}`);
          return api('PATCH', `/api/v1/companies/${id}`, does === 'rename' ? { name } : { description: name });
        };
        const seen: string[] = [];
        for (let [cursor, n] = ['' as string | null, 0]; cursor !== null; n++) {
          const [page] = await Promise.all([
            list({ ...query, limit: String(limit), ...(cursor && { cursor }) }),
            ...(rounds[n] ?? []).map(write),
          ]);
          seen.push(...page.data.map(({ id }) => id));
          cursor = page.next_cursor;
        }
        const stays = (id: string) => rows.some((row) => row.id === id) && !gone.has(id) && !moved.has(id);
        const whole = (await list({ ...query, limit: '200' })).data.map(({ id }) => id);
        assert.deepEqual(seen.filter(stays), whole.filter(stays));
        const still = seen.filter((id) => !moved.has(id));
        assert.equal(new Set(still).size, still.length, 'none twice');
      },
    ),
    { ...random, numRuns: 12 },
  );
});
