import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { startTestApp, type TestApp, type TestTenant } from '../../test/harness/app.ts';
import { systemClient } from '../../test/harness/identity.ts';
import { loadDemo } from '../demo/index.ts';
import { salesDemo } from '../demo/sales/index.ts';
import { verifyAudit } from './audit-verify.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant('acme');
});
after(() => app.stop());

test('a workspace that was only worked in is accounted for by its trail, and what is done past it is named', async () => {
  const { api } = await tenant.as('admin');
  await loadDemo(app.app.services.db, tenant.tenant_id, salesDemo);
  const make = async (given_name: string) => (await api('POST', '/api/v1/contacts', { given_name })).body.id as string;
  const [changed, removed, kept] = [await make('Changed'), await make('Removed'), await make('Kept')];
  await api('PATCH', `/api/v1/contacts/${kept}`, {
    given_name: null,
    family_name: 'Name',
    other_emails: [{ value: 'a@b.example' }],
  });
  await api('DELETE', `/api/v1/contacts/${kept}`);
  const said: string[] = [];
  const clean = await verifyAudit(app.database.ownerUrl, { say: (line) => said.push(line) });
  assert.match(
    said.join('\n'),
    /^Reading the trail, [\d,]+ events\n(?: {2}.*\n)*Comparing \d+ tables with it\n(?: {2}.*\n)*Comparing the history/,
  );
  assert.deepEqual(clean.findings, []);
  assert.ok(
    clean.tables > 10 && clean.rows > 3_000 && clean.events >= clean.rows && clean.unpartitioned === 0,
    JSON.stringify(clean),
  );
  const tenth = await verifyAudit(app.database.ownerUrl, { checked_max: clean.events / 10 });
  assert.deepEqual(tenth.findings, [], 'a sample is as clean');
  assert.ok(tenth.one_in >= 10 && tenth.events >= clean.events, JSON.stringify(tenth));

  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query(`begin; alter table contact disable trigger user; alter table contact no force row level security;
    update contact set given_name = 'Someone else' where id = '${changed}';
    delete from contact where id = '${removed}';
    insert into contact (tenant_id, given_name) values ('${tenant.tenant_id}', 'Smuggled');
    alter table contact enable trigger user; alter table contact force row level security; commit`);
  await owner.end();
  const { findings } = await verifyAudit(app.database.ownerUrl);
  assert.deepEqual(
    findings.map(({ tenant, table, what }) => [tenant, table, what]).sort(),
    ['differs', 'removed', 'unrecorded'].map((what) => ['acme', 'contact', what]),
  );
  assert.deepEqual(
    new Set(findings.filter((f) => f.what !== 'unrecorded').map((f) => f.id)),
    new Set([changed, removed]),
  );
});

test('history that was altered is named; history that was erased is counted, and the trail verifies without it', async () => {
  const { api } = await tenant.as('admin');
  const make = async (given_name: string) => (await api('POST', '/api/v1/contacts', { given_name })).body.id as string;
  const [altered, erased] = [await make('Altered'), await make('Erased')];
  await api('PATCH', `/api/v1/contacts/${erased}`, { given_name: 'Forgotten' });
  // A text that could be sealed, of a workspace that never did: nothing excuses that it is another one.
  const { api: advised } = await (await app.tenant('advised')).as('admin');
  const household_id = (await advised('POST', '/api/v1/households', { name: 'Reviewed' })).body.id as string;
  const review = (await advised('POST', '/api/v1/client-reviews', { household_id, note: 'Text' })).body.id as string;
  const before = await verifyAudit(app.database.ownerUrl);
  const owner = await systemClient(app);
  await owner.query(`delete from record_history where record_id = '${erased}'`);
  const { rows } = await owner.query(
    `select resource, record_id from recorded_change where record_id = '${erased}' and before is null and after is null`,
  );
  assert.equal(rows.length, 2, 'that something was done stays');
  await owner.query('reset role; begin; alter table record_history no force row level security');
  await owner.query(
    `update record_history set after = after || '{"given_name": "Other"}' where record_id = '${altered}'`,
  );
  await owner.query(`update record_history set after = after || '{"note": "Other"}' where record_id = '${review}'`);
  await owner.query('alter table record_history force row level security; commit');
  await owner.end();
  const report = await verifyAudit(app.database.ownerUrl);
  assert.equal(report.erased, before.erased + 2);
  const told = report.findings.filter(({ id }) => [altered, erased, review].includes(id));
  assert.deepEqual(
    told.map(({ id, what }) => [id, what]).sort(),
    [
      [altered, 'altered'],
      [altered, 'differs'],
      [review, 'altered'],
      [review, 'differs'],
    ].sort(),
  );
  const again = await systemClient(app);
  await again.query(
    `reset role; begin; alter table record_history no force row level security;
     update record_history set after = after || '{"given_name": "Other"}' where resource = 'contact' and after is not null;
     alter table record_history force row level security; commit`,
  );
  const { rows: changed } = await again.query(
    `select count(*)::int as count from record_history where after ->> 'given_name' = 'Other'`,
  );
  await again.end();
  const sample = await verifyAudit(app.database.ownerUrl, { checked_max: report.events / 10 });
  const of = (what: string) => sample.findings.filter((finding) => finding.what === what).length;
  assert.ok(of('altered') > 0 && of('altered') < changed[0].count / 2, `${of('altered')} of ${changed[0].count}`);
  assert.ok(of('differs') > 0 && of('differs') < changed[0].count / 2, 'and so are the records that a sample replays');
});
