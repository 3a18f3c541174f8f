import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import pg from 'pg';
import { createApiKey, roleIdsOf } from '../../src/kernel/identity/index.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { type Answer, type Client, client, startTestApp, type TestApp, type TestTenant } from '../harness/app.ts';
import { asOwner, makePerson, signedIn } from '../harness/identity.ts';
import { noticesAtRest } from '../harness/notices.ts';
import { wire } from '../harness/wire.ts';

/** What one caller sends at once is done in few transactions (decision 34). Whoever sends it cannot tell. */

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});
after(() => app.stop());

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const changeOf = (answer: Answer) => answer.headers.get('change-id');
const create = (body: object, headers: Record<string, string> = {}, by = api) =>
  by('POST', '/api/v1/contacts', body, headers);
const change = (id: string, body: object, headers: Record<string, string> = {}, by = api) =>
  by('PATCH', `/api/v1/contacts/${id}`, body, headers);
const read = async (id: string) => (await api('GET', `/api/v1/contacts/${id}`)).body;

async function made(count: number, body: object = {}): Promise<string[]> {
  const answers = await Promise.all(numbers(count).map(() => create({ given_name: 'Ada', ...body })));
  for (const answer of answers) assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answers.map(({ body }) => body.id);
}

interface Event {
  record_id: string;
  request_id: string;
  action: string;
  xid: string;
  before: object | null;
  after: object;
}

const eventsOf = (ids: string[]) =>
  asOwner(
    app,
    `select record_id, request_id, action, xid::text, before, after from audit_event where record_id = any ('{${ids}}') order by seq`,
  ) as Promise<Event[]>;

test('what is sent at once is done together, and each request is a change of its own', async () => {
  const answers = await Promise.all(
    numbers(60).map((n) => create({ given_name: 'Ada', family_name: `The ${n}th "of" \\ her {name}` })),
  );
  for (const [n, { status, body, headers }] of answers.entries()) {
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.family_name, `The ${n}th "of" \\ her {name}`);
    assert.deepEqual([headers.get('etag'), headers.get('location')], ['"1"', `/api/v1/contacts/${body.id}`]);
    assert.deepEqual(await read(body.id), body);
  }
  const ids = answers.map(({ body }) => body.id as string);
  const changes = await Promise.all(ids.map((id, n) => change(id, { city: `City ${n}` }, { 'if-match': '"1"' })));
  for (const [n, { status, body, headers }] of changes.entries()) {
    assert.deepEqual([status, body.city, body.version, headers.get('etag')], [200, `City ${n}`, 2, '"2"']);
    assert.deepEqual(await read(body.id), body);
  }
  const events = await eventsOf(ids);
  const told = new Map(events.map(({ record_id, action, request_id }) => [`${action} ${record_id}`, request_id]));
  assert.equal(events.length, 120);
  assert.deepEqual(
    ids.map((id) => [told.get(`create ${id}`), told.get(`update ${id}`)]),
    answers.map((answer, n) => [changeOf(answer), changeOf(changes[n]!)]),
  );
  assert.ok(new Set(events.map(({ xid }) => xid)).size < 60, 'each request had a transaction of its own');

  const undone = await api('POST', `/api/v1/changes/${changeOf(changes[7]!)}/reversal`);
  assert.deepEqual([undone.body.state, undone.body.changed], ['done', 1]);
  const cities = await Promise.all(ids.map(async (id) => (await read(id)).city));
  assert.deepEqual(
    cities,
    numbers(60).map((n) => (n === 7 ? null : `City ${n}`)),
  );
});

test('one that cannot be done is refused by itself, and the others are done', async () => {
  const taken = randomUUID();
  await made(1, { given_name: 'Ada', external_id: taken, company_id: null });
  const external = numbers(20).map((n) => (n % 7 === 3 ? taken : randomUUID()));
  const answers = await Promise.all(
    external.map((external_id, n) =>
      create({ given_name: 'Ada', external_id, company_id: n % 7 === 5 ? randomUUID() : null }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.errors?.[0].field]),
    numbers(20).map((n) => {
      if (n % 7 === 3) return [409, 'external_id'];
      return n % 7 === 5 ? [422, 'company_id'] : [201, undefined];
    }),
  );
  const [{ count }] = (await asOwner(
    app,
    `select count(*)::int from contact where external_id = any ('{${external}}')`,
  )) as [{ count: number }];
  assert.equal(count, 1 + answers.filter(({ status }) => status === 201).length);

  const ids = await made(20);
  const changes = await Promise.all(
    ids.map((id, n) => change(n === 4 ? randomUUID() : id, { city: 'Rome' }, { 'if-match': n === 9 ? '"7"' : '"1"' })),
  );
  const statuses = changes.map(({ status }) => status);
  assert.deepEqual([statuses[4], statuses[9], statuses.filter((status) => status === 200).length], [404, 412, 18]);
  assert.equal((changes[9] as Answer).body.current.version, 1);
});

test('changes of one record come one after the other', async () => {
  const [id] = await made(1);
  const answers = await Promise.all(numbers(20).map((n) => change(id!, { city: `City ${n}` })));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const now = await read(id!);
  const events = (await eventsOf([id!])).slice(1);
  assert.deepEqual([now.version, events.length], [21, 20]);
  for (const [n, { before }] of events.entries())
    assert.deepEqual(
      (before as { city: string | null }).city,
      n === 0 ? null : (events[n - 1]!.after as typeof now).city,
    );
});

test('an id in capitals names the same record', async () => {
  const ids = await made(12);
  const answers = await Promise.all(ids.map((id, n) => change(id.toUpperCase(), { city: n % 3 ? 'Rome' : null })));
  for (const [n, { status, body, headers }] of answers.entries())
    assert.deepEqual([status, body.id, body.version, headers.get('etag')], [200, ids[n], 2, '"2"']);
  const changes = (await eventsOf(ids)).filter(({ action }) => action === 'update');
  assert.equal(changes.length, 8);
  assert.ok(new Set(changes.map(({ xid }) => xid)).size < 8, 'each request had a transaction of its own');
});

test('each is done once by its Idempotency-Key, sent twice at once or again', async () => {
  const keys = numbers(12).map(() => randomUUID());
  const send = () => Promise.all(keys.map((key) => create({ given_name: `Once ${key}` }, { 'idempotency-key': key })));
  const [first, second] = await Promise.all([send(), send()]);
  const third = await send();
  for (const [n, { status, body }] of first.entries()) {
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual([second[n]!.body, third[n]!.body], [body, body]);
  }
  const found = await asOwner(app, `select from contact where given_name like 'Once %'`);
  assert.equal(found.length, 12);
});

test('rights are those of each caller', async () => {
  const [admin, adviser] = [await tenant.as('admin'), await tenant.as('advisor')];
  const [foreign, own, others] = [await made(8), await made(8, { owner_id: adviser.user_id }), await made(12)];
  const mixed = numbers(16).map((n) => (n % 2 ? own : foreign)[n >> 1]!);
  // Both keys are known by now: neither has to be looked up while the other's requests go.
  await Promise.all([change(others[0]!, { city: 'Oslo' }), change(own[0]!, { city: 'Oslo' }, {}, adviser.api)]);
  const answers = await Promise.all([
    ...others.map((id) => change(id, { city: 'Rome' })),
    ...mixed.map((id) => change(id, { city: 'Rome' }, {}, adviser.api)),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...others.map(() => 200), ...mixed.map((_, n) => (n % 2 ? 200 : 404))],
  );
  const actors = (await asOwner(
    app,
    `select record_id, actor_id from audit_event where after ->> 'city' = 'Rome' and record_id = any ('{${[...mixed, ...others]}}')`,
  )) as { record_id: string; actor_id: string }[];
  assert.deepEqual(
    new Map(actors.map(({ record_id, actor_id }) => [record_id, actor_id])),
    new Map([...own.map((id) => [id, adviser.user_id] as const), ...others.map((id) => [id, admin.user_id] as const)]),
  );
});

/** People of a role, signed in, each as a browser sends. */
async function people(
  count: number,
  role: string,
  [at, of] = [app, tenant],
): Promise<{ user_id: string; by: Client }[]> {
  return Promise.all(
    numbers(count).map(async (n) => {
      const person = await makePerson(at, of, `Person ${n} ${randomUUID()}`, role);
      const browser = await signedIn(at, person);
      const by: Client = (method, path, body, headers) => browser.send(method, path, body, headers);
      // Its session is known by now: it need not be looked up while the others' requests go.
      await by('GET', '/api/v1/contacts?limit=1');
      return { user_id: person.user_id, by };
    }),
  );
}

const eachOf = <Item, Result>(some: Item[], times: number, work: (item: Item, n: number) => Result): Result[] =>
  numbers(some.length * times).map((n) => work(some[n % some.length]!, n));

test('what people with the same rights send at once is done together, and each is the change of whoever sent it', async () => {
  const crowd = await people(4, 'member');
  const keys = numbers(24).map(() => randomUUID());
  const send = () =>
    Promise.all(
      eachOf(crowd, 6, ({ by }, n) => create({ given_name: `Of ${n}` }, { 'idempotency-key': keys[n]! }, by)),
    );
  const answers = await send();
  const ids = answers.map(({ status, body }) => {
    assert.equal(status, 201, JSON.stringify(body));
    return body.id as string;
  });
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(
    answers.map(({ body }) => [body.given_name, body.owner_id]),
    eachOf(crowd, 6, ({ user_id }, n) => [`Of ${n}`, user_id]),
  );
  const bodies = (of: Answer[]) => of.map(({ body }) => body);
  assert.deepEqual(bodies(await send()), bodies(answers));
  // Keys are each person's own.
  const other = await create({ given_name: 'Of 0' }, { 'idempotency-key': keys[0]! }, crowd[1]!.by);
  assert.deepEqual([other.status, ids.includes(other.body.id)], [201, false]);

  await noticesAtRest(app);
  // Each changes one of one's own, and one of the next person's.
  const [own, next] = [ids.slice(0, 4), [...ids.slice(5, 8), ids[4]!]];
  const changes = await Promise.all([
    ...own.map((id, n) => change(id, { city: 'Rome' }, {}, crowd[n]!.by)),
    ...next.map((id, n) => change(id, { city: 'Rome' }, {}, crowd[n]!.by)),
  ]);
  for (const { status, body } of changes) assert.equal(status, 200, JSON.stringify(body));
  const events = (await asOwner(
    app,
    `select record_id, actor_kind, actor_id, request_id, host(ip) as ip, xid::text from audit_event where record_id = any ('{${ids}}') order by seq`,
  )) as { record_id: string; actor_kind: string; actor_id: string; request_id: string; ip: string; xid: string }[];
  const expected = new Map([
    ...answers.map((answer, n) => [changeOf(answer)!, [ids[n], crowd[n % 4]!.user_id]] as const),
    ...changes.map((answer, n) => [changeOf(answer)!, [[...own, ...next][n], crowd[n % 4]!.user_id]] as const),
  ]);
  assert.deepEqual(new Map(events.map((event) => [event.request_id, [event.record_id, event.actor_id]])), expected);
  assert.deepEqual(new Set(events.map(({ actor_kind, ip }) => `${actor_kind} ${ip}`)), new Set(['user 127.0.0.1']));
  const actors = Map.groupBy(events, ({ xid }) => xid);
  assert.ok(
    [...actors.values()].some((of) => new Set(of.map(({ actor_id }) => actor_id)).size > 1),
    'each person had a transaction of their own',
  );

  await noticesAtRest(app);
  const told = (await asOwner(
    app,
    `select user_id, actor_id, change_id::text from notification where change_id = any ('{${changes.map(changeOf)}}')`,
  )) as { user_id: string; actor_id: string; change_id: string }[];
  assert.deepEqual(
    new Set(told.map(({ user_id, actor_id, change_id }) => `${user_id} ${actor_id} ${change_id}`)),
    new Set(next.map((_, n) => `${crowd[(n + 1) % 4]!.user_id} ${crowd[n]!.user_id} ${changeOf(changes[n + 4]!)}`)),
  );
  const undone = await crowd[2]!.by('POST', `/api/v1/changes/${changeOf(changes[2]!)}/reversal`);
  assert.deepEqual([undone.body.state, undone.body.changed], ['done', 1]);
});

test('nobody is to be told of what one does oneself, also together with others', async () => {
  const unwatched = await startTestApp({ HOLDFAST_ROLE: 'web' });
  try {
    const crowd = await people(4, 'member', [unwatched, await unwatched.tenant()]);
    const createEach = (owner: number) =>
      Promise.all(
        eachOf(crowd, 4, ({ by }, n) =>
          create({ given_name: 'Ada', owner_id: crowd[(n + owner) % 4]!.user_id }, {}, by),
        ),
      );
    const due = async () => (await asOwner(unwatched, 'select from notice_due')).length;
    await createEach(0);
    assert.equal(await due(), 0);
    await createEach(1);
    assert.equal(await due(), 16);
  } finally {
    await unwatched.stop();
  }
});

test('people whose rights hang on who they are get what is theirs, beside others with the same', async () => {
  const rights = {
    contact: { read: 'all', create: 'all', update: 'all' },
    company: { read: 'own', create: 'all' },
    user: { read: 'all' },
  };
  const role = (await api('POST', '/api/v1/roles', { name: 'Own companies', rights })).body;
  const [some, advisers] = [await people(3, role.key), await people(3, 'advisor')];
  const companies = await Promise.all(
    some.map(
      async ({ user_id }) =>
        (await api('POST', '/api/v1/companies', { name: `Of ${user_id}`, owner_id: user_id })).body,
    ),
  );
  const of = await Promise.all(
    eachOf(some, 4, (_, n) => create({ given_name: 'Ada', company_id: companies[n % 3].id })),
  );
  const changed = await Promise.all(eachOf(some, 4, ({ by }, n) => change(of[n]!.body.id, { city: 'Rome' }, {}, by)));
  assert.deepEqual(
    changed.map(({ status, body }) => [status, body.company?.id]),
    eachOf(some, 4, (_, n) => [200, companies[n % 3].id]),
  );
  const mine = await Promise.all(eachOf(advisers, 4, ({ by }) => create({ given_name: 'Mine' }, {}, by)));
  const crossed = await Promise.all(
    eachOf(advisers, 4, ({ by }, n) => change(mine[n < 6 ? n : (n + 1) % 12]!.body.id, { city: 'Oslo' }, {}, by)),
  );
  assert.deepEqual(
    crossed.map(({ status }) => status),
    eachOf(advisers, 4, (_, n) => (n < 6 ? 200 : 404)),
  );

  // Whoever may read no users reads oneself.
  const contacts = { contact: { read: 'all', create: 'all', update: 'all' } };
  const alone = (await api('POST', '/api/v1/roles', { name: 'No users', rights: contacts })).body;
  const strangers = await people(3, alone.key);
  const theirs = await Promise.all(eachOf(strangers, 4, ({ by }) => create({ given_name: 'Theirs' }, {}, by)));
  const others = await Promise.all(
    eachOf(strangers, 4, ({ by }, n) => change(theirs[n < 6 ? n : (n + 1) % 12]!.body.id, { city: 'Oslo' }, {}, by)),
  );
  assert.deepEqual(
    [theirs, others].map((answers) => answers.map(({ body }) => body.owner?.id)),
    [
      eachOf(strangers, 4, ({ user_id }) => user_id),
      eachOf(strangers, 4, ({ user_id }, n) => (n < 6 ? user_id : undefined)),
    ],
  );
});

test('people who write together do not wait behind all that a key without a person sends', async () => {
  const narrow = await startTestApp({ DATABASE_CONNECTIONS_MAX: '4' });
  try {
    const of = await narrow.tenant();
    const crowd = await people(4, 'member', [narrow, of]);
    const { key } = await withContext(narrow.app.services.db, systemActor(of.tenant_id), async (ctx) => {
      const [role_id] = await roleIdsOf(ctx, ['member']);
      return createApiKey(ctx, { name: 'Nobody', role_id: role_id! });
    });
    const nobody = client(narrow.url, key);
    const data = numbers(500).map((n) => ({ given_name: `Flood ${n}` }));
    let done = 0;
    const flood = numbers(40).map(async () => {
      const { status } = await nobody('POST', '/api/v1/contacts/bulk', { data });
      done++;
      return status;
    });
    await Promise.race(flood);
    const before = done;
    const answers = await Promise.all(eachOf(crowd, 2, ({ by }) => create({ given_name: 'Ada' }, {}, by)));
    const between = done - before;
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    assert.ok(between < 20, `they waited for ${between} of its requests`);
    await Promise.all(flood);
  } finally {
    await narrow.stop();
  }
});

test('whoever waits for a record that somebody else holds does not hold up the others', async () => {
  const ids = await made(12);
  const other = new pg.Client({ connectionString: app.database.ownerUrl });
  await other.connect();
  await other.query('begin');
  await other.query('select from contact where id = $1 for update', [ids[5]]);
  const answers = ids.map((id) => change(id, { city: 'Rome' }));
  const free = await Promise.race([Promise.all(answers.filter((_, n) => n !== 5)), sleep(5_000)]);
  assert.ok(free, 'they wait for the record that is held');
  assert.deepEqual(new Set(free.map(({ status }) => status)), new Set([200]));
  assert.equal((await read(ids[5]!)).city, null);
  await other.query('commit');
  await other.end();
  assert.equal((await answers[5])!.status, 200);
});

test('everybody hears of each that is theirs', async () => {
  const owner = await tenant.as('advisor', 'owner');
  const follower = await tenant.as('manager', 'follower');
  const [owned, free] = [await made(6, { owner_id: owner.user_id }), await made(6, { owner_id: null })];
  const ids = [...owned, ...free];
  const followed = ids.filter((_, n) => n % 3 === 0);
  for (const id of followed)
    assert.ok((await follower.api('PUT', `/api/v1/contacts/${id}/following`, {})).status < 300);
  await noticesAtRest(app);
  const changes = await Promise.all(ids.map((id) => change(id, { city: 'Rome' })));
  await noticesAtRest(app);
  const told = (await asOwner(
    app,
    `select user_id, change_id::text from notification where change_id = any ('{${changes.map(changeOf)}}')`,
  )) as { user_id: string; change_id: string }[];
  const toldTo = (person: string) =>
    told.flatMap(({ user_id, change_id }) => (user_id === person ? [change_id] : [])).sort();
  const changesOf = (some: string[]) =>
    changes
      .filter(({ body }) => some.includes(body.id))
      .map((answer) => changeOf(answer)!)
      .sort();
  assert.deepEqual(toldTo(follower.user_id), changesOf(followed));
  assert.deepEqual(toldTo(owner.user_id), changesOf(owned));
});

test('when nobody knows whether a commit took place, nothing is done again', async () => {
  const { key } = await tenant.as('admin');
  const [opening, commit] = ['gathered', 'commit\0'].map((word) => Buffer.from(word, 'latin1'));
  let state: 'waiting' | 'open' | 'cut' = 'waiting';
  const network = await wire(app.database.appUrl, {
    toServer: (chunk, send) => {
      send(chunk);
      if (state === 'waiting' && chunk.includes(opening!)) state = 'open';
      else if (state === 'open' && chunk.includes(commit!)) {
        state = 'cut';
        network.cut();
      }
    },
  });
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' }, network.url);
  const remote = client(node.address!, key);
  const answers = await Promise.all(numbers(16).map((n) => create({ given_name: `Lost ${n}` }, {}, remote)));
  assert.equal(state, 'cut');
  assert.ok(answers.some(({ status }) => status === 503));
  const found = (await asOwner(app, `select given_name from contact where given_name like 'Lost %'`)) as object[];
  const names = found.map((row) => (row as { given_name: string }).given_name);
  assert.equal(new Set(names).size, names.length, 'something was done twice');
  for (const [n, { status }] of answers.entries()) if (status === 201) assert.ok(names.includes(`Lost ${n}`));
});

test('what was done and nobody heard of is answered by its Idempotency-Key', async () => {
  const { key } = await tenant.as('admin');
  // Several answers are kept, and all is committed.
  const done = /INSERT 0 (?!1\0)\d+\0.*COMMIT\0/s;
  let isCut = false;
  const network = await wire(app.database.appUrl, {
    toClient: (chunk, send) => {
      if (isCut || !done.test(chunk.toString('latin1'))) return send(chunk);
      isCut = true;
      network.cut();
    },
  });
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' }, network.url);
  const remote = client(node.address!, key);
  const keys = numbers(16).map(() => randomUUID());
  const send = (by: Client) =>
    Promise.all(keys.map((once, n) => create({ given_name: `Unheard ${n}` }, { 'idempotency-key': once }, by)));
  const answers = await send(remote);
  assert.ok(isCut, 'no answer was lost');
  assert.ok(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true').length > 1);
  // Whoever was by itself at that time may have been cut off too.
  const again = await send(api);
  for (const [n, { status, body }] of answers.entries()) if (status === 201) assert.deepEqual(again[n]!.body, body);
  assert.deepEqual(new Set(again.map(({ status }) => status)), new Set([201]));
  assert.equal((await asOwner(app, `select from contact where given_name like 'Unheard %'`)).length, 16);
});

/** A request, whose outcome does not hang on those beside it. */
const requests = fc.array(
  fc.record({
    existing: fc.boolean(),
    body: fc.record(
      {
        family_name: fc.option(fc.string({ maxLength: 20, unit: 'grapheme' })),
        email: fc.constantFrom('a@example.com', 'not an address', null),
        other_emails: fc.array(
          fc.record({ label: fc.constantFrom('Work', null), value: fc.constantFrom('b@example.com', 'c@example.com') }),
          { maxLength: 2 },
        ),
        lead_status: fc.constantFrom('new', 'working', null, 'none of these'),
        custom: fc.constantFrom({ size: 3 }, { size: null }, { size: 'large' }, { shape: 'round' }),
      },
      { requiredKeys: ['family_name'] },
    ),
    version: fc.constantFrom(undefined, '"1"', '"2"'),
  }),
  { minLength: 2, maxLength: 24 },
);

test('what is sent at once is answered as what is sent one after the other', async () => {
  await api('POST', '/api/v1/custom-fields', { resource: 'contact', key: 'size', label: 'Size', type: 'integer' });
  const told = ({ status, body }: Answer) => {
    const { id: _, created_at: __, updated_at: ___, request_id: ____, current: _____, ...rest } = body;
    return { status, ...rest };
  };
  await fc.assert(
    fc.asyncProperty(requests, async (wanted) => {
      const [some, others] = [await made(wanted.length), await made(wanted.length)];
      const send = (ids: string[]) =>
        wanted.map(({ existing, body, version }, n) => () => {
          if (!existing) return create(body);
          return change(ids[n]!, body, version ? { 'if-match': version } : {});
        });
      const atOnce = await Promise.all(send(some).map((one) => one()));
      const inTurn: Answer[] = [];
      for (const one of send(others)) inTurn.push(await one());
      assert.deepEqual(atOnce.map(told), inTurn.map(told));
    }),
    { numRuns: 25 },
  );
});
