import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre';
import pg from 'pg';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';

let app: SharedTestApp;
let api: Client;
let get: (path: string) => Promise<Response>;
before(async () => {
  app = await sharedTestApp();
  const { api: admin, key } = await (await app.tenant()).as('admin');
  api = admin;
  get = (path) => fetch(app.url + path, { headers: { authorization: `Bearer ${key}` } });
});

// biome-ignore lint/suspicious/noExplicitAny: records of any noun
type Row = Record<string, any>;
const made = async (path: string, body: object): Promise<Row> => {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
};
const exported = async (selection: object): Promise<Response> => {
  const { id } = await made('exports', { resource: 'deal', ...selection });
  await eventually(async () => (await api('GET', `/api/v1/exports/${id}`)).body.state === 'done');
  return get(`/api/v1/exports/${id}/content`);
};
const all_rows = 1_250;

test('a view as a file: its columns in their order, its filter and sorting, custom fields and relations, as CSV and as a workbook', async () => {
  const custom = { resource: 'deal', options: [] };
  await made('custom-fields', { ...custom, key: 'tier', label: 'Tier', type: 'select', options: ['Gold', 'Silver'] });
  await made('custom-fields', { ...custom, key: 'renewal', label: 'Renewal', type: 'date' });
  await made('custom-fields', { ...custom, key: 'budget', label: 'Budget', type: 'money' });
  const [steel, bread] = await Promise.all([
    made('companies', { name: '=Steel, Inc.', industry: 'Steel' }),
    made('companies', { name: 'Bread', industry: 'Food' }),
  ]);
  const tag = await made('tags', { name: 'Key; account' });
  const data = Array.from({ length: all_rows }, (_, at) => ({
    name: `Deal ${at}`,
    amount: at % 7 ? `${at}.25` : null,
    currency: at % 2 ? 'EUR' : 'JPY',
    company_id: at % 3 ? steel!.id : bread!.id,
    expected_close_on: at % 5 ? `2026-0${1 + (at % 9)}-15` : null,
    tags: at % 4 ? [] : [tag.id],
    custom:
      at % 2
        ? { tier: at % 3 ? 'Gold' : 'Silver', renewal: '2027-02-28', budget: { amount: '12.50', currency: 'USD' } }
        : {},
  })).map((deal) => (deal.currency === 'JPY' ? { ...deal, amount: deal.amount?.replace('.25', '') ?? null } : deal));
  for (let from = 0; from < data.length; from += 1_000)
    await made('deals/bulk', { data: data.slice(from, from + 1_000) });
  // In earnest autovacuum does it within seconds: before, a list through custom fields compares each value with each
  // deal.
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('analyze deal, custom_value');
  await owner.end();

  const view = {
    resource: 'deal',
    name: 'Steel',
    filter: {
      and: [
        { any: 'company', where: { field: 'industry', op: 'eq', value: 'Steel' } },
        {
          or: [
            { field: 'custom.tier', op: 'eq', value: 'Gold' },
            { field: 'amount', op: 'is_empty' },
          ],
        },
      ],
    },
    sort: '-custom.renewal,name',
    columns: {
      order: [
        'company_id',
        'name',
        'custom.tier',
        'amount',
        'currency',
        'stage_id',
        'owner_id',
        'expected_close_on',
        'tags',
        'custom.renewal',
        'custom.budget',
        'left_lying',
        'created_at',
        'source',
      ],
      hidden: ['source'],
      widths: {},
      pinned: [],
    },
  };
  const saved = await made('saved-views', view);
  const columns = saved.columns.order.filter((id: string) => !saved.columns.hidden.includes(id)) as string[];
  const selection = { filter: JSON.stringify(saved.filter), sort: saved.sort, columns };

  const listed: Row[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const search = new URLSearchParams({
      filter: selection.filter,
      sort: selection.sort,
      limit: '200',
      ...(cursor && { cursor }),
    });
    const { status, body } = await api('GET', `/api/v1/deals?${search}`);
    assert.equal(status, 200, JSON.stringify(body));
    listed.push(...body.data);
    cursor = body.next_cursor;
  }
  assert.ok(listed.length > 400 && listed.length < all_rows, `${listed.length} rows`);

  const heads = [
    'Company',
    'Name',
    'Tier',
    'Amount',
    'Currency',
    'Stage',
    'Owner',
    'Expected close',
    'Tags',
    'Renewal',
    'Budget',
    'Stalled',
    'Created',
  ];
  const cells = (deal: Row) => [
    `'${deal.company.name}`,
    deal.name,
    deal.custom.tier ?? '',
    deal.amount ?? '',
    deal.currency,
    deal.stage.name,
    deal.owner?.name ?? '',
    deal.expected_close_on ?? '',
    deal.tags.map(({ name }: Row) => `"${name}"`).join('; '),
    deal.custom.renewal ?? '',
    deal.custom.budget ? `${deal.custom.budget.amount} ${deal.custom.budget.currency}` : '',
    String(deal.left_lying),
    deal.created_at,
  ];
  const file = await exported({ ...selection, format: 'csv' });
  const [head, ...rows] = parse(await file.text(), { bom: true }) as string[][];
  assert.deepEqual(head, heads);
  assert.deepEqual(rows, listed.map(cells));
  const { body: atOnce } = await api(
    'GET',
    `/api/v1/deals/export.csv?${new URLSearchParams({ ...selection, columns: columns.join() })}`,
  );
  assert.deepEqual(parse(atOnce, { bom: true }), [heads, ...rows]);

  const book = await exported({ ...selection, format: 'xlsx' });
  const [sheet] = (await readXlsx(Buffer.from(await book.arrayBuffer()))).sheets;
  assert.deepEqual(sheet!.rows[0], heads);
  const day = (text: string | null) =>
    text === null ? null : new Date(text.length === 10 ? `${text}T00:00:00Z` : text).getTime();
  const known = (value: unknown) => (value instanceof Date ? value.getTime() : value === '' ? null : (value ?? null));
  for (const [at, deal] of listed.entries()) {
    const row = sheet!.rows[at + 1]!;
    const [company, name, tier, amount, , stage, , close, , renewal] = row.map(known);
    assert.deepEqual(
      [company, name, tier, amount, stage, close, renewal],
      [
        deal.company.name,
        deal.name,
        deal.custom.tier ?? null,
        deal.amount === null ? null : Number(deal.amount),
        deal.stage.name,
        day(deal.expected_close_on),
        day(deal.custom.renewal ?? null),
      ],
    );
    assert.ok(Math.abs((known(row.at(-1)) as number) - day(deal.created_at)!) < 1_000);
  }
  assert.equal(sheet!.rows.length, listed.length + 1);
});

test('a file that somebody opens in a spreadsheet begins with the mark of UTF-8, one for programs does not', async () => {
  for (const [query, mark] of [
    ['', ''],
    ['?byte_order_mark=true', '\ufeff'],
  ] as const) {
    const answer = await get(`/api/v1/deals/export.csv${query}`);
    assert.ok(
      Buffer.from(await answer.arrayBuffer())
        .toString()
        .startsWith(`${mark}Holdfast id,`),
      query,
    );
  }
});

test('what is no field, or of no list, is no column', async () => {
  for (const name of ['nothing', 'custom', 'lines', 'position', 'custom.nothing', 'tenant_id']) {
    const { status, body } = await api('POST', '/api/v1/exports', { resource: 'deal', columns: [name] });
    assert.deepEqual([status, body.errors?.[0]?.field], [422, 'columns'], name);
  }
});

test('contacts as a file: labels, further addresses, sites, profiles, birthday and positions, each in a column', async () => {
  const [acme, bread] = [await made('companies', { name: 'Acme; Ltd' }), await made('companies', { name: 'Bakery' })];
  const details = {
    email: 'ada@x.example',
    email_label: 'Work',
    other_emails: [{ label: 'Home', value: 'b@x.example' }],
    phone: '+49 30 1',
    phone_label: 'Mobile',
    address_label: 'Home',
    other_addresses: [
      { label: 'Work', street: 'Street 1', city: 'Bonn', region: 'NRW', postal_code: '53111', country: 'DE' },
    ],
    sites: [{ label: 'Blog', value: 'https://ada.example' }],
    social_profiles: [{ label: 'LinkedIn', value: '@ada' }],
    birthday: '--12-10',
  };
  const { id } = await made('contacts', { given_name: 'Ada', ...details });
  await made(`contacts/${id}/positions`, { company_id: bread.id, role: 'Board', started_on: '2020-02-01' });
  await made(`contacts/${id}/positions`, {
    company_id: acme.id,
    role: 'Clerk',
    started_on: '2010-01-01',
    ended_on: '2015-06-30',
  });
  await made(`contacts/${id}/positions`, { company_id: bread.id });
  await made('contacts', { given_name: 'Bob' });
  const { body } = await api('GET', '/api/v1/contacts/export.csv?sort=name');
  const [ada, bob] = parse(body, { bom: true, columns: true }) as Record<string, string>[];
  const shown = [
    'E-mail label',
    'More e-mail addresses',
    'Phone label',
    'Address label',
    'Sites',
    'Social profiles',
    'Birthday',
  ];
  assert.deepEqual(
    shown.map((name) => ada![name]),
    ['Work', 'Home: b@x.example', 'Mobile', 'Home', 'Blog: https://ada.example', 'LinkedIn: @ada', "'--12-10"],
  );
  for (const part of ['Work', 'Street 1', 'Bonn', 'NRW', '53111', 'Germany'])
    assert.ok(ada!['More addresses']!.includes(part), part);
  assert.deepEqual(ada!.Positions!.split('; ').length, 4, ada!.Positions);
  for (const position of [
    'Board at Bakery (2020-02-01 – )',
    '"Clerk at Acme; Ltd (2010-01-01 – 2015-06-30)"',
    '; Bakery',
  ])
    assert.ok(`; ${ada!.Positions}`.includes(position), ada!.Positions);
  assert.equal(bob!.Positions, '');
  const chosen = await api('GET', '/api/v1/contacts/export.csv?sort=name&columns=name,positions');
  assert.deepEqual(Object.keys((parse(chosen.body, { bom: true, columns: true }) as Record<string, string>[])[0]!), [
    'Name',
    'Positions',
  ]);
});
