import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { findCanaries } from '../../../test/harness/canaries.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';
import { type Receiver, startReceiver } from '../../../test/harness/receiver.ts';
import { connectAsSystem } from '../connection.ts';
import { finishSwitches } from './finish.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let receiver: Receiver;
before(async () => {
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true' });
  tenant = await app.tenant();
  api = await tenant.signedIn('admin');
  receiver = await startReceiver();
});
after(async () => {
  await app.stop();
  await receiver.stop();
});

const sealing = '/api/v1/tenant/personal-sealing';
const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
const read = async (path: string) => good(await api('GET', `/api/v1/${path}`)).body;
const made = async (path: string, body: unknown) => good(await api('POST', `/api/v1/${path}`, body)).body;
const turn = async (on: boolean) => {
  good(await api('PUT', sealing, { on }));
  const client = await connectAsSystem(app.database.ownerUrl, 'copies-test');
  await finishSwitches({ client, db: app.app.services.db }).finally(() => client.end());
  assert.equal((await read('tenant/personal-sealing')).state, on ? 'on' : 'off');
};
const ofStreet = (word: string) => encodeURIComponent(JSON.stringify({ field: 'street', op: 'contains', value: word }));
/** Where a word stands in the database. */
async function placesOf(word: string): Promise<string[]> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  return findCanaries(owner, [word]).finally(() => owner.end());
}
const load = (resource: string, text: string, options: object = {}) =>
  importNow(api, [[`${resource}.csv`, text]], ({ files }) => ({
    ...options,
    files: files.map(({ id }) => ({ id, resource })),
  }));

test('webhooks send sealed texts as they are read, and their log keeps them sealed, that of before too', async () => {
  const events = { household: { verbs: ['created', 'updated'] } };
  const hook = await made('webhooks', { name: 'Hook', url: `${receiver.url}/hook`, events });
  receiver.answer((_, response) => response.writeHead(200).end('Goldbeck was taken'));
  await made('households', { name: 'Before', street: 'Goldbeck 1' });
  await eventually(async () => receiver.received.length === 1);
  await turn(true);
  await made('households', { name: 'After', street: 'Goldbeck 2' });
  await eventually(async () => receiver.received.length === 2);
  assert.equal(receiver.received[1]!.body.data.record.street, 'Goldbeck 2');
  const log = async () => (await read(`webhooks/${hook.id}/deliveries`)).data;
  await eventually(async () => (await log()).every(({ state }: { state: string }) => state === 'delivered'));
  for (const [at, { id }] of (await log()).entries()) {
    const { payload, response } = await read(`webhooks/${hook.id}/deliveries/${id}`);
    assert.equal(JSON.parse(payload).data.record.street, `Goldbeck ${2 - at}`);
    assert.equal(response, 'Goldbeck was taken');
  }
  assert.deepEqual(await placesOf('Goldbeck'), []);

  // A filter that compares them can tell nothing: the event is passed over, and those behind it are sent.
  const filter = { field: 'street', op: 'contains', value: 'beck' };
  good(await api('PATCH', `/api/v1/webhooks/${hook.id}`, { events: { household: { verbs: ['created'], filter } } }));
  await made('households', { name: 'Filtered', street: 'Goldbeck 3' });
  await eventually(async () => (await log())[0].reason === 'filter_invalid');
  await turn(false);
  await made('households', { name: 'Filtered again', street: 'Goldbeck 4' });
  await eventually(async () => receiver.received.length === 3);
  good(await api('DELETE', `/api/v1/webhooks/${hook.id}`));
});

test('exports have sealed texts in the clear in every form, and a file of them changes nothing when it comes back', async () => {
  await made('households', { name: 'Exported', street: '=Silbermann 1' });
  await made('contacts', { given_name: 'Exported', salutation: 'Prof. Silbermann' });
  const plain = await read('households/export.csv?sort=name');
  await turn(true);
  assert.equal(await read('households/export.csv?sort=name'), plain);
  assert.match(plain, /'=Silbermann 1/);
  assert.match(await read('contacts/export.csv'), /Prof\. Silbermann/);
  for (const [resource, format] of [
    ['household', 'xlsx'],
    ['contact', 'vcf'],
  ] as const) {
    // biome-ignore format: pairs
    const { id } = await made('exports', { resource, format });
    await eventually(async () => (await read(`exports/${id}`)).state === 'done');
    const { key } = await tenant.as('admin');
    const file = await fetch(`${app.url}/api/v1/exports/${id}/content`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (format === 'vcf') assert.match(await file.text(), /Prof\. Silbermann/);
    else assert.equal((await load('household', plain)).files[0]!.counts.updated, 0);
  }
  await turn(false);
});

test('imports write sealed texts for each record, know equal ones again, and show in a check what would change', async () => {
  const text = 'External ID;Name;Street\nk-1;Known;Kupferweg 1\n';
  await load('household', text);
  // Checked before, and neither run nor given up.
  const lines = `${text.replace('weg 1', 'weg 9')};;Kupferweg 8\n`;
  const checked = (await upload(api, [['checked.csv', lines]])).body;
  const files = checked.files.map(({ id }: { id: string }) => ({ id, resource: 'household' }));
  good(await api('PATCH', `/api/v1/imports/${checked.id}`, { files }));
  const report = await follow(api, checked.id, 'dry-runs');
  assert.equal(report.files[0]!.counts.errors, 1);
  const rows = async () => (await read(`imports/${checked.id}/rows?file_id=${files[0].id}`)).data;
  const kept = await rows();
  assert.match(JSON.stringify(kept), /Kupferweg 8/);
  await turn(true);
  assert.deepEqual(await placesOf('Kupferweg'), []);
  assert.deepEqual(await rows(), kept);
  const changes = async () =>
    (await read(`imports/${checked.id}/outcomes?file_id=${files[0].id}`)).data.flatMap(
      (one: { changes: { field: string; before: string; after: string }[] }) => one.changes,
    );
  assert.deepEqual(await changes(), []);
  await follow(api, checked.id, 'dry-runs');
  assert.deepEqual(
    (await changes()).map(({ field, before: was, after: is }: Record<string, string>) => [field, was, is]),
    [['street', 'Kupferweg 1', 'Kupferweg 9']],
  );

  const first = await load('household', 'External ID;Name;Street\nh-1;One;Kupferweg 1\nh-2;Two;Kupferweg 1\n');
  assert.deepEqual([first.files[0]!.counts.created, first.files[0]!.counts.errors], [2, 0]);
  assert.deepEqual(await placesOf('Kupferweg'), []);
  const again = await load('household', 'External ID;Name;Street\nh-1;One;Kupferweg 1\nh-2;Two;Kupferweg 2\n');
  const { unchanged, updated, errors } = again.files[0]!.counts;
  assert.deepEqual([unchanged, updated, errors], [1, 1, 0]);
  const imported = (await read('households?limit=100')).data.filter((row: { external_id: string | null }) =>
    row.external_id?.startsWith('h-'),
  );
  assert.deepEqual(imported.map((row: Record<string, string>) => [row.external_id, row.street]).sort(), [
    ['h-1', 'Kupferweg 1'],
    ['h-2', 'Kupferweg 2'],
  ]);
  const noText = await load('household', 'External ID;Name;Street\nh-3;Three;\u0001sealed:x\n');
  assert.equal(noText.files[0]!.counts.errors, 1);
  assert.deepEqual(await placesOf('Kupferweg'), []);
  await turn(false);
});

test('many records at once, merges, scores and the day before know sealed texts, or say why not', async () => {
  const ada = await made('contacts', { given_name: 'Ada', family_name: 'One' });
  const other = await made('contacts', { given_name: 'Ada', family_name: 'Two', salutation: 'Messing' });
  const household = await made('households', { name: 'Was', street: 'Messing 1' });
  const rule = {
    name: 'By title',
    resource: 'contact',
    points: 7,
    filter: { field: 'salutation', op: 'eq', value: 'Messing' },
  };
  await made('scoring-rules', { ...rule, filter: rule.filter });
  const bulk = (fields: object) =>
    api('POST', '/api/v1/changes', { resource: 'contact', ids: [ada.id], action: { kind: 'update', fields } });
  good(await bulk({ salutation: 'Messing many' }));
  await eventually(async () => (await read(`contacts/${ada.id}`)).salutation === 'Messing many');

  await turn(true);
  assert.deepEqual(await placesOf('Messing many'), []);
  const refused = await bulk({ salutation: 'Messing again' });
  assert.deepEqual(
    [refused.status, refused.body.errors?.[0]?.field],
    [422, 'action.fields.salutation'],
    JSON.stringify(refused.body),
  );
  good(await bulk({ salutation: null }));
  await eventually(async () => (await read(`contacts/${ada.id}`)).salutation === null);
  assert.equal((await api('GET', `/api/v1/households?filter=${ofStreet('Messing')}`)).status, 422);

  const values = { salutation: 'Messing' };
  const merged = good(await api('POST', `/api/v1/contacts/${ada.id}/merge`, { others: [other.id], values }));
  assert.equal(merged.body.salutation, 'Messing');
  good(await api('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`));
  assert.deepEqual(
    [(await read(`contacts/${ada.id}`)).salutation, (await read(`contacts/${other.id}`)).salutation],
    [null, 'Messing'],
  );
  good(await api('PATCH', `/api/v1/households/${household.id}`, { street: 'Messing 2' }));
  assert.equal((await read(`households/${household.id}/as-of`)).household.street, 'Messing 2');
  const timeline = await read(`households/${household.id}/timeline`);
  assert.match(JSON.stringify(timeline), /Messing 1/);
  // The rule that can tell nothing counts for nothing, and the others as ever.
  const founder = { field: 'job_title', op: 'eq', value: 'Founder' };
  await made('scoring-rules', { name: 'Founders', resource: 'contact', points: 5, filter: founder });
  good(await api('PATCH', `/api/v1/contacts/${other.id}`, { job_title: 'Founder' }));
  await eventually(async () => (await read(`contacts/${other.id}/score`)).points === 5);
  await turn(false);
});

test('birthdays are sealed as days: the home page, cards and imports know them, and filters do not', async () => {
  const household_id = (await made('households', { name: 'Born' })).id;
  const today = new Date().toISOString().slice(5, 10);
  const born = await made('contacts', { given_name: 'Born', birthday: `1931-${today}` });
  await made('household-members', { household_id, contact_id: born.id, role: 'head' });
  const home = async () =>
    (await read('adviser-home')).birthdays.data.map((one: { contact: { name: string }; turns: number }) => [
      one.contact.name,
      one.turns,
    ]);
  const before = await home();
  assert.ok(before.some(([name]: [string]) => name === 'Born'));
  await turn(true);
  assert.deepEqual(await placesOf(`1931-${today}`), []);
  assert.equal((await read(`contacts/${born.id}`)).birthday, `1931-${today}`);
  assert.deepEqual(await home(), before);
  assert.match(await read(`contacts/${born.id}/vcard`), /BDAY/);
  const filter = encodeURIComponent(JSON.stringify({ field: 'birthday', op: 'contains', value: '1931' }));
  assert.equal((await api('GET', `/api/v1/contacts?filter=${filter}`)).status, 422);
  assert.equal((await api('PATCH', `/api/v1/contacts/${born.id}`, { birthday: '1931-02-30' })).status, 422);
  const file = `Holdfast id,Birthday\n${born.id},1931-${today}\n`;
  assert.equal((await load('contact', file)).files[0]!.counts.unchanged, 1);
  assert.equal((await load('contact', file.replace('1931-', '1932-'))).files[0]!.counts.updated, 1);
  assert.equal((await read(`contacts/${born.id}`)).birthday, `1932-${today}`);
  await turn(false);
  assert.equal((await read(`contacts/${born.id}`)).birthday, `1932-${today}`);
  good(await api('GET', `/api/v1/contacts?filter=${filter}`));
});

test('while the job has not come to a record yet, exports, imports, merges and undo take both forms for the same text', async () => {
  const early = await made('contacts', { given_name: 'Early', salutation: 'Zinn' });
  const changed = good(await api('PATCH', `/api/v1/contacts/${early.id}`, { salutation: 'Zinn two' }));
  const plain = await read('contacts/export.csv?sort=created_at');
  good(await api('PUT', sealing, { on: true }));
  const late = await made('contacts', { given_name: 'Late', salutation: 'Zinn' });
  const both = await read('contacts/export.csv?sort=created_at');
  assert.equal(both.match(/Zinn/g)!.length, plain.match(/Zinn/g)!.length + 1);
  assert.doesNotMatch(both, /sealed:/);
  const { unchanged, updated, errors } = (await load('contact', both)).files[0]!.counts;
  assert.deepEqual([unchanged > 1, updated, errors], [true, 0, 0]);
  good(await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`));
  assert.equal((await read(`contacts/${early.id}`)).salutation, 'Zinn');
  await turn(true);
  good(await api('PUT', sealing, { on: false }));
  assert.equal(await read('contacts/export.csv?sort=created_at'), both.replace('Zinn two', 'Zinn'));
  assert.equal((await load('contact', both.replace('Zinn two', 'Zinn'))).files[0]!.counts.updated, 0);
  good(await api('POST', `/api/v1/contacts/${early.id}/merge`, { others: [late.id], values: { salutation: 'Zinn' } }));
  await turn(false);
  assert.equal((await read(`contacts/${early.id}`)).salutation, 'Zinn');
});

const bernAt = (street: string) => ({
  label: 'Home',
  street,
  city: 'Bern',
  region: null,
  postal_code: null,
  country: null,
});

test('lists are sealed whole: exports, imports that add to them, merges and undo have both forms for the same list', async () => {
  const profiles = [
    { label: 'Work', value: '=Nickel; one' },
    { label: null, value: 'Nickel: two' },
    { label: null, value: 'Nickel (five)' },
  ];
  const listed = await made('contacts', {
    external_id: 'n-1',
    given_name: 'Listed',
    street: 'Nickel 1',
    postal_code: 'N-1',
    other_addresses: [bernAt('Nickel 2')],
    social_profiles: profiles,
  });
  const one = `contacts/${listed.id}`;
  const changed = good(await api('PATCH', `/api/v1/${one}`, { other_addresses: [bernAt('Nickel 3')] }));
  const plain = await read('contacts/export.csv?sort=created_at');
  assert.equal((await load('contact', plain)).files[0]!.counts.updated, 0);
  const card = await read(`${one}/vcard`);
  const ofProfile = (op: string) => {
    const value = op === 'contains' ? 'Nickel' : undefined;
    return api(
      'GET',
      `/api/v1/contacts?filter=${encodeURIComponent(JSON.stringify({ field: 'social_profiles', op, value }))}`,
    );
  };
  assert.deepEqual(
    good(await ofProfile('contains')).body.data.map(({ id }: { id: string }) => id),
    [listed.id],
  );
  good(await api('PUT', sealing, { on: true }));
  const late = await made('contacts', { given_name: 'Listed late', street: 'Nickel 9', social_profiles: profiles });
  assert.equal((await ofProfile('contains')).status, 422);
  await turn(true);
  assert.deepEqual(await placesOf('Nickel'), []);
  assert.deepEqual((await read(one)).social_profiles, profiles);
  assert.equal(await read(`${one}/vcard`), card);
  const sealedExport = await read('contacts/export.csv?sort=created_at');
  assert.ok(
    plain.split('\n').every((line: string) => sealedExport.includes(line)),
    sealedExport,
  );
  assert.equal((await load('contact', sealedExport)).files[0]!.counts.updated, 0);
  assert.equal((await ofProfile('contains')).status, 422);
  assert.equal(good(await ofProfile('not_empty')).body.data.length, 2);

  // An import adds to a list, and knows what is there already.
  const file = 'External ID;First name;LinkedIn\nn-1;Listed;nickel FIVE\n';
  assert.equal((await load('contact', file)).files[0]!.counts.unchanged, 1);
  assert.equal((await load('contact', file.replace('nickel FIVE', 'Nickel three'))).files[0]!.counts.updated, 1);
  assert.deepEqual((await read(one)).social_profiles.slice(3), [{ label: null, value: 'Nickel three' }]);
  const forged = file.replace('nickel FIVE', '\u0001sealed:x');
  assert.equal((await load('contact', forged)).files[0]!.counts.errors, 1);
  for (const value of ['\u0001sealed:x', '• damaged'])
    assert.equal((await api('PATCH', `/api/v1/${one}`, { social_profiles: [{ label: null, value }] })).status, 422);

  // What stands in place of a list that does not open takes the place of none.
  assert.equal((await load('contact', file.replace('nickel FIVE', '• damaged'))).files[0]!.counts.errors, 1);
  const system = await connectAsSystem(app.database.ownerUrl, 'copies-test');
  const list = 'select social_profiles as list from contact where id = $1';
  const put = async (value: string) => {
    await system.query(`begin; select set_config('app.keeping_content', 'on', true)`);
    await system.query('update contact set social_profiles = $2::jsonb where id = $1', [listed.id, value]);
    await system.query('commit');
  };
  try {
    const kept = JSON.stringify((await system.query(list, [listed.id])).rows[0].list);
    const moved = JSON.stringify((await system.query(list, [late.id])).rows[0].list);
    await put(moved);
    assert.equal((await read(one)).social_profiles[0].value, '• damaged');
    const { counts } = (await load('contact', file.replace('nickel FIVE', 'Nickel four'))).files[0]!;
    assert.deepEqual([counts.errors, counts.updated, counts.unchanged], [1, 0, 0]);
    assert.equal(JSON.stringify((await system.query(list, [listed.id])).rows[0].list), moved);
    await put(kept);
  } finally {
    await system.end();
  }

  const merged = good(await api('POST', `/api/v1/${one}/merge`, { others: [late.id], values: {} }));
  assert.deepEqual(
    merged.body.other_addresses.map(({ street }: { street: string }) => street),
    ['Nickel 3', 'Nickel 9'],
  );
  good(await api('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`));
  const undone = good(await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`)).body;
  assert.deepEqual([undone.state, undone.skipped], ['done', 0]);
  assert.equal((await read(one)).other_addresses[0].street, 'Nickel 2');
  assert.match(JSON.stringify(await read(`audit-events?record_id=${listed.id}`)), /Nickel 3/);
  assert.deepEqual(await placesOf('Nickel'), []);
  await turn(false);
  assert.deepEqual((await read(one)).other_addresses, [bernAt('Nickel 2')]);
  good(await ofProfile('contains'));
});

test('rules of duplicates find nothing by a postal code that is sealed, and say so', async () => {
  const rules = '/api/v1/duplicate-rules';
  const when = [
    { field: 'name', compare: 'same' },
    { field: 'postal_code', compare: 'same' },
  ];
  const own = good(await api('GET', rules)).body.data.find((set: { resource: string }) => set.resource === 'contact');
  const etag = { 'if-match': `"${own.version}"` };
  const put = await api('PUT', `${rules}/contact`, { rules: [{ when, suspects: true, imports: false }] }, etag);
  assert.ok(put.status < 300, JSON.stringify(put.body));
  const person = { given_name: 'Quill', family_name: 'Twice', postal_code: 'Q-77' };
  await made('contacts', person);
  const check = async () => good(await api('POST', '/api/v1/contacts/matches', person)).body.data.length;
  const isSealed = async () =>
    good(await api('GET', rules))
      .body.data.find((set: { resource: string }) => set.resource === 'contact')
      .fields.find(({ name }: { name: string }) => name === 'postal_code').sealed;
  assert.deepEqual([await check(), await isSealed()], [1, false]);
  await turn(true);
  assert.deepEqual([await check(), await isSealed()], [0, true]);
  assert.deepEqual(await placesOf('Q-77'), []);
  await turn(false);
  assert.deepEqual([await check(), await isSealed()], [1, false]);
});
