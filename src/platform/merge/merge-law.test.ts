import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { about } from '../../../test/harness/about.ts';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';

let app: TestApp;
let api: Client;
let tags: string[];
before(async () => {
  app = await startTestApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000', RATE_LIMIT_CALLER_PER_MINUTE: '1000000' });
  ({ api } = await (await app.tenant()).as('admin'));
  tags = [];
  for (const name of ['Red', 'Green', 'Blue']) tags.push(await make('tags', { name }));
  for (const resource of ['contact', 'company', 'deal']) {
    await make('custom-fields', { resource, key: 'word', label: 'Word', type: 'text' });
    for (const type of ['contact', 'company'])
      await make('custom-fields', { resource, key: type, label: `Other ${type}`, type });
  }
});
after(() => app.stop());

async function make(noun: string, body: object): Promise<string> {
  const made = await api('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}

const word = fc.constantFrom('Rome', 'Bern', 'Ωmega', 'x');
const which = fc.nat(3);
const record = fc.record({
  city: fc.option(word),
  phone: fc.option(fc.constantFrom('+1 555 01', '+1-555-01', '+49 30 1')),
  email: fc.option(fc.constantFrom('a@x.example', 'A@x.example', 'b@x.example')),
  external: fc.boolean(),
  tags: fc.uniqueArray(fc.nat(2)),
  word: fc.option(word),
});
/** What hangs on a record, or names it in a field of the workspace's own; some of it is in the trash. */
const child = fc.record({
  noun: fc.constantFrom('deals', 'notes', 'tasks', 'activities', 'contacts', 'companies'),
  of: which,
  named: fc.option(which),
  trashed: fc.boolean(),
});
const world = fc.record({
  noun: fc.constantFrom('contacts' as const, 'companies' as const),
  records: fc.array(record, { minLength: 2, maxLength: 4 }),
  children: fc.array(child, { maxLength: 6 }),
  /** Among companies: which stands under which. */
  under: fc.option(fc.tuple(which, which)),
  chosen: fc.uniqueArray(fc.constantFrom('city', 'phone', 'external_id', 'tags', 'custom')),
  survivor: which,
  from: which,
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
type Child = World['children'][number];

let made = 0;
const bodies: Record<string, () => Record<string, unknown>> = {
  deals: () => ({ name: 'Deal' }),
  notes: () => ({ body: '<p>Note</p>' }),
  tasks: () => ({ title: 'Task' }),
  activities: () => ({ kind: 'call', subject: 'Call' }),
  contacts: () => ({ given_name: 'Child' }),
  companies: () => ({ name: 'Child' }),
};

function childBody(noun: World['noun'], { noun: kind, of, named }: Child, ids: string[]): object {
  const body = bodies[kind]!();
  const id = ids[of % ids.length]!;
  if (['notes', 'tasks', 'activities'].includes(kind))
    return { ...body, ...about(kind, noun === 'contacts' ? 'contact' : 'company', id) };
  const column = noun === 'contacts' ? 'contact_id' : kind === 'companies' ? 'parent_id' : 'company_id';
  if (noun === 'companies' || !['contacts', 'companies'].includes(kind)) body[column] = id;
  if (named !== null && ['deals', 'contacts', 'companies'].includes(kind))
    body.custom = { [noun === 'contacts' ? 'contact' : 'company']: ids[named % ids.length] };
  return body;
}

async function build({ noun, records, children, under }: World) {
  const ids: string[] = [];
  for (const { city, phone, email, external, tags: some, word: text } of records)
    ids.push(
      await make(noun, {
        ...(noun === 'contacts' ? { given_name: 'One', email } : { name: 'One' }),
        city,
        phone,
        tags: some.map((n) => tags[n]),
        external_id: external ? `x${++made}` : null,
        custom: text === null ? {} : { word: text },
      }),
    );
  const all = ids.map((id) => [noun, id] as [string, string]);
  for (const each of children) {
    const id = await make(each.noun, childBody(noun, each, ids));
    all.push([each.noun, id]);
    if (each.trashed) await api('DELETE', `/api/v1/${each.noun}/${id}`);
  }
  if (noun === 'companies' && under) {
    const [child_id, parent_id] = under.map((n) => ids[n % ids.length]);
    if (child_id !== parent_id) await api('PATCH', `/api/v1/companies/${child_id}`, { parent_id });
  }
  return { ids, all };
}

/** Every record, in the trash or not, as the API answers it, but for what each change renews. */
async function state(all: [string, string][]): Promise<object[]> {
  const rows: object[] = [];
  for (const [noun, id] of all) {
    const { status, body } = await api('GET', `/api/v1/${noun}/${id}`);
    const row = status === 200 ? body : await trashed(noun, id);
    assert.ok(row, `${noun}/${id}: ${status}`);
    rows.push({ ...row, version: 0, updated_at: '' });
  }
  return rows;
}

async function trashed(noun: string, id: string): Promise<object | undefined> {
  const { body } = await api('GET', `/api/v1/${noun}?trashed=true&limit=200&sort=-created_at`);
  return body.data.find((row: { id: string }) => row.id === id);
}

test('merging and taking that back leaves every record concerned as it was', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (what) => {
      const { noun, survivor, from, chosen } = what;
      const { ids, all } = await build(what);
      const before = await state(all);
      const [kept, source] = [
        ids[survivor % ids.length]!,
        (await api('GET', `/api/v1/${noun}/${ids[from % ids.length]}`)).body,
      ];
      const values = Object.fromEntries(
        chosen.map((field) => [field, field === 'tags' ? source.tags.map((t: { id: string }) => t.id) : source[field]]),
      );
      const merged = await api('POST', `/api/v1/${noun}/${kept}/merge`, {
        others: ids.filter((id) => id !== kept),
        values,
      });
      assert.equal(merged.status, 200, JSON.stringify(merged.body));
      for (const field of chosen)
        if (field !== 'tags' && field !== 'custom') assert.deepEqual(merged.body[field], source[field], field);
      for (const id of ids.filter((each) => each !== kept))
        assert.equal((await api('GET', `/api/v1/${noun}/${id}`)).body.merged_into, kept);
      const left = JSON.stringify(await state(all.slice(ids.length)));
      for (const id of ids) if (id !== kept) assert.ok(!left.includes(id), 'nothing refers to what was absorbed');
      const undone = await api('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`);
      assert.equal(undone.status, 200, JSON.stringify(undone.body));
      assert.deepEqual(undone.body.skipped_samples, []);
      assert.deepEqual(await state(all), before);
    }),
    { numRuns: 30, endOnFailure: true },
  );
});
