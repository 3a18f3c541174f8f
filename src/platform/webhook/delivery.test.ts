import assert from 'node:assert/strict';
import { after, before, beforeEach, mock, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type Received, type Receiver, startReceiver } from '../../../test/harness/receiver.ts';
import { tidy } from '../../../test/harness/tidy.ts';

let app: TestApp;
let tenant: TestTenant;
let admin: Client;
let receiver: Receiver;
before(async () => {
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true' });
  receiver = await startReceiver();
});
after(async () => {
  await app.stop();
  await receiver.stop();
});
/** With what sends at this moment: then it is to be tried again. */
function isDeadlock(error: { code?: string }): false {
  if (error.code === '40P01') return false;
  throw error;
}

/** A workspace of its own for each test, and a receiver that takes what comes. */
beforeEach(async () => {
  // What those of other tests still try would come to the same receiver.
  await eventually(() => asOwner(app, 'delete from webhook').then(() => true, isDeadlock));
  tenant = await app.tenant();
  admin = await tenant.signedIn('admin');
  receiver.received.length = 0;
  receiver.answer((_, response) => response.writeHead(204).end());
});

async function made(path: string, body: object = {}, by = admin) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

const created = { contact: { verbs: ['created'] } };
const hook = (events: object = created, by = admin) =>
  made('webhooks', { name: 'Hook', url: `${receiver.url}/hook`, events }, by);
const until = (count: number, ms?: number) =>
  eventually(async () => receiver.received.length >= count && receiver.received, ms);
const types = (received: readonly Received[] = receiver.received) => received.map(({ body }) => body.type);
const names = () => receiver.received.map(({ body }) => body.data.record?.name);

interface Delivery {
  id: string;
  type: string;
  record_id: string;
  state: string;
  reason: string | null;
  attempt_count: number;
  attempts: { status: number | null; error: string | null; ms: number }[];
}
const log = async (id: string, by = admin): Promise<Delivery[]> =>
  (await by('GET', `/api/v1/webhooks/${id}/deliveries`)).body.data;
const ended = (id: string, count = 1) =>
  eventually(async () => {
    const entries = await log(id);
    return entries.length >= count && entries.every(({ state }) => state !== 'waiting') && entries;
  });
const attempted = (id: string, count = 1) =>
  eventually(async () => {
    const [last] = await log(id);
    return last && last.attempt_count >= count && last;
  });
/** As if the time of the next attempt had come. */
async function hurry() {
  await asOwner(app, 'update webhook_sending set paused_until = null');
  await asOwner(app, `update webhook_delivery set next_at = now() where state = 'waiting'`);
  await asOwner(app, `update job set run_at = now() where kind = 'webhook.send' and state = 'scheduled'`);
}
const verified = ({ headers, text }: Received, secret: string) =>
  new Webhook(secret).verify(text, headers as Record<string, string>) as { data: { record: { name: string } } };

test('a change is sent as the API shows the record, signed as the reference verifier expects', async () => {
  const { id, secret } = await hook();
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  const ada = await made('contacts', { given_name: 'Ada', city: 'Genf „am See“' });
  const [first] = await until(1);
  const { type, timestamp, data } = first!.body;
  assert.equal(type, 'contact.created');
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
  const { record, ...about } = data;
  assert.deepEqual(about, { resource: 'contact', id: ada.id, action: 'created', actor_id: ada.owner_id });
  assert.deepEqual(record, (await admin('GET', `/api/v1/contacts/${ada.id}`)).body);
  assert.deepEqual(verified(first!, secret), first!.body);
  assert.throws(() => verified({ ...first!, text: `${first!.text} ` }, secret), /No matching signature/);
  assert.throws(() => verified(first!, `whsec_${Buffer.alloc(32).toString('base64')}`), /No matching signature/);
  const [entry] = await ended(id);
  assert.deepEqual([entry!.state, entry!.attempt_count, first!.headers['webhook-id']], ['delivered', 1, entry!.id]);
  const { body } = await admin('GET', `/api/v1/webhooks/${id}/deliveries/${entry!.id}`);
  assert.equal(body.payload, first!.text);
});

test('each verb is told from the others, and of an update which fields it changed', async () => {
  await made('custom-fields', { resource: 'contact', key: 'grade', label: 'Grade', type: 'text' });
  const verbs = ['created', 'updated', 'deleted', 'restored', 'merged'];
  await hook({ contact: { verbs }, note: { verbs: ['created'] } });
  const ada = await made('contacts', { given_name: 'Ada' });
  const path = `/api/v1/contacts/${ada.id}`;
  await admin('PATCH', path, { city: 'Rome', custom: { grade: 'A' } });
  // What is gone before it is sent is not sent.
  await until(2);
  await admin('DELETE', path);
  await until(3);
  await admin('POST', `${path}/restoration`);
  const twin = await made('contacts', { given_name: 'Ada', family_name: 'Twin' });
  await made('notes', { body: 'Hello', records: [{ type: 'contact', id: ada.id }] });
  await until(6);
  const merged = await admin('POST', `${path}/merge`, { others: [twin.id] });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  await until(8);
  const told = receiver.received.map(({ body: { type, data } }) => [
    type,
    data.id === twin.id ? 'twin' : data.resource,
  ]);
  const [, update, deletion] = receiver.received.map(({ body }) => body.data);
  assert.deepEqual(update.fields.sort(), ['city', 'custom.grade']);
  assert.equal('record' in deletion, false);
  assert.deepEqual(told.slice(0, 6), [
    ['contact.created', 'contact'],
    ['contact.updated', 'contact'],
    ['contact.deleted', 'contact'],
    ['contact.restored', 'contact'],
    ['contact.created', 'twin'],
    ['note.created', 'note'],
  ]);
  const rest = receiver.received.slice(6).map(({ body }) => body);
  assert.deepEqual(
    rest.map(({ type }) => type).filter((type) => type !== 'contact.updated'),
    ['contact.deleted', 'contact.merged'],
  );
  assert.deepEqual(rest.find(({ type }) => type === 'contact.merged').data.merged_ids, [twin.id]);
});

test('events come in the order of the changes, and one that is refused is overtaken and tried again', async () => {
  const { id } = await hook();
  let refused = 0;
  receiver.answer(({ body }, response) => {
    const isBad = body.data.record.name === 'C7' && refused++ < 2;
    response.writeHead(isBad ? 500 : 200, { 'content-type': 'text/plain' }).end(isBad ? 'not now' : 'thanks');
  });
  const people = Array.from({ length: 20 }, (_, n) => ({ given_name: `C${n}` }));
  await made('contacts/bulk', { data: people });
  await eventually(async () => {
    await hurry();
    return receiver.received.length >= 22;
  });
  const order = people.map(({ given_name }) => given_name);
  assert.deepEqual([...new Set(names())], order);
  assert.deepEqual(names().filter((name) => name === 'C7').length, 3);
  const ids = receiver.received
    .filter(({ body }) => body.data.record.name === 'C7')
    .map(({ headers }) => headers['webhook-id']);
  assert.equal(new Set(ids).size, 1);
  const entry = (await ended(id, 20)).find((each) => each.id === ids[0])!;
  assert.deepEqual(
    entry.attempts.map(({ status, error }) => [status, error]),
    [
      [500, 'status'],
      [500, 'status'],
      [200, null],
    ],
  );
  const { body } = await admin('GET', `/api/v1/webhooks/${id}/deliveries/${entry.id}`);
  assert.equal(body.response, 'thanks');
});

test('after a failure the receiver is left in peace for a while', async () => {
  const { id } = await hook();
  receiver.answer((_, response) => response.writeHead(503).end());
  await made('contacts/bulk', { data: [{ given_name: 'A' }, { given_name: 'B' }] });
  await eventually(async () => (await log(id)).some(({ attempt_count }) => attempt_count === 1));
  const { body } = await admin('GET', `/api/v1/webhooks/${id}/deliveries`);
  const wait_ms = Date.parse(body.sending.paused_until) - Date.now();
  assert.ok(wait_ms > 1_000 && wait_ms < 6_000, `${wait_ms}`);
  assert.deepEqual([body.sending.waiting, receiver.received.length], [2, 1]);
});

test('a process whose clock is wrong signs by that of the database, tries again no sooner and gives up no earlier', async () => {
  receiver.answer((_, response) => response.writeHead(500).end());
  const { id } = await hook();
  for (const [count, hours] of [-1, 25].entries()) {
    await hurry();
    mock.timers.enable({ apis: ['Date'], now: Date.now() + hours * 3_600_000 });
    try {
      if (count === 0) await made('contacts', { given_name: 'Ada' });
      await attempted(id, count + 1);
    } finally {
      mock.timers.reset();
    }
    const { enabled } = (await admin('GET', `/api/v1/webhooks/${id}`)).body;
    const { sending, data } = (await admin('GET', `/api/v1/webhooks/${id}/deliveries`)).body;
    assert.deepEqual([enabled, data[0].state, receiver.received.length], [true, 'waiting', count + 1], `${hours}`);
    const wait_ms = Date.parse(sending.paused_until) - Date.now();
    assert.ok(wait_ms > 2_000 && wait_ms < 40_000, `${hours}: ${wait_ms} ms`);
    const signed_ms = Number(receiver.received[count]!.headers['webhook-timestamp']) * 1_000;
    assert.ok(Math.abs(signed_ms - Date.now()) < 60_000, `${hours}: ${new Date(signed_ms)}`);
  }
});

test('receivers that hang, answer 100 MB, redirect, or are not there neither hold up others nor get more', {
  timeout: 90_000,
}, async () => {
  let bytes = 0;
  receiver.answer(({ path }, response) => {
    if (path === '/hangs') return;
    if (path === '/redirects') return void response.writeHead(307, { location: `${receiver.url}/secret` }).end();
    if (path === '/ok') return void response.writeHead(200).end();
    response.writeHead(200, { 'content-length': 100_000_000 });
    const chunk = Buffer.alloc(64_000, 'x');
    const more = () => {
      while (bytes < 100_000_000 && !response.destroyed) {
        bytes += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
    };
    more();
  });
  const at = async (url: string) => (await made('webhooks', { name: url, url, events: created })).id as string;
  const hanging = await at(`${receiver.url}/hangs`);
  const large = await at(`${receiver.url}/large`);
  const redirecting = await at(`${receiver.url}/redirects`);
  const absent = await at('http://127.0.0.1:1/');
  const good = await at(`${receiver.url}/ok`);
  await made('contacts', { given_name: 'Ada' });
  assert.equal((await ended(good))[0]!.state, 'delivered');
  assert.equal((await ended(large))[0]!.state, 'delivered');
  assert.ok(bytes < 20_000_000, `${bytes} bytes were sent`);
  assert.deepEqual(
    (await attempted(redirecting)).attempts.map(({ status, error }) => [status, error]),
    [[307, 'redirect']],
  );
  assert.equal((await attempted(absent)).attempts[0]!.error, 'connection');
  assert.equal(
    receiver.received.some(({ path }) => path === '/secret'),
    false,
  );
  const [waiting] = await log(hanging);
  assert.equal(waiting!.attempt_count, 0);
  const late = await eventually(async () => {
    const [entry] = await log(hanging);
    return entry!.attempt_count === 1 && entry;
  });
  assert.equal(late.attempts[0]!.error, 'timeout');
  assert.ok(late.attempts[0]!.ms < 16_000);
});

test('what the owner may not see at the time of sending is not sent', async () => {
  const {
    body: { data: roles },
  } = await admin('GET', '/api/v1/roles?limit=100');
  const manager = roles.find(({ key }: { key: string }) => key === 'manager').id;
  await made('custom-fields', {
    resource: 'contact',
    key: 'salary',
    label: 'Salary',
    type: 'integer',
    visible_to: [manager],
  });
  await made('custom-fields', { resource: 'contact', key: 'open', label: 'Open', type: 'text' });
  const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const narrow = await made('roles', { name: 'Narrow', rights: { webhook: all, contact: { ...all, read: 'own' } } });
  const { user_id } = await tenant.as('admin', 'Olga');
  const olga = await tenant.signedIn('admin', 'Olga');
  const { id } = await hook({ contact: { verbs: ['created', 'updated', 'deleted'] } }, olga);
  await made('contacts', { given_name: 'Before', custom: { salary: 5, open: 'yes' } });
  await until(1);
  assert.deepEqual(receiver.received[0]!.body.data.record.custom, { salary: 5, open: 'yes' });

  assert.equal((await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [narrow.id] })).status, 200);
  const hers = await made('contacts', { given_name: 'Hers', owner_id: user_id, custom: { salary: 6, open: 'yes' } });
  const others = await made('contacts', { given_name: 'Not hers' });
  await admin('PATCH', `/api/v1/contacts/${hers.id}`, { custom: { salary: 7 } });
  await admin('PATCH', `/api/v1/contacts/${hers.id}`, { custom: { salary: 8, open: 'no' } });
  await admin('DELETE', `/api/v1/contacts/${others.id}`);
  await admin('PATCH', `/api/v1/contacts/${hers.id}`, { city: 'Rome' });
  const entries = await ended(id, 7);
  assert.deepEqual(types(), ['contact.created', 'contact.created', 'contact.updated', 'contact.updated']);
  assert.deepEqual(names(), ['Before', 'Hers', 'Hers', 'Hers']);
  assert.equal(
    receiver.received.slice(1).some(({ text }) => text.includes('salary')),
    false,
  );
  assert.deepEqual(
    entries.filter(({ state }) => state === 'skipped').map(({ reason }) => reason),
    Array(3).fill('not_visible'),
  );
  // Her log does not show her either what she may not see any more.
  const [before] = entries.toReversed();
  assert.equal((await olga('GET', `/api/v1/webhooks/${id}/deliveries/${before!.id}`)).body.payload, null);
  assert.match((await admin('GET', `/api/v1/webhooks/${id}/deliveries/${before!.id}`)).body.payload, /salary/);

  await admin('POST', `/api/v1/users/${user_id}/deactivation`);
  await made('contacts', { given_name: 'After', owner_id: (await tenant.as('admin')).user_id });
  const row = await eventually(async () => {
    const { body } = await admin('GET', `/api/v1/webhooks/${id}`);
    return body.enabled === false && body;
  });
  assert.equal(row.disabled_reason, 'owner_inactive');
  assert.equal(receiver.received.length, 4);
});

test('the log names no record that its reader may not see', async () => {
  const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const narrow = await made('roles', { name: 'Narrow', rights: { webhook: all, contact: all, tag: all } });
  const paid = await made('roles', {
    name: 'Payroll',
    rights: { webhook: all, contact: all, company: { read: 'all' } },
  });
  await made('custom-fields', {
    resource: 'contact',
    key: 'salary',
    label: 'Salary',
    type: 'integer',
    visible_to: [paid.id],
  });
  const { user_id } = await tenant.as('admin', 'Nora');
  const nora = await tenant.signedIn('admin', 'Nora');
  const { id } = await hook({ contact: { verbs: ['created', 'updated'] } });
  const company = await made('companies', { name: 'Secret Ltd' });
  const contact = await made('contacts', { given_name: 'Seen', company_id: company.id });
  await made(`contacts/${contact.id}/positions`, { company_id: company.id, role: 'Engineer' });
  await admin('PATCH', `/api/v1/contacts/${contact.id}`, { city: 'Rome', custom: { salary: 5 } });
  const entries = await ended(id, 2);
  const payloads = async (by: Client) => {
    const texts = await Promise.all(
      entries.map(async (entry) => (await by('GET', `/api/v1/webhooks/${id}/deliveries/${entry.id}`)).body.payload),
    );
    return texts.join() as string;
  };
  assert.match(await payloads(admin), /Secret Ltd.*custom\.salary|custom\.salary.*Secret Ltd/s);
  assert.equal((await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [narrow.id] })).status, 200);
  const paidWell = { field: 'custom.salary', op: 'gt', value: 3 };
  const filtering = await hook({ contact: { verbs: ['updated'], filter: paidWell } });
  for (const path of [filtering.id, `${filtering.id}/deliveries`])
    assert.deepEqual(
      [(await admin('GET', `/api/v1/webhooks/${path}`)).status, (await nora('GET', `/api/v1/webhooks/${path}`)).status],
      [200, 404],
      'the log of a filter by a hidden field says who meets it',
    );
  const hers = await payloads(nora);
  assert.match(hers, /Seen/);
  assert.match(hers, /Rome/);
  assert.ok(hers.includes(company.id), 'ids are in the record too');
  assert.doesNotMatch(hers, /Secret|salary/);
});

test('the log shows administrators what was sent, also where the record names others since', async () => {
  const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const narrow = await made('roles', {
    name: 'Narrow',
    rights: { webhook: all, contact: all, company: all, tag: all },
  });
  const { user_id } = await tenant.as('admin', 'Nell');
  const nell = await tenant.signedIn('admin', 'Nell');
  const { id } = await hook();
  const [before, since] = [
    await made('companies', { name: 'Before Ltd' }),
    await made('companies', { name: 'Since Ltd' }),
  ];
  const tag = await made('tags', { name: 'Early bird', color: 'gray' });
  const contact = await made('contacts', { given_name: 'Seen', company_id: before.id, tags: [tag.id] });
  const [entry] = await ended(id);
  const changed = await admin('PATCH', `/api/v1/contacts/${contact.id}`, { company_id: since.id, tags: [] });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal((await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [narrow.id] })).status, 200);
  const record = async (by: Client) => {
    const { body } = await by('GET', `/api/v1/webhooks/${id}/deliveries/${entry!.id}`);
    return JSON.parse(body.payload).data.record;
  };
  const sent = receiver.received[0]!.body.data.record;
  assert.equal(sent.company.name, 'Before Ltd');
  assert.deepEqual(await record(admin), sent);
  // Whether a name was replaced or is hidden is not told apart for others; the ids stay.
  const { company, tags } = await record(nell);
  assert.deepEqual(company, { id: before.id, name: null });
  assert.deepEqual(tags, [{ id: tag.id, name: null }]);
});

test('an owner who may not have webhooks any more gets nothing', async () => {
  const { user_id } = await tenant.as('admin', 'Olga');
  const { id } = await hook(created, await tenant.signedIn('admin', 'Olga'));
  const { body } = await admin('GET', '/api/v1/roles?limit=100');
  const member = body.data.find(({ key }: { key: string }) => key === 'member').id;
  await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [member] });
  await made('contacts', { given_name: 'Ada' });
  await eventually(async () => (await admin('GET', `/api/v1/webhooks/${id}`)).body.disabled_reason === 'owner_rights');
  assert.equal(receiver.received.length, 0);
});

test('a filter decides by the record as it is; what is deleted matches by type and verb', async () => {
  const filter = { field: 'city', op: 'eq', value: 'Rome' };
  const { id } = await hook({ contact: { verbs: ['created', 'deleted'], filter } });
  await made('contacts', { given_name: 'Roman', city: 'Rome' });
  const other = await made('contacts', { given_name: 'Other', city: 'Lund' });
  await admin('DELETE', `/api/v1/contacts/${other.id}`);
  await ended(id, 3);
  assert.deepEqual(types(), ['contact.created', 'contact.deleted']);
  assert.deepEqual(names(), ['Roman', undefined]);
});

test('after a rotation both secrets sign for a day, then the new one alone', async () => {
  const { id, secret } = await hook();
  const rotated = await admin('POST', `/api/v1/webhooks/${id}/secret`);
  assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
  const hours = (Date.parse(rotated.body.old_secret_until) - Date.now()) / 3_600_000;
  assert.ok(hours > 23.9 && hours <= 24, `${hours}`);
  await made('contacts', { given_name: 'Ada' });
  await until(1);
  for (const each of [secret, rotated.body.secret]) assert.ok(verified(receiver.received[0]!, each));
  await asOwner(app, `update webhook set old_secret_until = now() - interval '1 second' where id = $1`, [id]);
  await made('contacts', { given_name: 'Eve' });
  await until(2);
  assert.ok(verified(receiver.received[1]!, rotated.body.secret));
  assert.throws(() => verified(receiver.received[1]!, secret), /No matching signature/);
});

test('a receiver that takes nothing for a day is given up, and the owner is told', async () => {
  const { id } = await hook();
  receiver.answer((_, response) => response.writeHead(500).end('broken'));
  await made('contacts', { given_name: 'Ada' });
  await attempted(id);
  await asOwner(app, `update webhook_sending set failing_since = now() - interval '23 hours' where webhook_id = $1`, [
    id,
  ]);
  await asOwner(app, `update webhook_delivery set begun_at = now() - interval '23 hours' where webhook_id = $1`, [id]);
  await hurry();
  await attempted(id, 2);
  assert.equal((await admin('GET', `/api/v1/webhooks/${id}`)).body.enabled, true);
  await asOwner(app, `update webhook_sending set failing_since = now() - interval '25 hours' where webhook_id = $1`, [
    id,
  ]);
  await hurry();
  const row = await eventually(async () => {
    const { body } = await admin('GET', `/api/v1/webhooks/${id}`);
    return !body.enabled && body;
  });
  assert.equal(row.disabled_reason, 'failing');
  assert.equal((await log(id))[0]!.state, 'failed');
  const told = await eventually(async () => {
    const { body } = await admin('GET', '/api/v1/notifications');
    return body.data.find(({ kind }: { kind: string }) => kind === 'webhook_disabled');
  });
  assert.deepEqual([told.resource, told.record], ['webhook', { id, name: 'Hook' }]);
  const { body: events } = await admin('GET', `/api/v1/audit-events?resource=webhook&record_id=${id}`);
  assert.equal(events.data[0].after.disabled_reason, 'failing');

  // Disabled, it gets nothing; enabled, it begins anew.
  receiver.answer((_, response) => response.writeHead(204).end());
  const witness = await made('webhooks', { name: 'Witness', url: `${receiver.url}/witness`, events: created });
  await made('contacts', { given_name: 'Eve' });
  await ended(witness.id);
  await admin('DELETE', `/api/v1/webhooks/${witness.id}`);
  const before = receiver.received.length;
  assert.equal((await admin('PATCH', `/api/v1/webhooks/${id}`, { enabled: true })).body.disabled_reason, null);
  await made('contacts', { given_name: 'Joe' });
  await until(before + 1);
  assert.equal(names().at(-1), 'Joe');
  assert.equal((await log(id)).length, 2);
});

test('one event that a receiver never takes is given up after a day; the others go on', async () => {
  const { id } = await hook();
  receiver.answer(({ body }, response) => response.writeHead(body.data.record.name === 'Bad' ? 400 : 204).end());
  await made('contacts/bulk', { data: [{ given_name: 'Bad' }] });
  await attempted(id);
  await asOwner(app, `update webhook_delivery set begun_at = now() - interval '25 hours'`);
  await made('contacts', { given_name: 'Good' });
  const entries = await eventually(async () => {
    await hurry();
    const now = await log(id);
    return now.length === 2 && now.every(({ state }) => state !== 'waiting') && now;
  });
  assert.deepEqual(
    entries.map(({ state }) => state),
    ['delivered', 'failed'],
  );
  assert.equal((await admin('GET', `/api/v1/webhooks/${id}`)).body.enabled, true);
});

test('a failure after days without events is the first, though the last event was never taken', async () => {
  const { id } = await hook();
  receiver.answer((_, response) => response.writeHead(500).end());
  await made('contacts', { given_name: 'Bad' });
  await attempted(id);
  await asOwner(app, `update webhook_delivery set begun_at = now() - interval '25 hours' where webhook_id = $1`, [id]);
  await eventually(async () => {
    await hurry();
    return (await log(id))[0]!.state === 'failed';
  });
  await eventually(async () => {
    const sends = `select from job where kind = 'webhook.send' and payload ->> 'id' = $1 and state in ('scheduled', 'ready', 'running')`;
    return (await asOwner(app, sends, [id])).length === 0;
  });
  await asOwner(
    app,
    `update webhook_sending set failing_since = failing_since - interval '3 days', paused_until = null where webhook_id = $1`,
    [id],
  );
  await made('contacts', { given_name: 'Days later' });
  await eventually(async () => (await log(id)).length === 2);
  await attempted(id);
  const { body } = await admin('GET', `/api/v1/webhooks/${id}`);
  assert.deepEqual([body.enabled, (await log(id))[0]!.state], [true, 'waiting']);
});

test('of a webhook that is deleted nothing goes on', async () => {
  const { id } = await hook();
  receiver.answer((_, response) => response.writeHead(500).end());
  await made('contacts', { given_name: 'Ada' });
  await attempted(id);
  assert.equal((await admin('DELETE', `/api/v1/webhooks/${id}`)).status, 204);
  await hurry();
  await eventually(async () => {
    const waiting = `select from job where payload ->> 'id' = $1 and state in ('scheduled', 'ready', 'running')`;
    return (await asOwner(app, waiting, [id])).length === 0;
  });
  assert.equal(receiver.received.length, 1);
});

test('deliveries whose job somebody has stopped, or that used up its attempts, are sent within the hour', async () => {
  const [stopped, used] = [(await hook()).id, (await hook()).id];
  receiver.answer((_, response) => response.writeHead(500).end());
  await made('contacts', { given_name: 'Ada' });
  for (const id of [stopped, used]) await attempted(id);
  const end = (id: string, state: string) =>
    eventually(async () => {
      const ending = `update job set state = $2, finished_at = now() where kind = 'webhook.send' and payload ->> 'id' = $1 and state = 'scheduled' returning id`;
      return (await asOwner(app, ending, [id, state])).length > 0;
    });
  await end(stopped, 'cancelled');
  await end(used, 'failed');
  receiver.answer((_, response) => response.writeHead(204).end());
  await hurry();
  await tidy(app);
  for (const id of [stopped, used]) assert.equal((await ended(id))[0]!.state, 'delivered');
});

test('a delivery that fails while its webhook is disabled does not wait for it to be enabled again', async () => {
  let respond: () => void = () => {};
  receiver.answer((_, response) => {
    respond = () => response.writeHead(500).end();
  });
  const { id } = await hook();
  await made('contacts', { given_name: 'Ada' });
  await until(1);
  assert.equal((await admin('PATCH', `/api/v1/webhooks/${id}`, { enabled: false })).status, 200);
  respond();
  const entry = await attempted(id);
  assert.deepEqual([entry.state, entry.reason, entry.attempts[0]!.status], ['failed', 'disabled', 500]);
  receiver.answer((_, response) => response.writeHead(204).end());
  assert.equal((await admin('PATCH', `/api/v1/webhooks/${id}`, { enabled: true })).status, 200);
  await made('contacts', { given_name: 'Ben' });
  await ended(id, 2);
  assert.deepEqual(names(), ['Ada', 'Ben']);
});

test('410 ends it at once', async () => {
  const { id } = await hook();
  receiver.answer((_, response) => response.writeHead(410).end());
  await made('contacts', { given_name: 'Ada' });
  await eventually(async () => (await admin('GET', `/api/v1/webhooks/${id}`)).body.disabled_reason === 'gone');
});

test('what was sent can be sent again under the same id, and a test event at any time', async () => {
  const { id, secret } = await hook();
  const ada = await made('contacts', { given_name: 'Ada' });
  await until(1);
  const [entry] = await ended(id);
  await admin('PATCH', `/api/v1/contacts/${ada.id}`, { given_name: 'Adele' });
  const path = `/api/v1/webhooks/${id}/deliveries/${entry!.id}/replay`;
  assert.equal((await admin('POST', path)).body.state, 'waiting');
  await until(2);
  assert.deepEqual(names(), ['Ada', 'Adele']);
  assert.equal(receiver.received[1]!.headers['webhook-id'], receiver.received[0]!.headers['webhook-id']);
  await made(`webhooks/${id}/tests`);
  await until(3);
  assert.deepEqual([types()[2], receiver.received[2]!.body.data.action], ['webhook.test', 'test']);
  assert.ok(verified(receiver.received[2]!, secret));
  await admin('PATCH', `/api/v1/webhooks/${id}`, { enabled: false });
  assert.equal((await admin('POST', path)).status, 409);
});

test('a receiver that is three days behind is given up', async () => {
  const { id } = await hook();
  receiver.answer(() => {});
  await made('contacts/bulk', { data: [{ given_name: 'A' }, { given_name: 'B' }] });
  await until(1);
  await asOwner(app, `update webhook_delivery set next_at = now() - interval '73 hours'`);
  await made('contacts', { given_name: 'C' });
  await eventually(async () => (await admin('GET', `/api/v1/webhooks/${id}`)).body.disabled_reason === 'backlog');
});
