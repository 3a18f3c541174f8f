import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner, makePerson, signedIn, systemClient } from '../../../test/harness/identity.ts';
import { type OpenStream, openStream } from '../../../test/harness/stream.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(() => app.stop());

test('a change shows on an open stream of the same tenant and on no other', async () => {
  const { api, key } = await tenant.as('admin');
  const stranger = await (await app.tenant()).as('admin');
  const mine = await openStream(app.url, key);
  const theirs = await openStream(app.url, stranger.key);
  const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Ada' })).body;
  const own = (await stranger.api('POST', '/api/v1/contacts', { given_name: 'Eve' })).body;
  // What was committed just before a stream opened may come too; it is of this tenant all the same.
  const contactsOn = (stream: OpenStream) => stream.changes().filter((e) => e.data.resource === 'contact');
  await eventually(async () => contactsOn(theirs).length > 0 && contactsOn(mine).length > 0);
  assert.deepEqual(
    contactsOn(mine).map((e) => e.data),
    [{ resource: 'contact', id, action: 'create' }],
  );
  assert.deepEqual(
    contactsOn(theirs).map((e) => e.data.id),
    [own.id],
  );
  mine.close();
  theirs.close();
});

test('after a long quiet time a change made through another process shows as quickly as ever', async (t) => {
  const { api, key } = await tenant.as('admin');
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' });
  const stream = await openStream(node.address!, key);
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  t.after(async () => {
    stream.close();
    await owner.end();
  });
  await owner.connect();
  const sinceLastRead = async (): Promise<number> => {
    const { rows } =
      await owner.query(`select 1000 * extract(epoch from clock_timestamp() - max(state_change))::float8 as ms
      from pg_stat_activity where datname = current_database() and application_name = 'holdfast-web' and query like '%feed_since%'`);
    return rows[0].ms;
  };
  const attempts: number[] = [];
  // By itself it would read some 900 ms later each time; a busy machine is slow once, not five times.
  while (attempts.length < 5 && !attempts.some((ms) => ms < 500)) {
    await eventually(async () => (await sinceLastRead()) > 800);
    // Just after a read: the next one comes by itself a second later.
    await eventually(async () => (await sinceLastRead()) < 100);
    const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Late' })).body;
    const made = performance.now();
    await eventually(async () => stream.changes().some((e) => e.data.id === id));
    attempts.push(performance.now() - made);
  }
  assert.ok(
    attempts.some((ms) => ms < 500),
    `it took ${attempts.join(', ')} ms`,
  );
});

test('a caller has 50 streams open, and one that closes makes room; others are not counted with them', async (t) => {
  const own = await app.tenant();
  const { key } = await own.as('admin');
  const streams: OpenStream[] = [];
  const open = async (by: string) => void streams.push(await openStream(app.url, by));
  t.after(() => {
    for (const stream of streams) stream.close();
  });
  await Promise.all(Array.from({ length: 50 }, () => open(key)));
  const refused = await fetch(`${app.url}/api/v1/events`, { headers: { authorization: `Bearer ${key}` } });
  const { code } = (await refused.json()) as { code: string };
  assert.deepEqual([refused.status, code], [429, 'too_many_streams']);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  await open((await own.as('member')).key);
  streams.shift()!.close();
  await eventually(() => open(key).then(() => true, () => false)); // biome-ignore format: one call
});

test('pages that close while their caller is looked up leave room for others', async (t) => {
  const { key } = await (await app.tenant()).as('admin');
  const { host, hostname, port } = new URL(app.url);
  const { server } = app.app.server!;
  const accepted: Socket[] = [];
  const accept = (socket: Socket) => void accepted.push(socket);
  server.on('connection', accept);
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const streams: OpenStream[] = [];
  t.after(async () => {
    server.off('connection', accept);
    await owner.end();
    for (const stream of streams) stream.close();
  });
  await owner.query('begin; lock table api_key in access exclusive mode');
  const isLookedUp = async () => {
    const { rows } = await owner.query(`select from pg_locks where relation = 'api_key'::regclass and not granted`);
    return rows.length > 0;
  };
  const pages = Array.from({ length: 50 }, () => connect(Number(port), hostname));
  for (const page of pages)
    page.write(`GET /api/v1/events HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n\r\n`);
  await eventually(async () => accepted.length === pages.length && (await isLookedUp()));
  for (const page of pages) page.destroy();
  await eventually(async () => accepted.every(({ closed }) => closed));
  await owner.query('rollback');
  await Promise.all(pages.map(async () => streams.push(await openStream(app.url, key))));
});

test('a stream resumes after Last-Event-ID without gap or duplicate, also on another node and behind a late commit', async () => {
  const { api, key } = await tenant.as('admin');
  const node = await app.secondNode();
  const late = new pg.Client({ connectionString: app.database.ownerUrl });
  await late.connect();
  await late.query('begin; set local role holdfast_system');
  // Takes its transaction id now and commits last: a cursor by sequence number would pass over it.
  await late.query(`insert into audit_event (tenant_id, resource, action) values ($1, 'contact', 'late')`, [
    tenant.tenant_id,
  ]);
  const first = await openStream(app.url, key);
  const made: string[] = [];
  for (let i = 0; i < 5; i++) made.push((await api('POST', '/api/v1/contacts', { given_name: `Person ${i}` })).body.id);
  await late.query('commit');
  await late.end();
  await eventually(async () => first.changes().length === 6);
  const ids = first.changes().map((e) => e.data.id);
  assert.deepEqual(ids, [null, ...made], 'the late commit comes at the position of its transaction');
  for (let i = 0; i < 6; i++) {
    const resumed = await openStream(node.address!, key, first.changes()[i]!.id);
    await eventually(async () => resumed.changes().length >= 5 - i);
    const marker = (await api('POST', '/api/v1/contacts', { given_name: 'Marker' })).body.id;
    await eventually(async () => resumed.changes().some((e) => e.data.id === marker));
    const seen = resumed.changes().map((e) => e.data.id);
    assert.deepEqual(seen.slice(0, 5 - i), ids.slice(i + 1));
    assert.equal(new Set(seen).size, seen.length, 'nothing comes twice');
    resumed.close();
  }
  first.close();
});

test('a new stream begins with what changed while the page was read, on whatever node, and goes on after any event', async () => {
  const { api, key } = await (await app.tenant()).as('admin');
  const node = await app.secondNode();
  const [here, there, young] = await Promise.all([
    openStream(app.url, key),
    openStream(node.address!, key),
    openStream(node.address!, key, undefined, '?reading_ms=1000'),
  ]);
  assert.equal(young.events[0]!.event, 'reset', 'it began after the page was read');
  await sleep(4_500);
  const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Missed' })).body;
  const hears = (stream: OpenStream) => stream.changes().some(({ data }) => data.id === id);
  await eventually(async () => hears(here) && hears(there));
  // It has been told: who comes now hears of it only by saying how long it has been reading.
  const [late, reading, elsewhere] = await Promise.all([
    openStream(app.url, key),
    openStream(app.url, key, undefined, '?reading_ms=1000'),
    openStream(node.address!, key, undefined, '?reading_ms=1000'),
  ]);
  await eventually(async () => hears(reading) && hears(elsewhere));
  assert.equal(hears(late), false);
  const before = reading.events[0]!.id;
  const after = await openStream(app.url, key, undefined, `?after=${before}`);
  await eventually(async () => hears(after));
  const long = await openStream(app.url, key, undefined, '?reading_ms=3600000');
  assert.equal(long.events[0]!.event, 'reset', 'nobody knows what it has missed');
  for (const stream of [here, there, young, late, reading, elsewhere, after, long]) stream.close();
});

test('of a flood pages hear that much has changed, and of each deletion', async () => {
  const { api, key } = await tenant.as('admin');
  const stream = await openStream(app.url, key);
  const gone: string[] = [];
  for (const name of ['Ark', 'Dove']) gone.push((await api('POST', '/api/v1/tags', { name })).body.id);
  // What was committed just before the stream opened may come too.
  const made = () => stream.changes().filter(({ data }) => data.resource === 'tag');
  await eventually(async () => made().length === 2);
  stream.close();
  const bulk = { data: Array.from({ length: 60 }, (_, n) => ({ given_name: `Drop ${n}` })) };
  for (let n = 0; n < 2; n++) await api('POST', '/api/v1/contacts/bulk', bulk);
  const tag = (await api('POST', '/api/v1/tags', { name: 'Olive' })).body;
  for (const id of gone) await api('DELETE', `/api/v1/tags/${id}`);

  const hears = async (from: string) => {
    const resumed = await openStream(app.url, key, from);
    await eventually(async () => resumed.changes().some(({ data }) => data.id === gone[1]));
    resumed.close();
    return resumed.changes();
  };
  const told = await hears(made()[1]!.id);
  assert.deepEqual(
    told.map(({ data }) => [data.resource, data.id, data.action]),
    [['contact', null, 'create'], ['tag', tag.id, 'create'], ...gone.map((id) => ['tag', id, 'delete'])],
  );
  const again = await hears(told[0]!.id);
  assert.deepEqual(
    again.map(({ data }) => data),
    told.map(({ data }) => data),
    'who has heard that there is much has not heard all of it',
  );
  assert.equal((await hears(told[1]!.id)).length, 2);
});

test('of a flood pages hear that much has changed also where some of it is for one person', async () => {
  const flooded = await app.tenant();
  const { key, user_id } = await flooded.as('admin');
  const advisor = await flooded.as('advisor');
  const pages = await Promise.all([openStream(app.url, key), openStream(app.url, advisor.key)]);
  const told = (n: number) =>
    pages[n]!.changes()
      .filter(({ data }) => ['contact', 'notification', 'tag'].includes(data.resource))
      .map(({ data }) => `${data.resource} ${data.action}`);
  const [system, late] = [await systemClient(app), await systemClient(app)];
  const changed = (resource: string, action: string, ids: string) =>
    system.query(`insert into audit_event (tenant_id, resource, action, record_id) select $1, $2, $3, ${ids}`, [
      flooded.tenant_id,
      resource,
      action,
    ]);
  // Until this transaction ends nobody reads what follows it, so that all of it is read at once.
  await late.query('begin; select pg_current_xact_id()');
  for (let n = 0; n < 4; n++) {
    await changed('contact', 'create', 'gen_random_uuid() from generate_series(1, 60)');
    if (n === 1) await changed('notification', 'signal', `'${user_id}'`);
  }
  await late.query('commit');
  await late.end();
  const last = (await (await flooded.as('admin')).api('POST', '/api/v1/tags', { name: 'Last' })).body.id;
  for (const page of pages) await eventually(async () => page.changes().some(({ data }) => data.id === last));
  await system.end();
  for (const page of pages) page.close();
  assert.deepEqual(told(0), ['contact create', 'notification update', 'tag create']);
  assert.deepEqual(
    told(1),
    ['tag create'],
    'of contacts that one may not read, and of what is for others, one hears nothing',
  );
});

test('signals to more people or sessions at once than are named reach each of them', async () => {
  const quiet = await app.tenant();
  const { key, user_id } = await quiet.as('member');
  const session = (await signedIn(app, await makePerson(app, quiet, 'Many Devices'))).cookie()!;
  const page = await openStream(app.url, key);
  const ending = await openStream(app.url, session);
  const system = await systemClient(app);
  const signal = (resource: string, record_id: string) =>
    system.query(
      `insert into audit_event (tenant_id, action, resource, record_id)
       select $1, 'signal', $2, r from unnest($3::uuid[] || array(select gen_random_uuid() from generate_series(1, 120))) r`,
      [quiet.tenant_id, resource, [record_id]],
    );
  await signal('notification', user_id);
  await eventually(async () => page.changes().some(({ data }) => data.resource === 'notification'), 5_000);
  const [{ id }] = (await asOwner(app, 'delete from session where tenant_id = $1 returning id', [quiet.tenant_id])) as [
    { id: string },
  ];
  await signal('session', id);
  await system.end();
  await endsSoon(ending);
  page.close();
});

test('who comes back after more than one read of changes, most of them alike, hears of all that followed', async () => {
  const { api, key } = await tenant.as('admin');
  const stream = await openStream(app.url, key);
  const create = async (name: string): Promise<string> =>
    (await api('POST', '/api/v1/contacts', { given_name: name })).body.id;
  const eventOf = (id: string) => eventually(async () => stream.changes().find(({ data }) => data.id === id));
  const from = (await eventOf(await create('Before'))).id;
  const system = await systemClient(app);
  await system.query(
    `insert into audit_event (tenant_id, resource, action) select $1, 'contact', 'create' from generate_series(1, 2500)`,
    [tenant.tenant_id],
  );
  await system.end();
  const last = await create('After');
  await eventOf(last);
  stream.close();
  const resumed = await openStream(app.url, key, from);
  await eventually(async () => resumed.changes().some(({ data }) => data.id === last), 5_000);
  resumed.close();
});

test('who sees only own records hears only of those', async () => {
  const adviser = await tenant.as('advisor');
  const admin = await tenant.as('admin');
  const stream = await openStream(app.url, adviser.key);
  const hidden = (await admin.api('POST', '/api/v1/contacts', { given_name: 'Hidden' })).body.id;
  const own = (await adviser.api('POST', '/api/v1/contacts', { given_name: 'Own' })).body.id;
  await eventually(async () => stream.changes().some((e) => e.data.id === own));
  assert.ok(!stream.changes().some((e) => e.data.id === hidden));
  stream.close();
});

test('who does not see all records hears of what everybody reads, and of what belongs to records they see', async () => {
  const adviser = await tenant.as('advisor');
  const { api } = await tenant.as('admin');
  const made = async (path: string, body: object) => (await api('POST', `/api/v1/${path}`, body)).body;
  const pipeline = await made('pipelines', { name: 'Heard of' });
  const companies = await Promise.all(['Heard', 'Hidden'].map((name) => made('companies', { name })));
  const owner_id = adviser.user_id;
  const [own, others] = [
    await made('contacts', { given_name: 'Own', owner_id }),
    await made('contacts', { given_name: 'Others’' }),
  ];
  const stream = await openStream(app.url, adviser.key);
  const heard = (resource: string) => stream.changes().filter(({ data }) => data.resource === resource);
  const stage = pipeline.stages[0].id;
  assert.equal((await api('PATCH', `/api/v1/stages/${stage}`, { name: 'Renamed' })).status, 200);
  assert.equal((await api('POST', '/api/v1/close-reasons', { name: 'Price', outcome: 'lost' })).status, 201);
  for (const [n, contact] of [others, own].entries()) {
    const position = { company_id: companies[n].id, role: 'Engineer' };
    assert.equal((await api('POST', `/api/v1/contacts/${contact.id}/positions`, position)).status, 201);
  }
  await eventually(async () => ['stage', 'close_reason', 'contact_position'].every((each) => heard(each).length > 0));
  assert.ok(heard('stage').some(({ data }) => data.id === stage && data.action === 'update'));
  assert.equal(heard('contact_position').filter(({ data }) => data.action === 'create').length, 1);
  const tag = await made('tags', { name: 'Gone soon' });
  assert.equal((await api('DELETE', `/api/v1/tags/${tag.id}`)).status, 204);
  await eventually(async () => heard('tag').some(({ data }) => data.id === tag.id && data.action === 'delete'));
  stream.close();
});

test('of a record that is taken from its owner the owner hears once that it is gone, and nothing more', async () => {
  const [adviser, other] = [await tenant.as('advisor'), await tenant.as('advisor', 'other')];
  const admin = await tenant.as('admin');
  const stream = await openStream(app.url, adviser.key);
  const told = (id: string) => stream.changes().filter((e) => e.data.id === id).map((e) => e.data.action); // biome-ignore format: one chain
  for (const [noun, owner, body] of [
    ['contacts', 'owner_id', { given_name: 'Taken' }],
    ['tasks', 'assignee_id', { title: 'Taken' }],
  ] as const) {
    const { id } = (await adviser.api('POST', `/api/v1/${noun}`, { ...body, [owner]: adviser.user_id })).body;
    const change = async (fields: object) =>
      assert.equal((await admin.api('PATCH', `/api/v1/${noun}/${id}`, fields)).status, 200, noun);
    await change({ [owner]: other.user_id });
    await change({ [noun === 'tasks' ? 'title' : 'city']: 'Secret' });
    const last = (await adviser.api('POST', '/api/v1/contacts', { given_name: 'Last' })).body.id;
    await eventually(async () => told(last).length > 0);
    // Made and taken within one delivery, it was never shown.
    assert.equal(told(id).at(-1), 'gone', `${noun}: ${told(id)}`);
    assert.equal(told(id).filter((action) => action === 'gone').length, 1);
    assert.ok(!told(id).includes('update'));
    const listed = (await adviser.api('GET', `/api/v1/${noun}?limit=200`)).body.data;
    assert.ok(!listed.some((row: { id: string }) => row.id === id));
  }
  stream.close();
});

test('a changed role counts on streams that are open already', async () => {
  const admin = await tenant.as('admin');
  const viewer = await tenant.as('viewer');
  const stream = await openStream(app.url, viewer.key);
  const before = (await admin.api('POST', '/api/v1/contacts', { given_name: 'Seen' })).body.id;
  await eventually(async () => stream.changes().some((e) => e.data.id === before));
  await asOwner(app, `update role set rights = rights - 'contact' where tenant_id = $1 and key = 'viewer'`, [
    tenant.tenant_id,
  ]);
  await eventually(async () => stream.events.some((e) => e.event === 'rights'));
  const hidden = (await admin.api('POST', '/api/v1/contacts', { given_name: 'Unseen' })).body.id;
  const company = (await admin.api('POST', '/api/v1/companies', { name: 'Marker' })).body.id;
  await eventually(async () => stream.changes().some((e) => e.data.id === company));
  assert.ok(!stream.changes().some((e) => e.data.id === hidden));
  stream.close();
});

test('a page that takes nothing is let go, and what it has not read is forgotten', async () => {
  const { key } = await tenant.as('admin');
  const { host, hostname, port } = new URL(app.url);
  const page = connect(Number(port), hostname);
  const connections = promisify(app.app.server!.server.getConnections.bind(app.app.server!.server));
  page.write(`GET /api/v1/events HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n\r\n`);
  await once(page, 'data');
  page.pause();
  const others = (await connections()) - 1;
  const owner = await systemClient(app);
  // More than networks hold for those who do not read, and no two alike.
  const tell = (from: number, to: number) =>
    owner.query(
      `insert into audit_event (tenant_id, resource, action) select $1, 'contact', n || repeat('x', 10000)
        from generate_series($2::int, $3) n`,
      [tenant.tenant_id, from, to],
    );
  await tell(1, 1_500);
  let told = 1_500;
  await eventually(async () => {
    await tell(++told, told);
    return (await connections()) <= others;
  });
  await owner.end();
  page.destroy();
});

test('a stream ends within a second of the end of its session or API key, on every node, and no other does', async () => {
  const { api } = await tenant.as('admin');
  const node = await app.secondNode();
  const person = await makePerson(app, tenant, 'Stan Stream', 'admin');
  const own = await signedIn(app, person);
  const kept = await openStream(app.url, own.cookie()!);
  let open = true;
  void kept.ended.then(() => {
    open = false;
  });
  const endsBy = async (by: Client, path: string, credential: string) => {
    const streams = await Promise.all([app.url, node.address!].map((url) => openStream(url, credential)));
    // A sign-in or a new key changes the user, at which streams look up their callers again: that is over.
    const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Marker' })).body;
    await eventually(async () => streams.every((stream) => stream.changes().some((e) => e.data.id === id)));
    const start = performance.now();
    const answer = await by('DELETE', path);
    assert.equal(answer.status, 204, path);
    await Promise.all(streams.map(endsSoon));
    const ms = performance.now() - start;
    assert.ok(ms < 1_000, `${path} took ${ms} ms`);
    return answer;
  };
  const other = (await signedIn(app, person)).cookie()!;
  const { data } = (await own.send('GET', '/api/v1/sessions')).body;
  const { id } = data.find(({ current }: { current: boolean }) => !current);
  await endsBy(own.send, `/api/v1/sessions/${id}`, other);
  await endsBy(own.send, '/api/v1/sessions', (await signedIn(app, person)).cookie()!);

  const { key } = await tenant.as('admin', 'Keyed');
  const named = encodeURIComponent(JSON.stringify({ field: 'name', op: 'eq', value: 'Keyed' }));
  const [entry] = (await api('GET', `/api/v1/api-keys?filter=${named}`)).body.data;
  await endsBy(api, `/api/v1/api-keys/${entry.id}`, key);

  assert.equal(open, true);
  const left = await endsBy(own.send, '/api/v1/session', own.cookie()!);
  assert.equal(left.headers.get('clear-site-data'), '"cache"');
  await endsSoon(kept);
});

const endsSoon = ({ ended }: { ended: Promise<void> }) =>
  Promise.race([ended, new Promise((_, reject) => setTimeout(() => reject(new Error('still open')), 5_000).unref())]);

test('a stream of somebody without a second factor ends once the workspace demands one', async () => {
  const strict = await app.tenant();
  const { api } = await strict.as('admin');
  const browser = await signedIn(app, await makePerson(app, strict, 'Sue Stream'));
  const stream = await openStream(app.url, browser.cookie()!);
  assert.equal((await api('PATCH', '/api/v1/tenant', { second_factor_required: true })).status, 200);
  await endsSoon(stream);
});

test('a stream ends when its user is disabled', async () => {
  const member = await tenant.as('member');
  const stream = await openStream(app.url, member.key);
  await asOwner(app, `update user_account set status = 'disabled' where tenant_id = $1 and id = $2`, [
    tenant.tenant_id,
    member.user_id,
  ]);
  await Promise.race([
    stream.ended,
    new Promise((_, reject) => setTimeout(() => reject(new Error('still open')), 5_000).unref()),
  ]);
});

test('a position that is too long ago gets a reset instead of a gap', async () => {
  const { key } = await tenant.as('admin');
  const stream = await openStream(app.url, key, '5-1-1000000000000');
  await eventually(async () => stream.events[0]?.event === 'reset');
  stream.close();
});

test('a position from before a restore, later than the database has counted, gets a reset and what follows', async () => {
  const { api, key } = await tenant.as('admin');
  const stream = await openStream(app.url, key, `999999999999-1-${Date.now()}`);
  await eventually(async () => stream.events[0]?.event === 'reset');
  const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Restored' })).body;
  await eventually(async () => stream.changes().some(({ data }) => data.id === id));
  stream.close();
});

test('once another history of the database is followed, pages read everything again, and what was kept is forgotten', async (t) => {
  const own = await app.tenant();
  const { api, key } = await own.as('admin');
  const { id } = (await api('POST', '/api/v1/pipelines', { name: 'Lost' })).body;
  const pipelines = async (): Promise<string[]> => {
    const { data } = (await api('GET', '/api/v1/pipelines')).body;
    return data.map((pipeline: { name: string }) => pipeline.name);
  };
  assert.deepEqual(await pipelines(), ['Lost']);
  const stream = await openStream(app.url, key);
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  t.after(async () => {
    stream.close();
    await owner.end();
  });
  const before = stream.events[0]!.id;
  // As after a failover to a replica that had not got the last change.
  await owner.query('alter table pipeline disable trigger user, no force row level security');
  await owner.query('update pipeline set name = $1 where id = $2', ['As it was', id]);
  await owner.query('alter table pipeline enable trigger user, force row level security');
  await owner.query(
    `set role holdfast_system; create or replace function app.feed_history() returns text language sql as $$ select 'FFFFFFFE' $$`,
  );
  await eventually(async () => stream.events.some(({ event }) => event === 'reset'));
  assert.deepEqual(await pipelines(), ['As it was']);
  const contact = (await api('POST', '/api/v1/contacts', { given_name: 'Later' })).body.id;
  await eventually(async () => stream.changes().some(({ data }) => data.id === contact));
  const [late, resumed] = [before, stream.changes().at(-1)!.id].map((from) => openStream(app.url, key, from));
  await eventually(async () => (await late!).events[0]?.event === 'reset');
  const last = (await api('POST', '/api/v1/contacts', { given_name: 'Last' })).body.id;
  await eventually(async () => (await resumed!).events[0]?.data.id === last);
  (await late!).close();
  (await resumed!).close();
});

test('while the clock of a process is ahead, a stream whose end is near by it looks no more than once a second', async (t) => {
  const leaver = await tenant.as('member', 'Leaver');
  const access_until = new Date(Date.now() + 300_000).toISOString();
  const { api } = await tenant.as('admin');
  assert.equal((await api('PATCH', `/api/v1/users/${leaver.user_id}`, { access_until })).status, 200);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 600_000 });
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${leaver.key}` };
  const { body } = await fetch(`${app.url}/api/v1/events`, { headers, signal: abort.signal });
  const looks: number[] = [];
  for await (const text of body!.pipeThrough(new TextDecoderStream())) {
    for (const _ of text.matchAll(/^: still here$/gm)) looks.push(performance.now());
    if (looks.length >= 3) break;
  }
  abort.abort();
  assert.ok(looks[2]! - looks[0]! > 1_000, `${looks[2]! - looks[0]!} ms`);
});
