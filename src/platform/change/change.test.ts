import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { createApiKey } from '../../kernel/identity/index.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000', RATE_LIMIT_CALLER_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});
after(() => app.stop());

const start = (body: object, by = api) => by('POST', '/api/v1/changes', body);
const ended = (id: string, by = api) =>
  eventually(async () => {
    const { body } = await by('GET', `/api/v1/changes/${id}`);
    return ['done', 'failed', 'cancelled'].includes(body.state) && body;
  });

/** Starts a change and waits for its end. */
async function run(body: object, by = api) {
  const started = await start(body, by);
  assert.equal(started.status, 202, JSON.stringify(started.body));
  return ended(started.body.id, by);
}
async function takenBack(id: string, by = api) {
  const answer = await by('POST', `/api/v1/changes/${id}/reversal`);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return ended(answer.body.id, by);
}

/** Does something while nobody else can change a contact: a batch that comes to it waits. */
async function whileLocked<T>(contact_id: string, work: () => Promise<T>): Promise<T> {
  const held = new pg.Client({ connectionString: app.database.ownerUrl });
  await held.connect();
  try {
    await held.query('begin; set local role holdfast_system');
    await held.query('select from contact where id = $1 for update', [contact_id]);
    return await work();
  } finally {
    await held.end();
  }
}

async function contacts(count: number, body: (n: number) => object = (n) => ({ given_name: `Person ${n}` }), by = api) {
  const ids: string[] = [];
  for (let from = 0; from < count; from += 1000) {
    const data = Array.from({ length: Math.min(1000, count - from) }, (_, n) => body(from + n));
    const answer = await by('POST', '/api/v1/contacts/bulk', { data });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    ids.push(...answer.body.data.map(({ id }: { id: string }) => id));
  }
  return ids;
}
const where = (field: string, value: string) => JSON.stringify({ field, op: 'eq', value });
const listed = async (filter: string) =>
  (await api('GET', `/api/v1/contacts?limit=200&count=true&filter=${encodeURIComponent(filter)}`)).body;
const stripped = ({ version: _, updated_at: __, ...row }: Record<string, unknown>) => row;

describe('a change of many records', () => {
  test('sets fields of all that match, in batches, and is taken back as a whole', async () => {
    await contacts(2_500, (n) => ({ given_name: `Person ${n}`, source: 'many', city: n % 2 ? 'Rome' : null }));
    const filter = where('source', 'many');
    const before = (await listed(filter)).data.map(stripped);
    const change = await run({
      resource: 'contact',
      filter,
      action: { kind: 'update', fields: { city: 'Rome', job_title: 'Clerk' } },
    });
    assert.deepEqual(
      [change.state, change.total, change.done, change.changed, change.skipped],
      ['done', 2_500, 2_500, 2_500, 0],
    );
    assert.equal(
      (await listed(JSON.stringify({ and: [JSON.parse(filter), JSON.parse(where('job_title', 'Clerk'))] }))).total,
      2_500,
    );
    const [kept] = (await listed(filter)).data;
    await api('PATCH', `/api/v1/contacts/${kept.id}`, { job_title: 'Head' });
    const undone = await takenBack(change.id);
    assert.deepEqual(
      [undone.state, undone.total, undone.changed, undone.skipped],
      ['done', 2_500, kept.city === before[0].city ? 2_499 : 2_500, 1],
    );
    assert.deepEqual(undone.skipped_samples[0].fields ?? ['job_title'], ['job_title']);
    const after = (await listed(filter)).data.map(stripped);
    assert.deepEqual(after.slice(1), before.slice(1));
    assert.equal(after[0].job_title, 'Head');
    const { reversal } = (await api('GET', `/api/v1/changes/${change.id}`)).body;
    assert.equal(reversal.id, undone.id);
  });

  test('counts what was so before, and changes nothing of it', async () => {
    const [one, two] = await contacts(2, (n) => ({ given_name: 'Same', city: n ? 'Oslo' : 'Bern' }));
    const { version } = (await api('GET', `/api/v1/contacts/${two}`)).body;
    const change = await run({
      resource: 'contact',
      ids: [one, two],
      action: { kind: 'update', fields: { city: 'Oslo' } },
    });
    assert.deepEqual([change.changed, change.unchanged, change.skipped], [1, 1, 0]);
    assert.equal((await api('GET', `/api/v1/contacts/${two}`)).body.version, version);
  });

  test('adds and removes tags, assigns and deletes; each is taken back', async () => {
    const ids = await contacts(3, () => ({ given_name: 'Tag me' }));
    const tags = (await api('POST', '/api/v1/tags/bulk', { data: [{ name: 'Hot' }, { name: 'Cold' }] })).body.data;
    const { user_id } = await tenant.as('member');
    await api('PATCH', `/api/v1/contacts/${ids[0]}`, { tags: [tags[1].id] });
    const look = async () =>
      Promise.all(ids.map(async (id) => stripped((await api('GET', `/api/v1/contacts/${id}`)).body)));
    const before = await look();
    for (const action of [
      { kind: 'tag', add: [tags[0].id], remove: [tags[1].id] },
      { kind: 'update', fields: { owner_id: user_id } },
      { kind: 'delete' },
    ]) {
      const change = await run({ resource: 'contact', ids, action });
      assert.deepEqual([change.state, change.changed], ['done', 3], JSON.stringify(change));
      assert.notDeepEqual(await look(), before);
      assert.equal((await takenBack(change.id)).changed, 3);
      assert.deepEqual(await look(), before);
    }
  });

  test('deletes what has no trash, leaves what is in use, and brings it back', async () => {
    const products = [{ name: 'Unused' }, { name: 'Sold' }];
    const [unused, sold] = (await api('POST', '/api/v1/products/bulk', { data: products })).body.data;
    const deal = (await api('POST', '/api/v1/deals', { name: 'Pumps' })).body;
    await api('PUT', `/api/v1/deals/${deal.id}/lines`, { lines: [{ product_id: sold.id }] });
    const change = await run({ resource: 'product', ids: [unused.id, sold.id], action: { kind: 'delete' } });
    assert.deepEqual([change.state, change.changed, change.skipped], ['done', 1, 1], JSON.stringify(change));
    assert.deepEqual([change.skipped_samples[0].id, change.skipped_samples[0].code], [sold.id, 'refused']);
    const status = async () => (await api('GET', `/api/v1/products/${unused.id}`)).status;
    assert.equal(await status(), 404);
    assert.equal((await takenBack(change.id)).changed, 1);
    assert.equal(await status(), 200);
  });

  test('skips and reports what the caller may not change', async () => {
    const member = await tenant.as('member');
    const mine = await contacts(2, () => ({ given_name: 'Mine' }), member.api);
    const theirs = await contacts(3, () => ({ given_name: 'Theirs' }));
    const change = await run(
      { resource: 'contact', ids: [...mine, ...theirs, crypto.randomUUID()], action: { kind: 'delete' } },
      member.api,
    );
    assert.deepEqual([change.total, change.changed, change.skipped], [5, 2, 3]);
    assert.deepEqual(
      change.skipped_samples.map((s: { code: string }) => s.code),
      ['forbidden', 'forbidden', 'forbidden'],
    );
    assert.equal((await api('GET', `/api/v1/contacts/${theirs[0]}`)).status, 200);
    assert.equal((await takenBack(change.id, member.api)).changed, 2);
  });

  test('a rule of the database refuses single records, not the batch', async () => {
    const data = [{ name: 'Parent' }, { name: 'Child' }];
    const [parent, child] = (await api('POST', '/api/v1/companies/bulk', { data })).body.data;
    const change = await run({
      resource: 'company',
      ids: [parent.id, child.id],
      action: { kind: 'update', fields: { parent_id: parent.id } },
    });
    assert.deepEqual([change.changed, change.skipped, change.skipped_samples[0].code], [1, 1, 'refused']);
    assert.equal((await api('GET', `/api/v1/companies/${child.id}`)).body.parent_id, parent.id);
  });

  test('is cancelled: what was done stays and is taken back', async () => {
    await contacts(4_000, () => ({ given_name: 'Stop', source: 'stop' }));
    const started = await start({
      resource: 'contact',
      filter: where('source', 'stop'),
      action: { kind: 'update', fields: { city: 'Halt' } },
    });
    assert.equal((await api('POST', `/api/v1/changes/${started.body.id}/cancellation`)).status, 200);
    const change = await ended(started.body.id);
    assert.equal(change.state, 'cancelled');
    assert.ok(change.done < 4_000);
    assert.equal((await listed(where('city', 'Halt'))).total, change.changed);
    assert.equal((await api('POST', `/api/v1/changes/${change.id}/cancellation`)).status, 409);
    if (change.changed > 0) await takenBack(change.id);
    assert.equal((await listed(where('city', 'Halt'))).total, 0);
  });

  test('is not taken back while it runs, or what it does afterwards would stay', async () => {
    const ids = (await contacts(1_500, () => ({ given_name: 'Run' }))).sort();
    const action = { kind: 'update', fields: { city: 'Moving' } };
    const id = await whileLocked(ids.at(-1)!, async () => {
      const { body } = await start({ resource: 'contact', ids, action });
      await eventually(async () => (await api('GET', `/api/v1/changes/${body.id}`)).body.done === 1_000);
      const refused = await api('POST', `/api/v1/changes/${body.id}/reversal`);
      assert.deepEqual([refused.status, refused.body.code], [409, 'still_running']);
      return body.id;
    });
    assert.equal((await ended(id)).changed, 1_500);
    assert.equal((await takenBack(id)).changed, 1_500);
    assert.equal((await listed(where('city', 'Moving'))).total, 0);
  });

  test('is begun and taken back with a key without a person, as the command line makes them', async () => {
    const rights = { contact: { read: 'all', update: 'all' } };
    const role = (await api('POST', '/api/v1/roles', { name: 'Tidies', rights })).body;
    const { key } = await withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
      createApiKey(ctx, { name: 'Tidies', role_id: role.id }),
    );
    const program = app.client(key);
    const ids = await contacts(1);
    const action = { kind: 'update', fields: { city: 'By a program' } };
    const { status, body } = await start({ resource: 'contact', ids, action }, program);
    assert.deepEqual([status, body.total], [202, 1], JSON.stringify(body));
    await ended(body.id);
    const undone = await program('POST', `/api/v1/changes/${body.id}/reversal`);
    assert.deepEqual([undone.status, undone.body.changed], [200, 1], JSON.stringify(undone.body));
  });

  test('of an empty selection is done at once', async () => {
    const { body } = await start({
      resource: 'contact',
      filter: where('source', 'nobody'),
      action: { kind: 'delete' },
    });
    assert.deepEqual([body.state, body.total], ['done', 0]);
  });
});

describe('refusals', () => {
  test('say what is wrong before anything begins', async () => {
    const [id] = await contacts(1);
    const update = (fields: object) => ({ resource: 'contact', ids: [id], action: { kind: 'update', fields } });
    const cases: [object, number, string | undefined][] = [
      [update({ nonsense: 1 }), 422, 'action.fields.nonsense'],
      [update({ name: 'read only' }), 422, 'action.fields.name'],
      [update({ external_id: 'x' }), 422, 'action.fields.external_id'],
      [update({ email: 'not one' }), 422, 'action.fields.email'],
      [update({ owner_id: crypto.randomUUID() }), 422, 'action.fields.owner_id'],
      [update({ custom: { unknown: 1 } }), 422, 'action.fields.custom.unknown'],
      [update({}), 422, 'action.fields'],
      [{ ...update({ city: 'x' }), filter: null }, 422, 'ids'],
      [{ resource: 'contact', action: { kind: 'delete' } }, 422, 'ids'],
      [{ resource: 'user', ids: [id], action: { kind: 'delete' } }, 422, 'resource'],
      [{ resource: 'contact', ids: [id], action: { kind: 'tag', add: [crypto.randomUUID()] } }, 422, 'action.add'],
      [{ resource: 'contact', ids: [id], action: { kind: 'tag' } }, 422, 'action.add'],
      [{ resource: 'contact', ids: [id], action: { kind: 'explode' } }, 422, 'action.kind'],
      [
        { resource: 'contact', filter: '{"field":"nonsense","op":"eq","value":1}', action: { kind: 'delete' } },
        422,
        undefined,
      ],
      [{ resource: 'contact', ids: [crypto.randomUUID()], action: { kind: 'delete' } }, 404, undefined],
      [
        { resource: 'deal', filter: null, action: { kind: 'update', fields: { stage_id: crypto.randomUUID() } } },
        422,
        'action.fields.stage_id',
      ],
    ];
    for (const [body, status, field] of cases) {
      const answer = await start(body);
      assert.equal(answer.status, status, `${JSON.stringify(body)} ${JSON.stringify(answer.body)}`);
      if (field) assert.equal(answer.body.errors[0].field, field);
    }
  });

  test('a change of others is not there; who may not is told', async () => {
    const ids = await contacts(1);
    const change = await run({ resource: 'contact', ids, action: { kind: 'update', fields: { city: 'Mine' } } });
    const viewer = await tenant.as('viewer');
    for (const path of ['', '/cancellation']) {
      const answer = await viewer.api(path ? 'POST' : 'GET', `/api/v1/changes/${change.id}${path}`);
      assert.equal(answer.status, 404);
    }
    const refused = await start({ resource: 'contact', ids, action: { kind: 'delete' } }, viewer.api);
    assert.equal(refused.status, 403);
    assert.deepEqual((await viewer.api('GET', '/api/v1/changes')).body.data, []);
    assert.ok((await api('GET', '/api/v1/changes')).body.data.some((row: { id: string }) => row.id === change.id));
  });
});

test('a change that nothing matches is done at once, as the API document says', async () => {
  const { status, body } = await start({
    resource: 'contact',
    filter: where('city', 'No city has this name'),
    action: { kind: 'delete' },
  });
  assert.deepEqual([status, body.state, body.total], [200, 'done', 0]);
  const { paths } = (await api('GET', '/api/v1/openapi.json')).body;
  assert.ok('200' in paths['/api/v1/changes'].post.responses);
});

test('an empty text is no filter that all records match', async () => {
  const [id] = await contacts(1);
  const { status, body } = await start({ resource: 'contact', filter: '', action: { kind: 'delete' } });
  assert.deepEqual([status, body.errors?.[0].field], [422, 'filter'], JSON.stringify(body));
  assert.equal((await api('GET', `/api/v1/contacts/${id}`)).status, 200);
});

test('a field that is hidden meanwhile is changed no further', async () => {
  const field = await api('POST', '/api/v1/custom-fields', {
    resource: 'contact',
    key: 'grade',
    label: 'Grade',
    type: 'text',
  });
  const ids = await contacts(1_500);
  const member = (await tenant.as('member')).api;
  // Holds up the first batch until the field is hidden.
  const id = await whileLocked(ids[0]!, async () => {
    const { body } = await start(
      { resource: 'contact', ids, action: { kind: 'update', fields: { custom: { grade: 'A' } } } },
      member,
    );
    await eventually(async () => (await api('GET', `/api/v1/jobs?kind=change.run&state=running`)).body.data.length > 0);
    assert.equal((await api('PATCH', `/api/v1/custom-fields/${field.body.id}`, { editable_by: [] })).status, 200);
    return body.id;
  });
  const change = await ended(id, member);
  assert.equal(change.state, 'failed');
  assert.match(change.error, /^Your role may see this field, not change it\. What was done so far stays\.$/);
  assert.ok(change.changed <= 1_000, String(change.changed));
});

test('the change of somebody whose account is deleted goes no further, and neither does what they were taking back', async () => {
  const ids = await contacts(600);
  const done = await run({ resource: 'contact', ids, action: { kind: 'update', fields: { city: 'Before' } } });
  const { api: leaver, user_id } = await tenant.as('manager', 'leaver');
  const [held] = await contacts(1);
  const runningCount = async () => (await api('GET', '/api/v1/jobs?kind=change.run&state=running')).body.data.length;
  // Two changes that wait for a locked contact take up the worker, so that those of the leaver wait until the account
  // is gone.
  const waiting = await whileLocked(held!, async () => {
    for (const city of ['One', 'Two'])
      await start({ resource: 'contact', ids: [held], action: { kind: 'update', fields: { city } } });
    await eventually(async () => (await runningCount()) === 2);
    const change = await start(
      { resource: 'contact', ids, action: { kind: 'update', fields: { city: 'After' } } },
      leaver,
    );
    const reversal = await leaver('POST', `/api/v1/changes/${done.id}/reversal`);
    assert.deepEqual([change.status, reversal.status], [202, 202], JSON.stringify(reversal.body));
    assert.equal((await api('DELETE', `/api/v1/users/${user_id}`)).status, 204);
    return [change.body.id, reversal.body.id];
  });
  for (const id of waiting) {
    const change = await ended(id);
    assert.deepEqual([change.state, change.changed], ['failed', 0], JSON.stringify(change));
    assert.match(change.error, /no longer has access/);
  }
});

test('what a key began, or was taking back, goes no further than the key', async () => {
  const ids = await contacts(600);
  const done = await run({ resource: 'contact', ids, action: { kind: 'update', fields: { city: 'Before' } } });
  const roles = (await api('GET', '/api/v1/roles?limit=100')).body.data;
  const role_id = roles.find(({ key }: { key: string }) => key === 'admin').id;
  const made = (await api('POST', '/api/v1/api-keys', { name: 'Program', role_id })).body;
  const program = app.client(made.key);
  const [held] = await contacts(1);
  const waiting = await whileLocked(held!, async () => {
    for (const city of ['One', 'Two'])
      await start({ resource: 'contact', ids: [held], action: { kind: 'update', fields: { city } } });
    await eventually(
      async () => (await api('GET', '/api/v1/jobs?kind=change.run&state=running')).body.data.length === 2,
    );
    const change = await start({ resource: 'contact', ids, action: { kind: 'delete' } }, program);
    const reversal = await program('POST', `/api/v1/changes/${done.id}/reversal`);
    assert.deepEqual([change.status, reversal.status], [202, 202], JSON.stringify(reversal.body));
    assert.equal((await api('DELETE', `/api/v1/api-keys/${made.id}`)).status, 204);
    return [change.body.id, reversal.body.id];
  });
  for (const id of waiting) {
    const change = await ended(id);
    assert.deepEqual([change.state, change.changed], ['failed', 0], JSON.stringify(change));
    assert.match(change.error, /no longer has access/);
  }
});

test('while changes of one workspace take long, that of another is made', async () => {
  const [held] = await contacts(1);
  const other = (await (await app.tenant()).as('admin')).api;
  const [theirs] = await contacts(1, undefined, other);
  await whileLocked(held!, async () => {
    for (const city of ['Three', 'Four', 'Five'])
      await start({ resource: 'contact', ids: [held], action: { kind: 'update', fields: { city } } });
    const running = async () => (await api('GET', '/api/v1/jobs?kind=change.run&state=running')).body.data.length;
    await eventually(async () => (await running()) === 2);
    const fields = { city: 'Oslo' };
    const { body } = await start({ resource: 'contact', ids: [theirs], action: { kind: 'update', fields } }, other);
    await eventually(async () => (await other('GET', `/api/v1/changes/${body.id}`)).body.state === 'done', 10_000);
  });
});

test('only so many changes of a workspace wait at a time', async () => {
  const { api: busy } = await (await app.tenant()).as('admin');
  const [held] = await contacts(1, undefined, busy);
  const body = { resource: 'contact', ids: [held], action: { kind: 'update', fields: { city: 'Bern' } } };
  await whileLocked(held!, async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 104 && statuses.at(-1) !== 429; n++) {
      const { status, body: answer, headers } = await start(body, busy);
      statuses.push(status);
      if (status === 429) assert.deepEqual([answer.code, headers.get('retry-after')], ['too_many_changes', '60']);
    }
    assert.equal(statuses.at(-1), 429, `${statuses.length} wait`);
    assert.ok(statuses.length > 50, `${statuses.length} are few`);
  });
  const [id] = await contacts(1);
  assert.equal((await run({ ...body, ids: [id] })).state, 'done', 'others go on');
});
