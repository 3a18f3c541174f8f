import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { consumed } from '../../../test/harness/feed.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { upload } from '../../../test/harness/import.ts';
import { moduleSchedules } from '../../modules/index.ts';
import { Scheduler } from '../jobs/scheduler.ts';
import { createLog } from '../logs/log.ts';

const path = '/api/v1/features';
let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('a workspace switches a feature off and on; it is off there alone, with words, and the switch is audited', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const other = (await (await app.tenant()).as('admin')).api;
  const on = (body: { data: { name: string; on: boolean }[] }) =>
    body.data.filter((one) => one.on).map(({ name }) => name);
  const products = ['mail', 'sales', 'wealth', 'insight'];
  assert.deepEqual(on((await api('GET', path)).body), [...products, 'imports', 'exports', 'api_keys']);

  const switched = await api('PATCH', path, { exports: false, api_keys: false });
  assert.deepEqual(on(switched.body), [...products, 'imports']);
  const off = async (who: typeof api) => (await who('GET', '/api/v1/session')).body.features_off;
  assert.deepEqual(
    [await off(api), await off((await tenant.as('member')).api), await off(other)],
    [['exports', 'api_keys'], ['exports', 'api_keys'], []],
  );
  const role_id = (await api('GET', '/api/v1/roles')).body.data[0].id;
  for (const answer of [
    await api('GET', '/api/v1/contacts/export.csv'),
    await api('POST', '/api/v1/exports', { resource: 'contact' }),
    await api('POST', '/api/v1/api-keys', { name: 'new', role_id }),
  ]) {
    assert.deepEqual([answer.status, answer.body.code], [403, 'feature_off']);
    assert.match(answer.body.detail, /an administrator can switch it on/);
  }
  assert.equal((await other('GET', '/api/v1/contacts/export.csv')).status, 200);
  assert.equal((await upload(api, [['a.csv', 'Email\na@b.example\n']])).status, 201);

  const [event] = (await api('GET', '/api/v1/audit-events?resource=tenant&limit=1')).body.data;
  assert.deepEqual(
    [event.before, event.after],
    [{ features: { exports: true, api_keys: true } }, { features: { exports: false, api_keys: false } }],
  );
  await api('PATCH', path, { exports: true });
  assert.equal((await api('GET', '/api/v1/contacts/export.csv')).status, 200);
});

test('only who may change the workspace switches, and only what there is', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const member = (await tenant.as('member')).api;
  assert.equal((await member('GET', path)).status, 200);
  assert.equal((await member('PATCH', path, { imports: false })).status, 403);
  assert.equal((await api('PATCH', path, { nonsense: true })).status, 422);
  assert.equal((await api('PATCH', path, { imports: 'no' })).status, 422);
});

test('what the installation has switched off no workspace can switch on', async () => {
  const strict = await app.secondNode({ FEATURES_OFF: 'imports' });
  const { key } = await (await app.tenant()).as('admin');
  const ask = (method: string, where: string, body?: object) =>
    fetch(strict.address + where, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const refused = await ask('GET', '/api/v1/imports');
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /this whole installation/);
  assert.equal((await ask('PATCH', path, { imports: true })).status, 422);
  const { data } = (await (await ask('GET', path)).json()) as {
    data: { name: string; locked: boolean; on: boolean }[];
  };
  assert.deepEqual(
    data.find(({ name }) => name === 'imports'),
    {
      name: 'imports',
      title: 'Imports',
      description: 'Importing records from files',
      product: false,
      on: false,
      locked: true,
    },
  );
});

test('a product that is off is as if it were not there, and all is there again once it is on', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const other = (await (await app.tenant()).as('admin')).api;
  const made = async (where: string, body: object) => {
    const answer = await api('POST', `/api/v1/${where}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const pipeline = await made('pipelines', { name: 'Sales' });
  const deal = await made('deals', { name: 'Quillfeather order' });
  const gone = await made('deals', { name: 'Trashed order' });
  await api('DELETE', `/api/v1/deals/${gone.id}`);
  await made('notes', { body: 'Quillfeather called', records: [{ type: 'deal', id: deal.id }] });
  await api('PUT', `/api/v1/deals/${deal.id}/favourite`);
  const found = async () => {
    const { data, written } = (await api('GET', '/api/v1/search?q=Quillfeather')).body;
    return [data, written.map(({ subject }: { subject: { name: string } }) => subject?.name)].map(
      (each) => each[0]?.name ?? each[0],
    );
  };
  const trash = async () => (await api('GET', '/api/v1/trash')).body.data.length;
  const favourites = async () => (await api('GET', '/api/v1/favourites')).body.data.length;
  const rights = async () => (await api('GET', '/api/v1/rights')).body.data.map(({ name }: { name: string }) => name);
  const all = [await found(), await trash(), await favourites()];
  assert.deepEqual(all, [['Quillfeather order', 'Quillfeather order'], 1, 1]);
  const roles = (await api('GET', '/api/v1/roles')).body.data;
  const role = await made('roles', { name: 'Seller', rights: { contact: { read: 'all' }, deal: { read: 'all' } } });

  // Its records are referred to: they stay what others name.
  assert.equal((await api('PATCH', path, { sales: false })).status, 200);
  assert.deepEqual((await api('GET', '/api/v1/session')).body.features_off, ['sales']);
  for (const [method, where, body] of [
    ['GET', 'deals'],
    ['GET', `deals/${deal.id}`],
    ['GET', `deals/${deal.id}/timeline`],
    ['POST', 'deals', {}],
    ['GET', 'deals/export.csv'],
    ['GET', 'stages'],
    ['GET', 'dashboards'],
    ['GET', 'trash?resource=deal'],
    ['POST', 'exports', { resource: 'deal' }],
    ['POST', 'changes', { resource: 'product', filter: null, action: { kind: 'delete' } }],
    [
      'POST',
      'changes',
      { resource: 'contact', filter: null, action: { kind: 'start_deals', pipeline_id: pipeline.id } },
    ],
  ] as const) {
    const answer = await api(method, `/api/v1/${where}`, body);
    assert.deepEqual(
      [answer.status, answer.body.code],
      [403, 'feature_off'],
      `${method} ${where} ${JSON.stringify(answer.body)}`,
    );
  }
  assert.deepEqual([await found(), await trash(), await favourites()], [[undefined, 'Quillfeather order'], 0, 0]);
  const [note] = (await api('GET', '/api/v1/notes')).body.data;
  assert.deepEqual(
    note.records.map(({ name }: { name: string }) => name),
    ['Quillfeather order'],
  );
  assert.equal((await api('GET', '/api/v1/audit-events?resource=deal')).status, 200);
  const off = await rights();
  for (const name of ['deal', 'pipeline', 'product', 'scoring', 'dashboard', 'sales_target'])
    assert.ok(!off.includes(name), name);
  assert.ok(off.includes('contact'));
  // A role keeps what it says of them, also when it is changed meanwhile.
  const renamed = await api('PATCH', `/api/v1/roles/${role.id}`, { name: 'Seller again', rights: role.rights });
  assert.deepEqual([renamed.status, renamed.body.rights.deal], [200, { read: 'all' }]);
  assert.equal((await api('GET', '/api/v1/roles')).body.data.length, roles.length + 1);
  assert.equal((await other('GET', '/api/v1/deals')).status, 200);

  assert.equal((await api('PATCH', path, { sales: true })).status, 200);
  assert.deepEqual([await found(), await trash(), await favourites()], all);
  assert.ok((await rights()).includes('deal'));
});

test('jobs, schedules and consumers of a product that is off rest, and what they passed over is caught up', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const made = async (where: string, body: object) => {
    const answer = await api('POST', `/api/v1/${where}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const contact = await made('contacts', { given_name: 'Ann', job_title: 'Clerk' });
  await made('pipelines', { name: 'Sales' });
  const deal = await made('deals', { name: 'Anvils', contact_id: contact.id });
  await made('scoring-rules', {
    name: 'Head of something',
    resource: 'contact',
    filter: { field: 'job_title', op: 'contains', value: 'head' },
    points: -15,
    active: true,
  });
  const score = async () => (await api('GET', `/api/v1/deals/${deal.id}`)).body.score;
  await eventually(async () => (await score()) === 50);
  const ofTenant = (query: string) => asOwner(app, query, [tenant.tenant_id]);
  const scoring = () => ofTenant(`select state, error from job where tenant_id = $1 and kind like 'score.%'`);
  const isDone = async () => (await scoring()).every((job) => (job as { state: string }).state === 'done');
  await consumed(app);
  await eventually(isDone);
  const before = await scoring();

  await api('PATCH', path, { sales: false });
  assert.equal((await api('PATCH', `/api/v1/contacts/${contact.id}`, { job_title: 'Head of IT' })).status, 200);
  await consumed(app);
  const planned = async () =>
    (await ofTenant(`select next_at > now() as later from schedule where tenant_id = $1 and name = 'score.fit'`))[0] as
      | { later: boolean }
      | undefined;
  const { db, features } = app.app.services;
  const schedules = new Scheduler({ db, log: createLog('silent'), schedules: moduleSchedules, features });
  await schedules.look();
  assert.deepEqual(await planned(), { later: true });
  await ofTenant(
    `update schedule set next_at = now() - interval '1 minute' where tenant_id = $1 and name = 'score.fit'`,
  );
  await schedules.look();
  assert.deepEqual(await planned(), { later: true }, 'its time is passed over');
  assert.deepEqual(await scoring(), before);
  // One that waited when it was switched off.
  await ofTenant(`insert into job (tenant_id, kind, payload, state) values ($1, 'score.fit', '{}', 'ready')`);
  const cancelled = async () => (await scoring()).find((job) => (job as { state: string }).state === 'cancelled');
  const { error } = (await eventually(cancelled)) as { error: string };
  assert.match(error, /switched off in this workspace/);
  const [kept] = await ofTenant(`select score from deal where tenant_id = $1`);
  assert.deepEqual(kept, { score: 50 });

  await api('PATCH', path, { sales: true });
  await eventually(async () => (await score()) === 35);
});
