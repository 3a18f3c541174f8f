import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type Client, eventually, startTestApp, type TestApp } from '../../test/harness/app.ts';
import { testKey } from '../../test/harness/cluster.ts';
import { asOwner } from '../../test/harness/identity.ts';
import { follow, importNow, type Upload } from '../../test/harness/import.ts';
import { recordTypeNames } from '../kernel/contract/resource.ts';
import type { ImportReport } from '../platform/import/contract.ts';
import { recordTypes } from './index.ts';

/** Record types of which people keep no lists. */
const withoutLists: Record<string, string> = {
  accepted_break: 'a part of an account, which is read there',
  account_owner: 'a part of an account, which is read there',
  account_position: 'a row of a statement, which is read with its account',
  account_transaction: 'a row of a statement, which is read with its account',
  client_profile: 'a part of a contact, which is read there',
  client_review: 'a part of the household, which is read there',
  close_reason: 'a word of the workspace',
  comment: 'a part of the talk on a record, which is read there',
  communication: 'a paper of a household, which is read there',
  currency_rate: 'a figure of the workspace',
  dashboard: 'a page of its own',
  document: 'a paper of a household, which is read there',
  examiner_export: 'an archive of a household, which is asked for there',
  exchange_rate: 'a figure of a day',
  goal: 'a part of the household, which is read there',
  goal_account: 'a part of a goal, which is read there',
  household_adviser: 'a part of the household, which is read there',
  household_member: 'a part of the household, which is read there',
  identity_document: 'a part of a contact, which is read there',
  mail_message: 'a part of a conversation, which is read there',
  mail_template: 'a text for mails, chosen where one writes',
  mailbox: 'set up once, and shown on the page of mail',
  meeting: 'shown on the page of calendars, and with its people',
  meeting_calendar: 'set up once, and shown on the page of calendars',
  pipeline: 'set up once, and archived as a whole',
  price: 'a figure of a day',
  relationship: 'a part of the household, which is read there',
  sales_target: 'a figure beside those of dashboards',
  scoring_rule: 'at most 50, set up once',
  stage: 'a part of its pipeline',
  suitability_profile: 'a part of the household, which is read there',
  tag: 'a word of the workspace',
};

const listed = recordTypes.map(({ resource }) => resource).filter(({ name }) => recordTypeNames().includes(name));

/** A file with one record of the type, where a name is not enough. Ada and her company are there. */
const rows: Record<string, [header: string, row: string]> = {
  activity: ['Kind;Subject;When;Contact;Minutes', 'call;Talked;2026-03-01 14:30;Ada;20'],
  contact: ['Given name;E-mail', 'Bob;bob@people.example'],
  financial_account: ['Name;Registration;Kind;Household', 'Acme account;individual;managed;Acme family'],
  legal_entity: ['Name;Kind;Household', 'Acme trust;trust;Acme family'],
  financial_security: ['Name;Asset class', 'Acme share;equity'],
  note: ['Note text;Contact;Pinned', 'Likes <tea> & cake;Ada;yes'],
  task: ['Title;Due;Status;Company', 'Order;31.03.2026 09:00;done;Acme'],
};

let app: TestApp;
let api: Client;
let key: string;
before(async () => {
  app = await startTestApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '100000', RATE_LIMIT_CALLER_PER_MINUTE: '100000' });
  const tenant = await app.tenant('types');
  await asOwner(app, `update tenant set time_zone = 'Europe/Berlin' where id = $1`, [tenant.tenant_id]);
  ({ api, key } = await tenant.as('admin'));
  await made('companies', { name: 'Acme' });
  await made('contacts', { given_name: 'Ada' });
  await made('households', { name: 'Acme family' });
  await made('pipelines', { name: 'Sales' });
});
after(() => app.stop());

async function made(path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const read = async (path: string) => {
  const { status, body } = await api('GET', `/api/v1/${path}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const where = (filter: object) => `filter=${encodeURIComponent(JSON.stringify(filter))}`;
const load = (resource: string, file: Upload) =>
  importNow(api, [file], ({ files }) => ({ files: files.map(({ id }) => ({ id, resource })) }));
const sums = ({ state, files, problem_samples }: ImportReport) => {
  const { created, updated, unchanged, errors } = files[0]!.counts;
  return {
    state,
    created,
    updated,
    unchanged,
    errors,
    said: problem_samples.map(({ message }) => message),
  };
};
const nothing = { state: 'done', created: 0, updated: 0, unchanged: 0, errors: 0, said: [] as string[] };

test('every record type has lists, or says why not', () => {
  const names = recordTypes.map(({ resource }) => resource.name);
  assert.deepEqual(names.filter((name) => !recordTypeNames().includes(name)).sort(), Object.keys(withoutLists));
});

for (const { name, plural } of listed)
  test(`${plural} have custom fields, saved views, imports, bulk changes and exports`, async () => {
    await made('custom-fields', { resource: name, key: 'size', label: 'Size', type: 'text' });
    const [header, row] = rows[name] ?? ['Name', 'Sample'];
    const imported = await load(name, [`${plural}.csv`, `${header};Size\n${row};M\n`]);
    assert.deepEqual(sums(imported), { ...nothing, created: 1 });
    const [{ id }, ...others] = (await read(`${plural}?${where({ field: 'custom.size', op: 'eq', value: 'M' })}`)).data;
    assert.deepEqual(others, []);

    const view = { resource: name, name: `By size: ${plural}`, layout: 'table', sort: '-custom.size' };
    const { id: view_id } = await made('saved-views', view);
    assert.ok(
      (await read(`saved-views?${where({ field: 'resource', op: 'eq', value: name })}`)).data.some(
        (each: { id: string }) => each.id === view_id,
      ),
    );

    await made('changes', {
      resource: name,
      ids: [id],
      action: { kind: 'update', fields: { custom: { size: 'XL' } } },
    });
    await eventually(async () => (await read(`${plural}/${id}`)).custom.size === 'XL');

    assert.match(await read(`${plural}/export.csv`), /(^|,)XL$/m);
    const { id: export_id } = await made('exports', {
      resource: name,
      format: 'xlsx',
      filter: JSON.stringify({ field: 'custom.size', op: 'eq', value: 'XL' }),
    });
    await eventually(async () => (await read(`exports/${export_id}`)).state === 'done');
    const workbook = await fetch(`${app.url}/api/v1/exports/${export_id}/content`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const again = await load(name, [`${plural}.xlsx`, new Uint8Array(await workbook.arrayBuffer())]);
    assert.deepEqual(sums(again), { ...nothing, unchanged: 1 }, 'what was exported is known again');
  });

test('what is attached to records is imported by the command line as people write it in files, with what the API would make of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-import-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = {
    'notes.csv':
      'Note;Contact\nA < B & <script>x</script>;Ada\n<p>Kept <strong>bold</strong><script>x</script></p>;Ada\nOf nobody;\n',
    'tasks.csv': 'Title;Due;Status;Contact;Assignee\nCall back;31.03.2026 09:00;done;Ada;admin\nWrite;;;;\n',
    'activities.csv': 'Kind;Subject;When;Contact\nmeeting;Met;2026-07-01T10:00:00.123Z;Ada\nparty;Danced;;Ada\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
  const HOLDFAST_KEY = testKey();
  const run = async (as: string, file: string) => {
    const args = [
      'src/cli/main.ts',
      'import',
      '--json',
      '--tenant',
      'types',
      '--as',
      as,
      '--data',
      folder,
      `${folder}/${file}`,
    ];
    const env = { PATH: process.env.PATH, DATABASE_URL: app.database.ownerUrl, HOLDFAST_KEY };
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: new URL('../../', import.meta.url),
      env,
    }).catch((error) => error);
    return JSON.parse(stdout) as ImportReport;
  };
  const [notes, tasks, activities] = await Promise.all([
    run('notes', 'notes.csv'),
    run('tasks', 'tasks.csv'),
    run('activities', 'activities.csv'),
  ]);

  assert.deepEqual(
    [sums(notes).created, sums(notes).said],
    [2, ['Say which contact, company, deal or other record the note is about.']],
  );
  const bodies = (await read('notes?sort=created_at&limit=200')).data.map(({ body }: { body: string }) => body);
  assert.ok(bodies.includes('<p>A &lt; B &amp; &lt;script&gt;x&lt;/script&gt;</p>'), JSON.stringify(bodies));
  assert.ok(bodies.includes('<p>Kept <strong>bold</strong></p>'), JSON.stringify(bodies));

  assert.deepEqual(sums(tasks), { ...nothing, created: 2 });
  const byTitle = async (title: string) =>
    (await read(`tasks?${where({ field: 'title', op: 'eq', value: title })}`)).data[0];
  const done = await byTitle('Call back');
  assert.deepEqual(
    [done.due_at, done.status, done.records[0].name, done.assignee.name],
    ['2026-03-31T07:00:00.000Z', 'done', 'Ada', 'admin'],
    'by the clock of the workspace',
  );
  assert.ok(done.completed_at);
  const open = await byTitle('Write');
  assert.deepEqual([open.status, open.priority, open.completed_at], ['open', 'normal', null]);

  assert.deepEqual([sums(activities).created, sums(activities).errors], [1, 1]);
  const [met] = (await read(`activities?${where({ field: 'subject', op: 'eq', value: 'Met' })}`)).data;
  assert.deepEqual([met.kind, met.occurred_at], ['meeting', '2026-07-01T10:00:00.123Z']);

  for (const { id } of [notes, tasks, activities]) assert.equal((await follow(api, id, 'reversal')).state, 'reverted');
  assert.deepEqual([await byTitle('Call back'), await byTitle('Write')], [undefined, undefined]);
  assert.ok(!(await read('notes?limit=200')).data.some(({ body }: { body: string }) => body.includes('script')));
});
