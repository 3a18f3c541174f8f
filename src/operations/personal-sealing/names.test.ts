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
import { importNow } from '../../../test/harness/import.ts';
import { sealTenant } from '../../../test/harness/sealing.ts';
import { verifyAudit } from '../audit-verify.ts';
import { connectAsSystem } from '../connection.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let owner: pg.Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
});
after(async () => {
  await owner.end();
  await app.stop();
});

const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
const read = async (path: string) => good(await api('GET', `/api/v1/${path}`)).body;
const made = async (path: string, body: unknown): Promise<string> =>
  good(await api('POST', `/api/v1/${path}`, body)).body.id;
const turn = (on: boolean) => sealTenant(app, api, on);
const filter = (condition: object) => encodeURIComponent(JSON.stringify(condition));

const names = ['Adalbert', 'Xaver', 'Zwetschgenbaum', 'Wilhelmine', 'Kirschholz'];

const ben = { given_name: 'Balthasar', family_name: 'Pfirsich', email: 'b@names.example' };
const findings = async () => (await verifyAudit(app.database.ownerUrl, { db: app.app.services.db })).findings;
/** Past all triggers and checks of rights, as whoever has the database may. */
async function asOwner(statement: string, values: unknown[]): Promise<void> {
  const client = await connectAsSystem(app.database.ownerUrl, 'names-test');
  await client.query("select set_config('app.keeping_content', 'on', false)");
  await client.query(statement, values).finally(() => client.end());
}

/** People with all that may name them; answers the paths that do. */
async function people(): Promise<string[]> {
  const ada = { given_name: 'Adalbert', middle_name: 'Xaver', family_name: 'Zwetschgenbaum', suffix: 'Jr.' };
  const contact_id = await made('contacts', { ...ada, email: 'a@names.example', phone: '+49 30 1234567' });
  const of_contact_id = await made('contacts', { given_name: 'Wilhelmine', family_name: 'Kirschholz' });
  const records = [{ type: 'contact', id: contact_id }];
  const task = await made('tasks', { title: 'Call', records, due_on: '2026-12-24' });
  const note = await made('notes', { body: '<p>Nice</p>', records });
  await made('activities', { kind: 'call', subject: 'Hello', records });
  const deal = await made('deals', { name: 'Deal', contact_id: of_contact_id });
  good(await api('PATCH', `/api/v1/deals/${deal}`, { contact_id }));
  const household_id = await made('households', { name: 'Test', status: 'active' });
  const membership = { household_id, from_on: '2010-01-01' };
  await made('household-members', { ...membership, contact_id, role: 'head' });
  await made('household-members', { ...membership, contact_id: of_contact_id, role: 'child' });
  await made('relationships', { household_id, contact_id, of_contact_id, kind: 'parent' });
  good(await api('PUT', `/api/v1/contacts/${contact_id}/client-profile`, { risk_class: 'high' }));
  const merged = await made('contacts', { ...ada, email: 'old@names.example' });
  good(await api('POST', `/api/v1/contacts/${contact_id}/merge`, { others: [merged] }));
  const trashed = await made('contacts', { given_name: 'Wilhelmine', family_name: 'Kirschholz', job_title: 'Gone' });
  good(await api('DELETE', `/api/v1/contacts/${trashed}`));
  return [
    `contacts/${contact_id}`,
    'contacts?sort=created_at',
    `contacts/${contact_id}/timeline`,
    `contacts/${contact_id}/vcard`,
    `deals/${deal}`,
    'deals?sort=created_at',
    `deals/${deal}/timeline`,
    `tasks/${task}`,
    'tasks?sort=created_at',
    `notes/${note}`,
    `household-members?filter=${filter({ field: 'household_id', op: 'eq', value: household_id })}`,
    'relationships?sort=created_at',
    `households/${household_id}/as-of?date=2020-01-01`,
    'adviser-home',
    'trash',
    'search?q=names.example',
    `audit-events?record_id=${deal}`,
    `audit-events?record_id=${contact_id}`,
    'contacts/export.csv?sort=created_at',
    'deals/export.csv',
    'tasks/export.csv',
    'notes/export.csv',
  ];
}

/** What of an answer does not change with each request. */
const lasting = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body).replace(/"next_cursor":"[^"]*"/g, '"next_cursor":null'));

test('whatever names people does so while they are sealed as before, and no name is left in the database', async () => {
  const paths = await people();
  const answers = async () => {
    const all: [path: string, body: unknown][] = [];
    for (const path of paths) all.push([path, lasting(await read(path))]);
    return all;
  };
  const plain = await answers();
  const named = new Set(
    plain.flatMap(([path, body]) => (names.some((name) => JSON.stringify(body).includes(name)) ? path : [])),
  );
  assert.deepEqual(
    paths.filter((path) => !named.has(path)),
    [],
  );
  await turn(true);
  for (const [at, [path, body]] of (await answers()).entries()) {
    assert.doesNotMatch(JSON.stringify(body), /\\u0001/, path);
    const [was, is] = [plain[at]![1], body].map((each) => JSON.stringify(each).replace(/,"bodies_sealed":.*$/, ''));
    assert.equal(is, was, path);
  }
  assert.deepEqual(await findCanaries(owner, names), []);
  assert.deepEqual(await findings(), []);
  const [one, other] = [await made('contacts', ben), await made('contacts', { ...ben, email: 'more@names.example' })];
  good(await api('POST', `/api/v1/contacts/${one}/merge`, { others: [other] }));
  assert.match(
    JSON.stringify(await read(`contacts/${one}/timeline`)),
    /"merged":\[\{"id":"[^"]+","name":"Balthasar Pfirsich"/,
  );
  const changed = await api('PATCH', `/api/v1/contacts/${one}`, { job_title: 'First', source: 'Fair' });
  good(await api('PATCH', `/api/v1/contacts/${one}`, { job_title: 'Second' }));
  const undone = await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
  const { skipped_samples } = good(undone).body;
  assert.deepEqual(
    skipped_samples.map(({ name, code }: Record<string, string>) => [name, code]),
    [['Balthasar Pfirsich', 'changed_since']],
  );
  assert.deepEqual(await findCanaries(owner, ['Balthasar', 'Pfirsich']), []);
  await turn(false);
  assert.match(JSON.stringify(await read(`contacts/${one}/timeline`)), /"name":"Balthasar Pfirsich"/);
  assert.deepEqual(await findings(), []);
});

test('parts of sealed names are compared nowhere, and whoever asks is told; a file has another order', async () => {
  const id = await made('contacts', { ...ben, given_name: 'Benedikt' });
  const called = { field: 'name', op: 'contains', value: 'Benedikt' };
  const given = { field: 'given_name', op: 'eq', value: 'Benedikt' };
  const asked = ['contacts?sort=-family_name', `contacts?filter=${filter(given)}`];
  asked.push('contacts/export.csv?sort=suffix', `contacts/export.csv?filter=${filter(called)}`);
  for (const path of asked) await read(path);
  const found = async () => (await read(`contacts?sort=name&filter=${filter(called)}`)).data[0].id;
  assert.equal(await found(), id);
  await turn(true);
  for (const path of asked) {
    const { status, body } = await api('GET', `/api/v1/${path}`);
    assert.deepEqual([status, body.errors?.[0]?.code], [422, 'not_allowed'], path);
    assert.match(body.errors[0].message, /sealed in this workspace/);
  }
  assert.equal(await read('contacts/export.csv?sort=-name'), await read('contacts/export.csv?sort=created_at'));
  await eventually(async () => (await api('GET', '/api/v1/contacts?sort=name')).status === 200);
  assert.equal(await found(), id);
  await turn(false);
  for (const path of asked) await read(path);
});

test('a composite of somebody else opens nowhere but where the database made it', async () => {
  const id = await made('contacts', { given_name: 'Cordelia', family_name: 'Quitte' });
  await turn(true);
  const { rows } = await owner.query<{ name: string }>('select name from contact where id = $1', [id]);
  const [{ name: stolen }] = rows as [{ name: string }];
  assert.ok(stolen.startsWith('\u0001name:["'));
  const refused = async (method: string, path: string, body?: unknown) => {
    const answer = await api(method, `/api/v1/${path}`, body);
    assert.equal(answer.status, 422, `${path} ${JSON.stringify(answer.body)}`);
    assert.doesNotMatch(JSON.stringify(answer.body), /Cordelia|Quitte/);
  };
  for (const name of [stolen, ` ${stolen}`, `x${stolen}`]) {
    await refused('POST', 'companies', { name });
    await refused('POST', 'notes', { body: `<p>${name}</p>`, records: [{ type: 'contact', id }] });
    await refused('POST', 'contacts', { given_name: 'Eve', custom: { [name]: name } });
    await refused('GET', `contacts?filter=${filter({ field: 'source', op: 'eq', value: name })}`);
  }
  // A file loses the mark's first character.
  const csv = `Name;Description\nQuitte;"${stolen.replaceAll('"', '""')}"\n`;
  await importNow(api, [['companies.csv', csv]], ({ files }) => ({
    files: files.map((file: { id: string }) => ({ id: file.id, resource: 'company' })),
  }));
  const [company] = (await read('companies?sort=-created_at&limit=1')).data;
  assert.match(company.description, /^name:\["/);

  // Moved to another row, it is damaged there; the rest of the list is shown.
  const other = await made('contacts', { given_name: 'Dorothea', family_name: 'Mispel' });
  const stored = 'select given_name from contact where id = $1';
  const envelopeOf = async (row: string) =>
    (await owner.query<{ given_name: string }>(stored, [row])).rows[0]!.given_name;
  const own = await envelopeOf(other);
  const set = (envelope: string) => asOwner('update contact set given_name = $2 where id = $1', [other, envelope]);
  await set(await envelopeOf(id));
  const byId = async () =>
    new Map((await read('contacts?sort=created_at&limit=200')).data.map((row: { id: string }) => [row.id, row])) as Map<
      string,
      Record<string, string>
    >;
  const list = await byId();
  assert.equal(list.get(other)!.given_name, '• damaged');
  assert.equal(list.get(other)!.name, '• damaged Mispel');
  assert.equal(list.get(id)!.name, 'Cordelia Quitte');
  await set(own);
  assert.equal((await byId()).get(other)!.name, 'Dorothea Mispel');
  await turn(false);
});

test('imports tell people apart who share an address, though their names are sealed', async () => {
  const email = 'family@shared.example';
  const ids = [
    await made('contacts', { given_name: 'Elfriede', family_name: 'Holunder', email }),
    await made('contacts', { given_name: 'Friedrich', family_name: 'Holunder', email }),
  ];
  await turn(true);
  const lines = ['Friedrich;Holunder', 'Gertrude;Holunder', 'Elfriede;Holunder'];
  const csv = `First name;Last name;Email;Job title\n${lines.map((line, at) => `${line};${email};Job ${at}`).join('\n')}\n`;
  const report = await importNow(api, [['people.csv', csv]], ({ files }) => ({
    files: files.map((file: { id: string }) => ({ id: file.id, resource: 'contact' })),
  }));
  assert.deepEqual(report.files[0]!.counts.errors, 0);
  const found = (await read(`contacts?filter=${filter({ field: 'email', op: 'eq', value: email })}&sort=created_at`))
    .data;
  assert.deepEqual(
    found.map(({ name, job_title }: Record<string, string>) => [name, job_title]),
    [
      ['Elfriede Holunder', 'Job 2'],
      ['Friedrich Holunder', 'Job 0'],
      ['Gertrude Holunder', 'Job 1'],
    ],
  );
  assert.deepEqual(
    found.slice(0, 2).map(({ id }: { id: string }) => id),
    ids,
  );
  assert.deepEqual(await findCanaries(owner, ['Elfriede', 'Gertrude', 'Holunder']), []);
  await turn(false);
});
