import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Client, startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { importNow } from '../../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const tricky = [
  'null',
  'N/A',
  '-',
  '0',
  '007',
  '1,234',
  '1.234',
  '2026-02-03',
  '=1+1',
  "'tis",
  '"quoted"',
  'a;b',
  'a, b',
  'two\nlines',
  'true',
  '山田',
  '\\N',
];
const words = (max: number) =>
  fc
    .oneof(fc.constantFrom(...tricky), fc.string({ unit: 'grapheme', minLength: 1, maxLength: max }))
    .map((value) => value.replace(/[\0\uFFFD]/g, '').trim())
    .filter((value) => value !== '' && value.length <= max && value.isWellFormed());
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
const day = fc
  .date({ min: new Date('1950-01-01'), max: new Date('2090-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** As the API shows it: with as many decimals as its currency has. */
function amountIn(currency: Currency, minor: bigint): string {
  const places = digits[currency];
  const figures = minor.toString().padStart(places + 1, '0');
  return places === 0 ? figures : `${figures.slice(0, -places)}.${figures.slice(-places)}`;
}
const digits = { USD: 2, JPY: 0, KWD: 3 };
type Currency = keyof typeof digits;
const money = fc
  .tuple(fc.constantFrom(...(Object.keys(digits) as Currency[])), fc.bigInt({ min: 0n, max: 10n ** 13n }))
  .map(([currency, minor]) => ({ currency, amount: amountIn(currency, minor) }));
/** A field that has a currency whether or not it has an amount. */
const priced = fc
  .tuple(money, fc.boolean())
  .map(([{ currency, amount }, isKnown]) => ({ currency, amount: isKnown ? amount : null }));

const options = ['A; B', '"C"', 'N/A'];
const kinds = {
  text: words(40),
  integer: fc.integer(),
  decimal: fc.tuple(fc.integer(), fc.integer({ min: 1, max: 9 })).map(([whole, part]) => `${whole}.${part}`),
  date: day,
  boolean: fc.boolean(),
  url: fc.constantFrom('https://x.example/a?b=c;d', 'http://y.example'),
  select: fc.constantFrom(...options),
  multi_select: fc.uniqueArray(fc.constantFrom(...options), { minLength: 1 }),
  money,
};
const custom = fc.record(kinds, { requiredKeys: [] });

const owners = ['Ada Owner', 'Bo "Boss", x'];
const tagNames = ['a, b', '"vip"; old', '=key'];
const owned = {
  owner: fc.constantFrom(...owners),
  tags: fc.uniqueArray(fc.constantFrom(...tagNames), { maxLength: 3 }),
  custom,
};
const company = fc.record({
  ...owned,
  priced,
  employee_count: maybe(fc.nat()),
  founded_year: maybe(fc.integer({ min: 1000, max: 2200 })),
  industry: maybe(words(60)),
  domain: maybe(fc.constantFrom('acme.example', 'münchen.example', 'xn--mnchen-3ya.example')),
  phone: maybe(fc.constantFrom('+49 30 1234', '030/12 34 x5', '110')),
  website: maybe(kinds.url),
  street: maybe(words(60)),
  postal_code: maybe(words(20)),
  description: maybe(words(300)),
  isChild: fc.boolean(),
});
const products = ['Chair', 'Desk; oak', '"Lamp", red'];
const line = fc.record({
  product: fc.constantFrom(...products),
  price: maybe(fc.bigInt({ min: 0n, max: 10n ** 9n })),
  quantity: fc.integer({ min: 1, max: 10 ** 8 }).map((millionths) => (millionths / 10 ** 6).toFixed(6)),
  discount: fc.integer({ min: 0, max: 100_000 }).map((thousandths) => (thousandths / 1_000).toFixed(3)),
});
const deal = fc.record({
  ...owned,
  priced,
  source: maybe(words(60)),
  description: maybe(words(300)),
  company: maybe(fc.nat()),
  stage: fc.nat(),
  sold: fc.array(line, { maxLength: 4 }),
  opened_on: maybe(day),
  expected_close_on: maybe(day),
  closed_on: day,
  isReasoned: fc.boolean(),
});

interface Named {
  id: string;
  name: string;
}
type Stage = Named & { kind: string };
type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;

const add = async <R extends Named>(api: Client, path: string, data: object[]): Promise<R[]> => {
  const { status, body } = await api('POST', `/api/v1/${path}/bulk`, { data });
  assert.equal(status, 201, JSON.stringify(body));
  return body.data;
};

/** A workspace with all that files name and do not bring along. */
async function workspace() {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const people = new Map<string, string>();
  for (const name of owners) people.set(name, (await tenant.as('member', name)).user_id);
  const pipelines = await add<Named & { stages: Stage[] }>(api, 'pipelines', [
    { name: 'Sales' },
    { name: 'Big; "deals"' },
  ]);
  const fields = ['company', 'deal'].flatMap((resource) =>
    Object.keys(kinds).map((type) => ({
      resource,
      key: type,
      label: `Own ${type}`,
      type,
      ...(/select/.test(type) && { options }),
    })),
  );
  await add(api, 'custom-fields', fields);
  return { api, people, stages: pipelines.flatMap(({ stages }) => stages) };
}

async function fill(
  { api, people, stages }: Awaited<ReturnType<typeof workspace>>,
  companies: Drawn<typeof company>[],
  deals: Drawn<typeof deal>[],
): Promise<void> {
  const named = async (path: string, data: object[]) =>
    new Map((await add(api, path, data)).map(({ id, name }) => [name, id]));
  const tags = await named('tags', tagNames.map((name) => ({ name }))); // biome-ignore format: one call
  const goods = await named('products', products.map((name) => ({ name }))); // biome-ignore format: one call
  const reasons = await named('close-reasons', [
    { name: 'Price, "terms"', outcome: 'won' },
    { name: 'N/A', outcome: 'lost' },
  ]);
  const owned = (one: { owner: string; tags: string[] }) => ({
    owner_id: people.get(one.owner),
    tags: one.tags.map((name) => tags.get(name)),
  });
  const firm = ({ owner, priced, isChild, ...rest }: Drawn<typeof company>, at: number, parents: Named[]) => ({
    ...rest,
    ...owned({ owner, tags: rest.tags }),
    name: `Company ${at}; "x"`,
    external_id: at % 2 ? null : `c ${at}`,
    annual_revenue: priced.amount,
    currency: priced.currency,
    parent_id: isChild && parents.length > 0 ? parents[0]!.id : null,
  });
  const [first, ...others] = companies;
  const firms = await add(api, 'companies', [firm(first!, 0, [])]);
  if (others.length > 0)
    firms.push(
      ...(await add(
        api,
        'companies',
        others.map((one, at) => firm(one, at + 1, firms)),
      )),
    );
  const made = deals.map(({ owner, priced, stage, company, sold, closed_on, isReasoned, ...rest }, at) => {
    const { id: stage_id, kind } = stages[stage % stages.length]!;
    const reason = kind === 'won' ? 'Price, "terms"' : 'N/A';
    return {
      ...rest,
      ...owned({ owner, tags: rest.tags }),
      ...priced,
      ...(kind !== 'open' && { closed_on, close_reason_id: isReasoned ? reasons.get(reason) : null }),
      name: `Deal ${at}`,
      external_id: at % 2 ? null : `d ${at}`,
      stage_id,
      company_id: company === null ? null : firms[company % firms.length]!.id,
      lines: sold.map(({ product, price, quantity, discount }) => ({
        product_id: goods.get(product),
        quantity,
        discount_percent: discount,
        ...(price !== null && { unit_price: amountIn(priced.currency, price) }),
      })),
    };
  });
  await add(api, 'deals', made);
}

const nameOf = (value: unknown) => (value as Named | null)?.name ?? null;

interface Line {
  product: Named;
  quantity: string;
  unit_price: string;
  discount_percent: string;
}

/** All of a noun by id, without what names a row of that workspace or a moment. */
async function all(api: Client, plural: string): Promise<object> {
  const { body } = await api('GET', `/api/v1/${plural}?limit=200`);
  assert.equal(body.next_cursor, null);
  const references = ['company', 'contact', 'owner', 'parent', 'pipeline', 'stage', 'close_reason'];
  const fleeting = ['version', 'created_at', 'updated_at', 'stage_entered_at', 'left_lying', 'position', 'score'];
  return Object.fromEntries(
    (body.data as Record<string, unknown>[]).map(({ id, ...record }) => {
      const names = references.filter((key) => key in record).map((key) => [key, nameOf(record[key])]);
      const tags = ((record.tags ?? []) as Named[]).map(({ name }) => name);
      const lines = ((record.lines ?? []) as Line[]).map(({ product, quantity, unit_price, discount_percent }) => [
        product.name,
        quantity,
        unit_price,
        discount_percent,
      ]);
      const rest = Object.entries(record).filter(([key]) => !key.endsWith('_id') && !fleeting.includes(key));
      return [
        id,
        Object.fromEntries([...rest, ['external_id', record.external_id], ...names, ['tags', tags], ['lines', lines]]),
      ];
    }),
  );
}

test('companies and deals that are exported and imported elsewhere are equal to those that were there', async () => {
  const drawn = fc.tuple(
    fc.array(company, { minLength: 1, maxLength: 12 }),
    fc.array(deal, { minLength: 1, maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(drawn, async ([companies, deals]) => {
      const [here, there] = [await workspace(), await workspace()];
      await fill(here, companies, deals);
      const files: [string, string][] = [];
      for (const plural of ['companies', 'products', 'deals']) {
        const { status, body } = await here.api('GET', `/api/v1/${plural}/export.csv`);
        assert.equal(status, 200, JSON.stringify(body));
        files.push([`${plural}.csv`, body]);
      }
      const done = await importNow(there.api, files);
      assert.deepEqual(done.problem_samples, []);
      for (const plural of ['companies', 'deals'])
        assert.deepEqual(
          await all(there.api, plural),
          await all(here.api, plural),
          files.map(([, text]) => text).join('\n\n'),
        );
    }),
    // A smaller example would cost hundreds of workspaces, and the limits on those hide what failed.
    { numRuns: 12, endOnFailure: true },
  );
});
