import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Client, client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner, systemClient } from '../../../test/harness/identity.ts';
import { importNow, readUploads } from '../../../test/harness/import.ts';
import { tidy } from '../../../test/harness/tidy.ts';
import { lateEnd, wire } from '../../../test/harness/wire.ts';
import { sql } from '../../kernel/database/database.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { neutraliseFormula } from '../csv/formula.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const opportunities = new URL('../../../test/fixtures/opportunities/', import.meta.url);
const plurals = { company: 'companies', contact: 'contacts', product: 'products', deal: 'deals' };

test('what is exported comes back unchanged: relations, custom fields, tags, formulas, line breaks, every script', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await importNow(api, await readUploads(opportunities));
  for (const [key, type, options] of [
    ['tier', 'select', ['Gold', 'Silver']],
    ['since', 'date', []],
    ['budget', 'money', []],
    ['topics', 'multi_select', ['A', 'B; C']],
    ['vip', 'boolean', []],
  ]) {
    const made = await api('POST', '/api/v1/custom-fields', {
      resource: 'contact',
      key,
      label: `Own ${key}`,
      type,
      options,
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  const [company] = (await api('GET', '/api/v1/companies?limit=1')).body.data;
  const tag = (await api('POST', '/api/v1/tags', { name: '=Key, account' })).body;
  const names = [
    '=1+1',
    '+49 30',
    '-1',
    '@SUM(A1)',
    "'=2",
    '"quoted", and more',
    'two\nlines',
    '山田',
    'ÅÄÖ ｆｕｌｌ',
    '＝1',
  ];
  for (const [at, given_name] of names.entries()) {
    const custom =
      at % 2
        ? {}
        : {
            tier: 'Gold',
            since: '2026-02-28',
            budget: { amount: '12.50', currency: 'EUR' },
            topics: ['A', 'B; C'],
            vip: false,
          };
    const made = await api('POST', '/api/v1/contacts', {
      given_name,
      family_name: null,
      job_title: names.at(-1 - at),
      company_id: company.id,
      tags: [tag.id],
      custom,
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  const files: [string, string][] = [];
  for (const [name, plural] of Object.entries(plurals)) {
    const { status, body } = await api('GET', `/api/v1/${plural}/export.csv`);
    assert.equal(status, 200, JSON.stringify(body));
    files.push([`${name}.csv`, body]);
  }
  for (const [, text] of files) assert.doesNotMatch(text, /(^|,)"?[=+@]/m);
  const { files: loaded, problem_samples } = await importNow(api, files);
  assert.deepEqual(problem_samples, []);
  for (const { name, resource, columns, counts } of loaded) {
    assert.equal(`${resource}.csv`, name);
    assert.deepEqual(
      columns.filter(({ field }) => field === null).map((column) => column.name),
      // Positions are there to be read: an import asks for their companies and roles in columns of their own.
      resource === 'contact' ? ['Positions'] : [],
    );
    assert.deepEqual(
      { ...counts, rows: 0, unchanged: 0 },
      { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, errors: 0 },
      name,
    );
    assert.equal(counts.unchanged, counts.rows);
  }
});

test('an export holds what its filter says and its caller may read, with the columns asked for, at once or in the background', async () => {
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  const adviser = await tenant.as('advisor');
  const add = (family_name: string, owner_id: string) =>
    admin.api('POST', '/api/v1/contacts', { family_name, owner_id });
  await add('Mine', adviser.user_id);
  await add("O'Hara $1", adviser.user_id);
  await add('Theirs', admin.user_id);
  const filter = JSON.stringify({ field: 'name', op: 'in', value: ["O'Hara $1", 'Theirs', 'a"b\\c'] });
  const path = `/api/v1/contacts/export.csv?columns=family_name,owner&sort=-name&filter=${encodeURIComponent(filter)}`;
  assert.equal((await admin.api('GET', path)).body, "Last name,Owner\nTheirs,admin\nO'Hara $1,advisor\n");
  assert.equal((await adviser.api('GET', path)).body, "Last name,Owner\nO'Hara $1,advisor\n");

  const twice = '/api/v1/contacts/export.csv?columns=owner_id,family_name,owner_id&sort=name';
  assert.equal(
    (await adviser.api('GET', twice)).body,
    "Owner,Last name,Owner\nadvisor,Mine,advisor\nadvisor,O'Hara $1,advisor\n",
  );
  const asked = await adviser.api('POST', '/api/v1/exports', {
    resource: 'contact',
    columns: ['family_name'],
    sort: 'name',
  });
  assert.equal(asked.status, 202);
  const done = await eventually(async () => {
    const { body } = await adviser.api('GET', `/api/v1/exports/${asked.body.id}`);
    return body.state === 'done' && body;
  });
  assert.equal(done.row_count, 2);
  assert.equal((await adviser.api('GET', `/api/v1/exports/${done.id}/content`)).body, "Last name\nMine\nO'Hara $1\n");
  const stranger = await (await app.tenant()).as('admin');
  assert.equal((await stranger.api('GET', `/api/v1/exports/${done.id}/content`)).status, 404);

  for (const [query, status] of [
    ['filter={"field":"nothing","op":"eq","value":1}', 422],
    ['columns=secret', 422],
    ['sort=secret', 422],
    ['filter=[', 400],
  ] as const)
    assert.equal((await admin.api('GET', `/api/v1/contacts/export.csv?${query}`)).status, status, query);
  const noJson = await admin.api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv', filter: 'name=Ada' });
  assert.deepEqual([noJson.status, noJson.body.errors?.[0].field], [400, 'filter'], JSON.stringify(noJson.body));
  const viewer = await tenant.as('viewer');
  assert.equal((await viewer.api('GET', '/api/v1/contacts/export.csv')).status, 403);
});

test('exports of one tenant wait for each other, only so many, and one of another tenant does not wait for them', async () => {
  const busy = await app.tenant();
  const { api } = await busy.as('admin');
  const { api: neighbour } = await (await app.tenant()).as('admin');
  const ask = async (by: Client) => {
    const { status, body } = await by('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
    assert.equal(status, 202, JSON.stringify(body));
    return body.id as string;
  };
  const isDone = (by: Client, id: string) =>
    eventually(async () => (await by('GET', `/api/v1/exports/${id}`)).body.state === 'done');
  const ids = [await ask(api), await ask(api), await ask(api)];
  for (const id of ids) await isDone(api, id);
  const lock = await systemClient(app);
  // Whatever makes one of them stands still until the lock is gone.
  await lock.query('begin');
  await lock.query('select from export where tenant_id = $1 for update', [busy.tenant_id]);
  const again = `update job set state = 'ready', attempts = 0 where tenant_id = $1 and kind = 'export.make'`;
  await asOwner(app, again, [busy.tenant_id]);
  const running = () =>
    asOwner(app, `select from job where tenant_id = $1 and kind = 'export.make' and state = 'running'`, [
      busy.tenant_id,
    ]);
  try {
    await eventually(async () => (await running()).length > 0);
    for (let i = 0; i < 20; i++) await ask(api);
    const refused = await api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
    assert.deepEqual([refused.status, refused.body.code], [429, 'too_many_exports']);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    await isDone(neighbour, await ask(neighbour));
    assert.equal((await running()).length, 1);
  } finally {
    await lock.query('rollback');
    await lock.end();
  }
  await eventually(async () => (await running()).length === 0);
});

test('an export that waited holds what its caller may read when it is made', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const { user_id } = await tenant.as('member', 'Ann');
  const ann = await tenant.signedIn('member', 'Ann');
  const given = async (by: Client, given_name: string) =>
    assert.equal((await by('POST', '/api/v1/contacts', { given_name })).status, 201);
  await given(admin, 'Ada');
  await given(ann, 'Own');
  const { id } = (await ann('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' })).body;
  const content = () => ann('GET', `/api/v1/exports/${id}/content`);
  await eventually(async () => (await content()).status === 200);
  const roles = (await admin('GET', '/api/v1/roles?limit=200')).body.data as { id: string; key: string }[];
  const adviser = roles.find(({ key }) => key === 'advisor')!.id;
  assert.equal((await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [adviser] })).status, 200);
  await asOwner(app, `update export set file_id = null, state = 'waiting' where id = $1`, [id]);
  await asOwner(
    app,
    `update job set state = 'ready', attempts = 0 where kind = 'export.make' and payload ->> 'export_id' = $1`,
    [id],
  );
  const body = await eventually(async () => {
    const answer = await content();
    return answer.status === 200 && (answer.body as string);
  });
  assert.ok(body.includes('Own') && !body.includes('Ada'), body);
});

test('an export that waited is not made for somebody whose account is deleted', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const { user_id, api } = await tenant.as('manager', 'Leaver');
  assert.equal((await admin('POST', '/api/v1/contacts', { given_name: 'Ada' })).status, 201);
  const { id } = (await api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' })).body;
  const state = async () => (await admin('GET', `/api/v1/exports/${id}`)).body.state;
  await eventually(async () => (await state()) === 'done');
  assert.equal((await admin('DELETE', `/api/v1/users/${user_id}`)).status, 204);
  await asOwner(app, `update export set file_id = null, state = 'waiting' where id = $1`, [id]);
  await asOwner(
    app,
    `update job set state = 'ready', attempts = attempts_max - 1 where kind = 'export.make' and payload ->> 'export_id' = $1`,
    [id],
  );
  const end = await eventually(async () => {
    const now = (await state()) as string;
    return now !== 'waiting' && now !== 'running' && now;
  });
  assert.equal(end, 'failed');
});

test('an export that waited fails at once when what it selects is gone, and says what', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'contact', key: 'tier', label: 'Tier', type: 'text' };
  const { body: tier } = await api('POST', '/api/v1/custom-fields', field);
  const filter = JSON.stringify({ field: 'custom.tier', op: 'eq', value: 'Gold' });
  const ids: string[] = [];
  for (const selection of [{ filter }, { sort: 'custom.tier' }, { columns: ['name', 'custom.tier'] }]) {
    const asked = await api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv', ...selection });
    assert.equal(asked.status, 202, JSON.stringify(asked.body));
    ids.push(asked.body.id);
  }
  const read = async (id: string) => (await api('GET', `/api/v1/exports/${id}`)).body;
  for (const id of ids) await eventually(async () => (await read(id)).state === 'done');
  assert.equal((await api('DELETE', `/api/v1/custom-fields/${tier.id}`)).status, 204);
  await asOwner(app, `update export set file_id = null, finished_at = null, state = 'waiting' where id = any ($1)`, [
    ids,
  ]);
  await asOwner(
    app,
    `update job set state = 'ready', attempts = 0 where kind = 'export.make' and payload ->> 'export_id' = any ($1)`,
    [ids],
  );
  for (const id of ids) {
    const ended = await eventually(async () => {
      const now = await read(id);
      return now.finished_at && now;
    });
    assert.equal(ended.state, 'failed');
    assert.match(ended.error, /^This can no longer be exported: .*"custom\.tier".*Choose again what to export\.$/);
  }
});

/** More than networks hold for those who do not read. */
async function muchToRead(thousands = 8) {
  const { key, api } = await (await app.tenant()).as('admin');
  const data = Array.from({ length: 1_000 }, (_, at) => ({
    family_name: `Name ${at}`,
    job_title: 'x'.repeat(190),
    street: 'y'.repeat(290),
    custom: { story: 'z'.repeat(2_000) },
  }));
  const field = { resource: 'contact', key: 'story', label: 'Story', type: 'text' };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  for (let i = 0; i < thousands; i++) assert.equal((await api('POST', '/api/v1/contacts/bulk', { data })).status, 201);
  return { key, api };
}

test('a reader who goes away frees the connection, and so does one who takes nothing', async () => {
  const { key, api } = await muchToRead();
  const pool = app.app.services.db.streamPool;
  const asked: number[] = [];
  for (let i = 0; i < 6; i++) {
    const abort = new AbortController();
    const response = await fetch(`${app.url}/api/v1/contacts/export.csv`, {
      headers: { authorization: `Bearer ${key}` },
      signal: abort.signal,
    });
    asked.push(response.status);
    await response.body!.getReader().read();
    abort.abort();
  }
  await eventually(async () => pool.totalCount === pool.idleCount);
  assert.ok(
    asked.every((status) => status === 200 || status === 503),
    String(asked),
  );
  const rows = async () =>
    (await api('GET', '/api/v1/contacts/export.csv?columns=family_name')).body.split('\n').length;
  assert.equal(await rows(), 8_002);

  const { host, hostname, port } = new URL(app.url);
  const ours: Socket[] = [];
  app.app.server!.server.on('connection', (socket) => ours.push(socket));
  const readers = [1, 2, 3, 4].map(() => connect(Number(port), hostname));
  const statuses = readers.map(async (reader) => {
    reader.write(`GET /api/v1/contacts/export.csv HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n\r\n`);
    const [start] = await once(reader, 'data');
    reader.pause();
    return String(start).slice(9, 12);
  });
  assert.deepEqual((await Promise.all(statuses)).sort(), ['200', '200', '503', '503']);
  const ports = readers.map((reader) => reader.localPort);
  const stalled = ours.filter(({ remotePort, timeout }) => ports.includes(remotePort) && timeout! <= 120_000);
  // Those that were refused had connections for a moment.
  await eventually(async () => pool.totalCount - pool.idleCount === 2);
  const { api: neighbour } = await (await app.tenant()).as('admin');
  assert.equal((await neighbour('GET', '/api/v1/contacts/export.csv')).status, 200);
  // The two minutes pass.
  for (const socket of stalled) socket.setTimeout(50);
  await eventually(async () => pool.totalCount === pool.idleCount);
  assert.equal(await rows(), 8_002);
  for (const reader of readers) reader.destroy();
});

test('a reader who goes away before the first row ends their export, and nothing else', async () => {
  const { api, key } = await (await app.tenant()).as('admin');
  const pool = app.app.services.db.streamPool;
  const ours: Socket[] = [];
  app.app.server!.server.on('connection', (socket) => ours.push(socket));
  const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const { host, hostname, port } = new URL(app.url);
  const reader = connect(Number(port), hostname);
  reader.write(`GET /api/v1/contacts/export.csv HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n\r\n`);
  await eventually(async () => pool.waitingCount === 1);
  const { remotePort } = ours.find((socket) => socket.remotePort === reader.localPort)!;
  reader.destroy();
  await eventually(async () => ours.every((socket) => socket.destroyed || socket.remotePort !== remotePort));
  for (const connection of taken) connection.release();
  await eventually(async () => (await api('GET', '/api/v1/exports')).body.data[0].state === 'failed');
  assert.equal((await api('GET', '/api/v1/contacts/export.csv')).status, 200);
});

test('whoever reads an export a few bytes at a time has an hour for it', async (t) => {
  const { key, api } = await muchToRead();
  const wait = globalThis.setTimeout;
  const passed = (work: () => void, ms?: number) => wait(work, ms === 3_600_000 ? 500 : ms);
  t.mock.method(globalThis, 'setTimeout', passed);
  const response = await fetch(`${app.url}/api/v1/contacts/export.csv`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const reader = response.body!.getReader();
  await reader.read();
  const failed = await eventually(async () => {
    const { data } = (await api('GET', '/api/v1/exports')).body;
    return data[0].state === 'failed' && data[0].error;
  });
  assert.match(failed, /within an hour/);
  const { totalCount, idleCount } = app.app.services.db.streamPool;
  assert.equal(totalCount, idleCount);
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  }, /terminated/);
});

test('an export that breaks off is not taken for whole, and says that it failed', async () => {
  const { key, api } = await muchToRead(1);
  let bytes = 0;
  let isCut = false;
  const network = await wire(app.database.appUrl, {
    toClient: (chunk, send) => {
      bytes += chunk.length;
      if (isCut || bytes < 1_000_000) return send(chunk);
      isCut = true;
      network.cut();
    },
  });
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' }, network.url);
  const read = async () => client(node.address!, key)('GET', '/api/v1/contacts/export.csv');
  await assert.rejects(read(), /terminated/);
  await eventually(async () => (await api('GET', '/api/v1/exports')).body.data[0].state === 'failed');
});

test('where a network cuts the end of an answer in two, rows are counted, and one file after another can be had', async () => {
  const tenant = await app.tenant();
  const { key, api } = await tenant.as('admin');
  await api('POST', '/api/v1/companies/bulk', { data: [{ name: 'One' }, { name: 'Two' }] });
  const node = await app.secondNode({}, await lateEnd(app.database.appUrl));
  const slow = client(node.address!, key);
  for (let i = 0; i < 4; i++) {
    const { status, body } = await slow('GET', '/api/v1/companies/export.csv?columns=name');
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body, 'Name\nOne\nTwo\n');
  }
  const made = async () => (await api('GET', '/api/v1/exports')).body.data;
  await eventually(async () => (await made()).every((one: { state: string }) => one.state === 'done'));
  assert.deepEqual((await made()).map((one: { row_count: number }) => one.row_count), [2, 2, 2, 2]); // biome-ignore format: one check
});

test('exports whose server died have failed within the hour, and no longer keep others from being asked for', async () => {
  const tenant = await app.tenant();
  const { api, user_id } = await tenant.as('admin');
  const insert = `insert into export (tenant_id, resource, state, created_by, created_at)
    select $1, 'contact', case when n % 2 = 0 then 'waiting' else 'running' end, $2, now() - $3 * interval '1 hour'
      from generate_series(1, $4) n
    returning id`;
  await asOwner(app, insert, [tenant.tenant_id, user_id, 7, 19]);
  const of = async (hours: number) =>
    ((await asOwner(app, insert, [tenant.tenant_id, user_id, hours, 1])) as { id: string }[])[0]!.id;
  const [queued, young] = [await of(7), await of(1)];
  const { db } = app.app.services;
  await withContext(db, systemActor(tenant.tenant_id), async (ctx) => {
    await enqueue(ctx, 'export.make', { export_id: queued }, { runAt: new Date(Date.now() + 3_600_000) });
  });
  const ask = () => api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
  assert.equal((await ask()).body.code, 'too_many_exports');
  await tidy(app);
  assert.equal((await ask()).status, 202);
  const { data } = (await api('GET', '/api/v1/exports?limit=50')).body as {
    data: { id: string; state: string; error: string | null }[];
  };
  const pending = data.filter(({ error }) => error === null).map(({ id }) => id);
  for (const id of [queued, young]) assert.ok(pending.includes(id), 'not yet, or by its job');
  const failed = data.filter(({ state }) => state === 'failed');
  assert.equal(failed.length, 19);
  assert.match(failed[0]!.error!, /Export again/);
});

test('the database neutralises formulas exactly as the program does', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^'{0,3}[=+\-@\t\r\n＝]?[-'"\d.=x;,\t\n＝]{0,9}$/),
  );
  const samples = fc.sample(text, 2_000).filter((value) => !value.includes('\0') && value.isWellFormed());
  const rows = await app.app.services.db.call<{ cell: string }>(
    sql`select app.neutralise_formula(value) as cell from unnest(${samples}::text[]) with ordinality as t (value, at) order by at`,
  );
  assert.deepEqual(
    rows.map(({ cell }) => cell),
    samples.map(neutraliseFormula),
  );
});

test('custom fields with long keys that begin alike are each exported', async () => {
  const { api, user_id } = await (await app.tenant()).as('admin');
  const keys = ['a', 'b'].map((end) => `${'k'.repeat(59)}${end}`);
  for (const key of keys) {
    const made = await api('POST', '/api/v1/custom-fields', { resource: 'company', key, label: key, type: 'user' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  const custom = { [keys[0]!]: user_id };
  assert.equal((await api('POST', '/api/v1/companies', { name: 'Acme', custom })).status, 201);
  const me = (await api('GET', `/api/v1/users/${user_id}`)).body.name;
  const columns = ['name', ...keys.map((key) => `custom.${key}`)].join();
  const { body } = await api('GET', `/api/v1/companies/export.csv?columns=${columns}`);
  assert.match(body, new RegExp(`Acme,${me},\n`));
});
