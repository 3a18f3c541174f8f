import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner, asTableOwner } from '../../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let ann: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ann = (await tenant.as('advisor', 'Ann')).api;
});

async function made(path: string, body: object = {}, by = ann) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const read = async (path: string, by = ann) => {
  const answer = await by('GET', `/api/v1/${path}`);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const upload = async (text: string, by = ann): Promise<string> => {
  const form = new FormData();
  form.set('file', new Blob([text], { type: 'text/plain' }), 'paper.txt');
  return (await made('files', form, by)).id;
};
const year = new Date().getFullYear();

test('a document keeps every version with hash, author and time, and shows its path to who may reveal it', async () => {
  const { id: household_id } = await made('households', { name: 'Okafor', status: 'active' });
  const [first, second] = [await upload('first words'), await upload('second words')];
  const paper = { household_id, type: 'statement', name: 'Statement', dated_on: '2019-05-01', file_id: first };
  const { id, ...document } = await made('documents', { ...paper, storage_path: '/clients/okafor/statement.pdf' });
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  assert.deepEqual(
    [
      document.number,
      document.sha256,
      document.file_name,
      document.tier,
      document.storage_path,
      document.household.name,
    ],
    [1, hash('first words'), 'paper.txt', 'cold', '••••', 'Okafor'],
  );
  const changed = await ann('PATCH', `/api/v1/documents/${id}`, { file_id: second });
  assert.deepEqual([changed.status, changed.body.number], [200, 2], JSON.stringify(changed.body));
  const { data } = await read(`documents/${id}/versions`);
  assert.deepEqual(
    data.map((one: { number: number; sha256: string; author: { name: string } }) => [
      one.number,
      one.sha256,
      one.author.name,
    ]),
    [
      [2, hash('second words'), 'Ann'],
      [1, hash('first words'), 'Ann'],
    ],
  );
  assert.equal((await ann('GET', `/api/v1/documents/${id}/content`)).body, 'second words');
  assert.equal((await ann('GET', `/api/v1/documents/${id}/versions/1/content`)).body, 'first words');
  assert.equal((await ann('GET', `/api/v1/documents/${id}/versions/3/content`)).status, 404);
  assert.equal((await ann('DELETE', `/api/v1/files/${first}`)).status, 409, 'a version keeps its file');
  await assert.rejects(
    asTableOwner(app, 'document_version', 'update document_version set name = $2 where document_id = $1', [id, 'x']),
    /never changed/,
  );
  await assert.rejects(
    asTableOwner(app, 'document_version', 'delete from document_version where document_id = $1', [id]),
    /never changed/,
  );
  const shown = await ann('POST', `/api/v1/documents/${id}/reveal`, { field: 'storage_path', reason: 'Audit' });
  assert.equal(shown.body.value, '/clients/okafor/statement.pdf');
  const stolen = await upload('of somebody else', (await tenant.as('advisor', 'Ben')).api);
  assert.equal((await ann('PATCH', `/api/v1/documents/${id}`, { file_id: stolen })).status, 422);
  const [seen] = (await read(`audit-events?action=download&record_id=${id}`, (await tenant.as('admin')).api)).data;
  assert.equal(seen.actor.name, 'Ann');
});

test('a document is kept as long as its type says, of an account six years after that closes, whoever asks', async () => {
  const { id: household_id } = await made('households', { name: 'Novak', status: 'active' });
  const account = { household_id, name: 'Depot', registration: 'individual', kind: 'managed', currency: 'EUR' };
  const { id: account_id } = await made('financial-accounts', account);
  const paper = (type: string, more: object = {}) => made('documents', { household_id, type, name: type, ...more });
  const kept = [await paper('identity'), await paper('tax'), await paper('will')].map((one) =>
    one.kept_until.slice(0, 4),
  );
  assert.deepEqual(kept, [year + 6, year + 7, year + 10].map(String));
  assert.equal((await paper('will', { dated_on: '9999-12-31' })).kept_until, '9999-12-31');
  const deleted = await ann('DELETE', `/api/v1/documents/${(await paper('tax')).id}`);
  assert.deepEqual([deleted.status, deleted.body.code], [409, 'kept']);
  assert.match(deleted.body.detail, new RegExp(`kept until ${year + 7}-`));

  const statement = await paper('statement', { account_id, dated_on: '2001-01-01' });
  assert.equal(statement.kept_until, null);
  assert.match((await ann('DELETE', `/api/v1/documents/${statement.id}`)).body.detail, /account that is open/);
  const closing = { closed_on: `${year + 1}-03-31` };
  assert.equal((await ann('PATCH', `/api/v1/financial-accounts/${account_id}`, closing)).status, 200);
  assert.equal((await read(`documents/${statement.id}`)).kept_until, `${year + 7}-03-31`);
  await assert.rejects(asOwner(app, 'delete from document where id = $1', [statement.id]), /It is kept until/);
  for (const path of [`financial-accounts/${account_id}`, `households/${household_id}`])
    assert.equal((await (await tenant.as('admin')).api('DELETE', `/api/v1/${path}`)).status, 409, path);

  const [old] = (await asOwner(
    app,
    `insert into document (tenant_id, household_id, type, name, dated_on, created_at)
    values ($1, $2, 'other', 'Old', current_date - 2600, now() - interval '7 years') returning id`,
    [tenant.tenant_id, household_id],
  )) as { id: string }[];
  assert.equal((await ann('DELETE', `/api/v1/documents/${old!.id}`)).status, 204);
});

test('who does not advise a household sees none of its papers', async () => {
  const { id: household_id } = await made('households', { name: 'Lind', status: 'active' });
  const { id } = await made('documents', { household_id, type: 'other', name: 'Deed', file_id: await upload('deed') });
  const said = { household_id, kind: 'call', direction: 'incoming', subject: 'Call', body: 'Sells' };
  const call = await made('communications', said);
  const dora = (await tenant.as('advisor', 'Dora')).api;
  for (const path of [
    `documents/${id}`,
    `documents/${id}/content`,
    `documents/${id}/versions`,
    `communications/${call.id}`,
  ])
    assert.equal((await dora('GET', `/api/v1/${path}`)).status, 404, path);
  for (const plural of ['documents', 'communications']) assert.deepEqual((await read(plural, dora)).data, []);
  const seller = (await tenant.as('member', 'Sales')).api;
  assert.equal((await seller('GET', '/api/v1/documents')).status, 403);
  assert.equal((await dora('POST', '/api/v1/documents', { household_id, type: 'other', name: 'Mine' })).status, 422);
});
