import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Answer, type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';

let app: TestApp;
let api: Client;
before(async () => {
  app = await startTestApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000', RATE_LIMIT_CALLER_PER_MINUTE: '1000000' });
  ({ api } = await (await app.tenant()).as('admin'));
});
after(() => app.stop());

type Row = Record<string, unknown> & { id: string };

/**
 * Something a person does to one of a few records. Where it cannot be done as things stand, it is refused and changes
 * nothing.
 */
type Step =
  | { does: 'create'; noun: Noun; name: string; tags: number[]; city: string | null }
  | { does: 'update'; noun: Noun; at: number; values: Record<string, unknown> }
  | { does: 'tag'; noun: Noun; at: number; tags: number[] }
  | { does: 'delete'; noun: Noun; at: number }
  | { does: 'restore'; noun: Noun; at: number }
  | { does: 'merge'; noun: Exclude<Noun, 'deals'>; at: number; other: number }
  | { does: 'close'; noun: 'deals'; at: number; outcome: 'won' | 'lost' }
  | { does: 'reopen'; noun: 'deals'; at: number }
  | { does: 'lines'; noun: 'deals'; at: number; quantity: string };

const nouns = ['contacts', 'companies', 'deals'] as const;
type Noun = (typeof nouns)[number];
const nameField = { contacts: 'given_name', companies: 'name', deals: 'name' } as const;

const noun = fc.constantFrom(...nouns);
const deals = fc.constant('deals' as const);
const at = fc.nat(3);
const word = fc.constantFrom('Rome', 'Bern', 'Ωmega', 'x');
const tags = fc.uniqueArray(fc.nat(2), { maxLength: 3 });
const listed = (value: fc.Arbitrary<string>) =>
  fc.array(fc.record({ label: fc.option(word), value }), { maxLength: 2 });
const values = fc.record(
  {
    source: word,
    city: fc.option(word),
    industry: fc.option(word),
    description: fc.option(word),
    job_title: fc.option(word),
    amount: fc.constantFrom('1.50', '99999999999999.99', '0.00'),
    currency: fc.constantFrom('USD', 'EUR'),
    stage: fc.nat(5),
    company: fc.option(at),
    contact: fc.option(at),
    custom: fc.dictionary(fc.constantFrom('one', 'two'), fc.option(word), { maxKeys: 2 }),
    other_emails: listed(fc.constantFrom('a@x.example', 'b@x.example')),
    other_addresses: fc.array(fc.record({ label: fc.option(word), city: word }), { maxLength: 2 }),
    social_profiles: listed(word),
    birthday: fc.option(fc.constantFrom('1990-04-30', '--02-29')),
  },
  { requiredKeys: [] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('create' as const), noun, name: word, tags, city: fc.option(word) }),
  { weight: 4, arbitrary: fc.record({ does: fc.constant('update' as const), noun, at, values }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('tag' as const), noun, at, tags }) },
  fc.record({ does: fc.constant('delete' as const), noun, at }),
  fc.record({ does: fc.constant('restore' as const), noun, at }),
  fc.record({ does: fc.constant('merge' as const), noun: fc.constantFrom('contacts', 'companies'), at, other: at }),
  fc.record({ does: fc.constant('close' as const), noun: deals, at, outcome: fc.constantFrom('won', 'lost') }),
  fc.record({ does: fc.constant('reopen' as const), noun: deals, at }),
  fc.record({ does: fc.constant('lines' as const), noun: deals, at, quantity: fc.constantFrom('1', '2.5') }),
);

const fieldsOf: Record<Noun, string[]> = {
  contacts: [
    'source',
    'city',
    'job_title',
    'company',
    'custom',
    'other_emails',
    'other_addresses',
    'social_profiles',
    'birthday',
  ],
  companies: ['city', 'industry', 'description', 'custom'],
  deals: ['source', 'description', 'amount', 'currency', 'stage', 'company', 'contact', 'custom'],
};

interface World {
  made: Record<Noun, string[]>;
  tags: string[];
  stages: string[];
  product: string;
}

async function world(): Promise<World> {
  const made = {} as World['made'];
  for (const each of nouns) {
    const data = [1, 2].map((n) => ({ [nameField[each]]: `Start ${n}` }));
    made[each] = (await api('POST', `/api/v1/${each}/bulk`, { data })).body.data.map(({ id }: Row) => id);
  }
  return {
    made,
    tags: await tagIds(),
    stages: (await api('GET', '/api/v1/stages?limit=50')).body.data.map(({ id }: Row) => id),
    product: (await api('GET', '/api/v1/products')).body.data[0].id,
  };
}

async function tagIds(): Promise<string[]> {
  const known = (await api('GET', '/api/v1/tags')).body.data as Row[];
  if (known.length > 0) return known.map(({ id }) => id);
  const data = ['Red', 'Green', 'Blue'].map((name) => ({ name }));
  for (const key of ['one', 'two'])
    for (const resource of ['contact', 'company', 'deal'])
      await api('POST', '/api/v1/custom-fields', { resource, key, label: key, type: 'text' });
  await api('POST', '/api/v1/products', { name: 'Thing', unit_price: '9.50' });
  return (await api('POST', '/api/v1/tags/bulk', { data })).body.data.map(({ id }: Row) => id);
}

function take({ made, tags: known, stages, product }: World, what: Step): Promise<Answer> {
  const path = `/api/v1/${what.noun}`;
  if (what.does === 'create')
    return api('POST', path, {
      [nameField[what.noun]]: what.name,
      ...(what.noun !== 'deals' && { city: what.city }),
      tags: what.tags.map((n) => known[n]),
    });
  const ids = made[what.noun];
  const one = `${path}/${ids[what.at % ids.length]}`;
  if (what.does === 'delete') return api('DELETE', one);
  if (what.does === 'restore') return api('POST', `${one}/restoration`);
  if (what.does === 'merge') return api('POST', `${one}/merge`, { others: [ids[what.other % ids.length]] });
  if (what.does === 'close') return api('POST', `${one}/closure`, { outcome: what.outcome });
  if (what.does === 'reopen') return api('DELETE', `${one}/closure`);
  if (what.does === 'lines')
    return api('PUT', `${one}/lines`, { lines: [{ product_id: product, quantity: what.quantity }] });
  if (what.does === 'tag') return api('PATCH', one, { tags: what.tags.map((n) => known[n]) });
  const { stage, company, contact, ...others } = Object.fromEntries(
    Object.entries(what.values).filter(([field]) => fieldsOf[what.noun].includes(field)),
  );
  return api('PATCH', one, {
    ...others,
    ...(stage !== undefined && { stage_id: stages[(stage as number) % stages.length] }),
    ...(company !== undefined && { company_id: pick(made.companies, company) }),
    ...(contact !== undefined && { contact_id: pick(made.contacts, contact) }),
  });
}

const pick = (ids: string[], at: unknown) => (at === null ? null : ids[(at as number) % ids.length]);

/** All there is, as the API answers it, but for what each change renews. */
async function state(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const each of nouns)
    for (const trashed of [false, true]) {
      const { body } = await api('GET', `/api/v1/${each}?limit=200&sort=created_at&trashed=${trashed}`);
      assert.equal(body.next_cursor, null);
      rows.push(...body.data.map((row: Row) => ({ ...row, version: 0, updated_at: '' })));
    }
  return rows;
}

/** Taking back a creation leaves the record in the trash: that is the state before, seen from the lists. */
const alive = (rows: Row[]) => rows.filter(({ deleted_at }) => deleted_at === null);
const still = (rows: Row[], ids: Set<string>) => rows.filter(({ id }) => ids.has(id));
const text = (rows: Row[]) => JSON.stringify(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)));

async function doAll(place: World, steps: Step[]) {
  const changes: { id: string; step: Step; record: string }[] = [];
  for (const each of steps) {
    const answer = await take(place, each);
    assert.ok(answer.status < 500, JSON.stringify(answer.body));
    if (answer.status >= 300) continue;
    const record =
      answer.body?.id ?? (each.does === 'create' ? '' : place.made[each.noun][each.at % place.made[each.noun].length]);
    if (each.does === 'create') place.made[each.noun].push(record);
    changes.push({ id: answer.headers.get('change-id')!, step: each, record });
  }
  return changes;
}

const undo = (change: string) => api('POST', `/api/v1/changes/${change}/reversal`);
const nothing = (answer: Answer) => answer.status === 404 || answer.body.code === 'nothing_to_undo';

test('whatever was done, taking it back in reverse order gives the state before, and redoing that the state after', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const place = await world();
      const before = await state();
      const ids = new Set(before.map(({ id }) => id));
      const changes = await doAll(place, steps);
      const after = await state();
      const reversals: string[] = [];
      for (const { id, step: what } of changes.toReversed()) {
        const answer = await undo(id);
        // A change that set what was there already left no trace.
        if (nothing(answer) && (what.does === 'update' || what.does === 'tag')) continue;
        assert.equal(answer.status, 200, `${JSON.stringify(what)}: ${JSON.stringify(answer.body)}`);
        assert.deepEqual(answer.body.skipped_samples, []);
        reversals.push(answer.body.id);
      }
      const undone = await state();
      assert.equal(text(still(undone, ids)), text(before));
      assert.equal(text(alive(undone)), text(alive(before)));
      for (const id of reversals.toReversed()) assert.equal((await undo(id)).status, 200);
      assert.equal(text(trashTimes(await state())), text(trashTimes(after)));
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

/** What is put into the trash again has been there since then. */
const trashTimes = (rows: Row[]) => rows.map((row) => ({ ...row, deleted_at: row.deleted_at !== null }));

test('taking back an older change leaves what was set since, and says so', async () => {
  await fc.assert(
    fc.asyncProperty(values, values, async (first, second) => {
      const place = await world();
      const one = { does: 'update', noun: 'companies', at: 0 } as const;
      const id = place.made.companies[0]!;
      const read = async () => (await api('GET', `/api/v1/companies/${id}`)).body as Row;
      const start = await read();
      const older = await take(place, { ...one, values: first });
      const between = await read();
      await take(place, { ...one, values: second });
      const end = await read();
      const answer = await undo(older.headers.get('change-id')!);
      const now = await read();
      const left: string[] = [];
      for (const field of ['city', 'industry', 'description']) {
        const set = start[field] !== between[field];
        const newer = between[field] !== end[field];
        assert.equal(now[field], set && !newer ? start[field] : end[field], field);
        if (set && newer) left.push(field);
      }
      const [customOf, customLeft] = [(row: Row) => row.custom as Record<string, unknown>, [] as string[]];
      for (const key of ['one', 'two']) {
        const set = customOf(start)[key] !== customOf(between)[key];
        const newer = customOf(between)[key] !== customOf(end)[key];
        assert.equal(customOf(now)[key], set && !newer ? customOf(start)[key] : customOf(end)[key], key);
        if (set && newer) customLeft.push(`custom.${key}`);
      }
      const said =
        answer.status === 200 ? answer.body.skipped_samples.flatMap((each: { fields: string[] }) => each.fields) : null;
      if (said) assert.deepEqual(said.sort(), [...left, ...customLeft].sort());
      else assert.ok(nothing(answer), JSON.stringify(answer.body));
    }),
    { numRuns: 25 },
  );
});
