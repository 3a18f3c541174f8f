import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type Answer, type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { textIn, valueWith } from '../../../test/harness/personal-values.ts';
import type { Services } from '../../kernel/services.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { verifyAudit } from '../audit-verify.ts';
import { connectAsSystem } from '../connection.ts';
import { finishRotations } from '../key-rotation/rotate.ts';
import { beginRotation } from '../key-rotation/workspace-keys.ts';
import { finishSwitches, sealLeftovers } from './finish.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let system: pg.Client;
let services: Services;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  services = app.app.services;
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
  system = await connectAsSystem(app.database.ownerUrl, 'sealing-test');
});
after(async () => {
  await system.end();
  await app.stop();
});

const path = '/api/v1/tenant/personal-sealing';
const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
const made = async (plural: string, body: unknown): Promise<string> =>
  good(await api('POST', `/api/v1/${plural}`, body)).body.id;
const read = async (plural: string, id: string) => good(await api('GET', `/api/v1/${plural}/${id}`)).body;
const finish = (signal?: { throwIfAborted: () => void }) => finishSwitches({ client: system, db: services.db }, signal);
const turn = async (on: boolean) => {
  good(await api('PUT', path, { on }));
  await finish();
};
const reversal = (changed: Answer) => api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
const findings = async () => (await verifyAudit(app.database.ownerUrl, { db: services.db })).findings;

class Killed extends Error {}
/** Ends the work at the n-th point at which it can be ended. */
const killedAt = (n: number) => {
  let asked = 0;
  return {
    throwIfAborted: () => {
      if (++asked > n) throw new Killed();
    },
  };
};

interface Written {
  plural: string;
  field: string;
  id: string;
  /** It is written once, and only filed anew. */
  isFixed?: true;
  /** Where its field is a list. */
  type?: 'list' | 'labelled' | 'addresses';
}
const valueIn = ({ field, type }: Pick<Written, 'field' | 'type'>, text: string) => ({
  [field]: valueWith({ type: type ?? 'text' }, text),
});
const addresses = { field: 'other_addresses', type: 'addresses' } as const;
const profiles = { field: 'social_profiles', type: 'labelled' } as const;
const participants = { field: 'participants', type: 'list' } as const;

/** Of each record type with such a field, a record with a text. */
async function writeAll(text: string): Promise<Written[]> {
  const household_id = await made('households', { name: 'Sealed', street: text, postal_code: text });
  const place = { street: text, postal_code: text, ...valueIn(addresses, text), ...valueIn(profiles, text) };
  const name = { given_name: text, middle_name: text, family_name: text, suffix: text };
  const contact_id = await made('contacts', { ...name, salutation: text, ...place });
  await made('household-members', { household_id, contact_id, role: 'head' });
  const of_contact_id = await made('contacts', { given_name: 'Bea' });
  await made('household-members', { household_id, contact_id: of_contact_id, role: 'child' });
  const relation = { household_id, contact_id, of_contact_id, kind: 'parent' };
  const said = { kind: 'call', direction: 'incoming', body: 'x', subject: text, ...valueIn(participants, text) };
  const call = await made('communications', { household_id, ...said });
  const goal = { household_id, name: 'House', target_amount: '1000.00', currency: 'USD' };
  return [
    { plural: 'client-reviews', field: 'note', id: await made('client-reviews', { household_id, note: text }) },
    { plural: 'goals', field: 'remark', id: await made('goals', { ...goal, remark: text }) },
    { plural: 'relationships', field: 'remark', id: await made('relationships', { ...relation, remark: text }) },
    {
      plural: 'suitability-profiles',
      field: 'remark',
      id: await made('suitability-profiles', { household_id, objective: 'growth', remark: text }),
    },
    { plural: 'households', field: 'street', id: household_id },
    { plural: 'households', field: 'postal_code', id: household_id },
    ...Object.keys(name).map((field) => ({ plural: 'contacts', field, id: contact_id })),
    { plural: 'contacts', field: 'salutation', id: contact_id },
    { plural: 'contacts', field: 'street', id: contact_id },
    { plural: 'contacts', field: 'postal_code', id: contact_id },
    { plural: 'contacts', ...addresses, id: contact_id },
    { plural: 'contacts', ...profiles, id: contact_id },
    ...(await writeEntries(contact_id, text)),
    { plural: 'communications', field: 'subject', id: call, isFixed: true },
    { plural: 'communications', ...participants, id: call, isFixed: true },
  ];
}

/** Of notes, without the paragraph that they are. */
const wordsOf = (value: unknown): string => textIn(value).replace(/<\/?p>/g, '');

/** What is written about a person. */
async function writeEntries(contact_id: string, text: string): Promise<Written[]> {
  const records = [{ type: 'contact', id: contact_id }];
  const activity = await made('activities', { kind: 'call', subject: text, body: text, records });
  return [
    { plural: 'activities', field: 'subject', id: activity },
    { plural: 'activities', field: 'body', id: activity },
    { plural: 'notes', field: 'body', id: await made('notes', { body: `<p>${text}</p>`, records }) },
    {
      plural: 'comments',
      field: 'body',
      id: await made('comments', { body: `<p>${text}</p>`, record_id: contact_id }),
    },
  ];
}

const tables = [
  'activity.body',
  'activity.subject',
  'client_review.note',
  'comment.body',
  'communication.participants',
  'communication.subject',
  'contact.other_addresses',
  'contact.postal_code',
  'contact.salutation',
  'contact.social_profiles',
  'contact.street',
  'household.postal_code',
  'household.street',
  'note.body',
  'goal.remark',
  'relationship.remark',
  'suitability_profile.remark',
];
/** Texts as the database has them. */
async function stored(): Promise<string[]> {
  const found: string[] = [];
  for (const column of tables) {
    const [table, name] = column.split('.');
    const { rows } = await system.query(
      `select ${name} as value from ${table} where tenant_id = $1 and ${name} is not null`,
      [tenant.tenant_id],
    );
    found.push(...rows.map(({ value }) => textIn(value)).filter((text) => text !== undefined));
  }
  return found;
}
const historyWith = async (words: string) =>
  (
    await system.query(`select from record_history where tenant_id = $1 and concat(before, after) like $2`, [
      tenant.tenant_id,
      `%${words}%`,
    ])
  ).rowCount;

test('personal texts are sealed and opened while people work: killed anywhere, all is read, undone and verified', async () => {
  const records = await writeAll('Goldcrest one');
  const changed: Answer[] = [];
  for (const one of records)
    if (!one.isFixed)
      changed.push(good(await api('PATCH', `/api/v1/${one.plural}/${one.id}`, valueIn(one, 'Goldcrest two'))));
  const allSay = async (text: string) => {
    for (const { plural, field, id, isFixed } of records)
      assert.equal(wordsOf((await read(plural, id))[field]), isFixed ? 'Goldcrest one' : text);
  };
  const [review] = records;
  const gone = await made('client-reviews', {
    household_id: (await read('client-reviews', review!.id)).household_id,
    note: 'Goldcrest gone',
  });
  const deleted = good(await api('DELETE', `/api/v1/client-reviews/${gone}`));
  // Of changes from before, one is undone each time that the job is killed.
  const household_id = (await read('client-reviews', review!.id)).household_id;
  const midway: { id: string; change: Answer }[] = [];
  for (let at = 0; at < 20; at++) {
    const id = await made('client-reviews', { household_id, note: `Goldcrest first ${at}` });
    midway.push({ id, change: good(await api('PATCH', `/api/v1/client-reviews/${id}`, { note: 'Goldcrest second' })) });
  }
  const versions = await Promise.all(
    records.map(({ plural, id }) => read(plural, id).then(({ version, updated_at }) => [version, updated_at])),
  );
  assert.deepEqual(await findings(), []);

  assert.equal(good(await api('PUT', path, { on: true })).body.state, 'sealing');
  let killed = 0;
  for (let n = 0; ; n++) {
    try {
      await finish(killedAt(n));
      break;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      killed++;
    }
    await allSay('Goldcrest two');
    if (killed % 4 === 0) assert.deepEqual(await findings(), [], 'records are as their history says');
    const one = midway[killed % midway.length]!;
    if (killed > midway.length) continue;
    assert.equal(good(await reversal(one.change)).body.state, 'done');
    assert.match((await read('client-reviews', one.id)).note, /^Goldcrest first/);
  }
  assert.ok(killed >= 8, `killed ${killed} times`);
  const state = good(await api('GET', path)).body;
  assert.deepEqual([state.state, state.texts, state.sealed_texts, state.remnants], ['on', 46, 46, []]);
  assert.ok((await stored()).every((text) => text.startsWith('\u0001sealed:')));
  assert.equal(await historyWith('Goldcrest'), 0);
  assert.deepEqual(
    await Promise.all(
      records.map(({ plural, id }) => read(plural, id).then(({ version, updated_at }) => [version, updated_at])),
    ),
    versions,
    'nobody changed them',
  );
  assert.deepEqual(await findings(), []);

  // What was changed and deleted before is undone afterwards, and stays sealed.
  for (const one of [...changed, deleted]) {
    const { body } = good(await reversal(one));
    assert.equal(body.state, 'done', JSON.stringify(body));
    assert.equal(body.skipped, 0, JSON.stringify(body));
  }
  await allSay('Goldcrest one');
  assert.equal((await read('client-reviews', gone)).note, 'Goldcrest gone');
  assert.ok((await stored()).every((text) => text.startsWith('\u0001sealed:')));
  const trail = good(await api('GET', `/api/v1/audit-events?record_id=${review!.id}`)).body.data;
  const notes = trail.flatMap(({ before: b, after: a }: Record<string, { note?: string } | null>) =>
    [b?.note, a?.note].filter(Boolean),
  );
  assert.deepEqual(new Set(notes), new Set(['Goldcrest one', 'Goldcrest two']));
  assert.deepEqual(await findings(), []);

  // With new data keys, and opened again.
  await withContext(services.db, systemActor(tenant.tenant_id), (ctx) => beginRotation(ctx, { values: true }));
  await finishRotations({ client: system, db: services.db, ring: services.keyRing });
  await allSay('Goldcrest one');
  assert.deepEqual(await findings(), []);
  const last = good(await api('PATCH', `/api/v1/client-reviews/${review!.id}`, { note: 'Goldcrest three' }));
  good(await api('PUT', path, { on: false }));
  for (let n = 0; ; n++) {
    try {
      await finish(killedAt(n));
      break;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    assert.equal((await read('client-reviews', review!.id)).note, 'Goldcrest three');
  }
  assert.equal(good(await api('GET', path)).body.state, 'off');
  assert.ok((await stored()).every((text) => wordsOf(text).startsWith('Goldcrest')));
  assert.equal(await historyWith('sealed:'), 0);
  assert.equal(good(await reversal(last)).body.state, 'done');
  assert.equal((await read('client-reviews', review!.id)).note, 'Goldcrest one');
  assert.deepEqual(await findings(), []);
});

const filtered = (plural: string, field: string, op: string, value?: unknown) =>
  api('GET', `/api/v1/${plural}?filter=${encodeURIComponent(JSON.stringify({ field, op, value }))}`);

test('while texts are sealed, what compares them is refused and says why, and no text passes for a sealed one', async () => {
  const [review, goal] = await writeAll('Goldcrest wanted');
  const found = good(await filtered('client-reviews', 'note', 'contains', 'wanted')).body.data;
  assert.deepEqual(
    found.map(({ id }: { id: string }) => id),
    [review!.id],
  );
  good(await api('GET', '/api/v1/goals?sort=-remark'));
  const address = `/api/v1/client-reviews/${review!.id}`;
  for (const note of ['\u0001sealed:x', '• damaged', '• key missing'])
    assert.equal((await api('PATCH', address, { note })).status, 422, note);

  await turn(true);
  for (const answer of [
    await filtered('client-reviews', 'note', 'contains', 'wanted'),
    await filtered('goals', 'remark', 'eq', 'Goldcrest wanted'),
    await api('GET', '/api/v1/goals?sort=-remark'),
    await api('GET', '/api/v1/goals?group=remark'),
    await api(
      'GET',
      `/api/v1/households?filter=${encodeURIComponent(JSON.stringify({ any: 'client_reviews', where: { field: 'note', op: 'contains', value: 'wanted' } }))}`,
    ),
  ]) {
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
  }
  const full = good(await filtered('goals', 'remark', 'not_empty')).body.data;
  assert.ok(full.some(({ id }: { id: string }) => id === goal!.id));
  assert.deepEqual(good(await filtered('goals', 'remark', 'is_empty')).body.data, []);

  // A repeat gets the answer of the first request, which is sealed where it is kept.
  const once = { 'idempotency-key': 'sealed answer' };
  const first = good(await api('PATCH', address, { note: 'Goldcrest kept' }, once));
  const again = good(await api('PATCH', address, { note: 'Goldcrest kept' }, once));
  assert.deepEqual([again.body, again.headers.get('idempotency-replayed')], [first.body, 'true']);
  const { rows } = await system.query(
    `select body from idempotency_key where tenant_id = $1 and body like '%Goldcrest%'`,
    [tenant.tenant_id],
  );
  assert.deepEqual(rows, []);

  // One that was moved or changed is shown as damaged, and the others as ever. It keeps the workspace from being off.
  const other = await made('client-reviews', { household_id: first.body.household_id, note: 'Goldcrest other' });
  const damaged = await replaceText(other, '(select note from client_review where id = $3)', review!.id);
  assert.equal((await read('client-reviews', other)).note, '• damaged');
  assert.equal((await read('client-reviews', review!.id)).note, 'Goldcrest kept');
  await turn(false);
  const { state, sealed_texts, closed_texts, remnants } = good(await api('GET', path)).body;
  assert.deepEqual([state, sealed_texts, closed_texts, remnants], ['opening', 1, 1, []]);
  assert.deepEqual(good(await api('GET', path)).body.closed, [
    { resource: 'client_review', record_id: other, field: 'note', stands_in: 'record', why: 'damaged' },
  ]);
  assert.equal((await read('client-reviews', review!.id)).note, 'Goldcrest kept');
  assert.equal(await historyWith('sealed:'), 0);
  await replaceText(other, '$3', damaged);
  await finish();
  assert.equal(good(await api('GET', path)).body.state, 'off');
  assert.equal((await read('client-reviews', other)).note, 'Goldcrest other');
  good(await filtered('client-reviews', 'note', 'contains', 'kept'));
});

test('texts that are damaged for good are given up by an administrator alone, and then the workspace is off', async () => {
  const records = await writeAll('Goldcrest sound');
  const household_id = records.find(({ plural }) => plural === 'households')!.id;
  const lost = await made('client-reviews', { household_id, note: 'Goldcrest lost' });
  assert.equal((await api('PUT', path, { on: false, give_up_damaged: true })).status, 409);
  await turn(true);
  await replaceText(lost, '(select note from client_review where id = $3)', records[0]!.id);
  await turn(false);
  assert.equal(good(await api('GET', path)).body.state, 'opening');
  await finish();
  assert.equal(good(await api('GET', path)).body.state, 'opening');
  const { api: manager } = await tenant.as('manager');
  assert.equal((await manager('PUT', path, { on: false, give_up_damaged: true })).status, 403);
  good(await api('PUT', path, { on: false, give_up_damaged: true }));
  for (let n = 0; ; n++) {
    try {
      await finishSwitches({ client: system, db: services.db }, killedAt(n), tenant.tenant_id);
      break;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
  const { state, closed, closed_texts } = good(await api('GET', path)).body;
  assert.deepEqual([state, closed, closed_texts], ['off', [], 0]);
  assert.equal((await read('client-reviews', lost)).note, '• damaged');
  good(await api('PATCH', `/api/v1/client-reviews/${lost}`, { note: 'Goldcrest found again' }));
  for (const { plural, field, id } of records)
    assert.equal(wordsOf((await read(plural, id))[field]), 'Goldcrest sound');
  assert.equal(await historyWith('sealed:'), 0);
  const { data } = good(await api('GET', '/api/v1/audit-events?resource=tenant')).body;
  assert.ok(data.some(({ after: values }: { after: object }) => 'damaged_texts_given_up' in values));
});

/** Puts another text in the place of that of a review, past the audit. Answers the one that was there. */
async function replaceText(id: string, expression: string, value: string): Promise<string> {
  await system.query(`begin; select set_config('app.keeping_content', 'on', true)`);
  const { rows } = await system.query('select note from client_review where tenant_id = $1 and id = $2', [
    tenant.tenant_id,
    id,
  ]);
  await system.query(`update client_review set note = ${expression} where tenant_id = $1 and id = $2`, [
    tenant.tenant_id,
    id,
    value,
  ]);
  await system.query('commit');
  return rows[0].note;
}

test('what looks for leftovers leaves a workspace whose switch is turned meanwhile', async () => {
  await writeAll('Goldcrest turned');
  await turn(true);
  await withContext(services.db, systemActor(tenant.tenant_id), (ctx) => beginRotation(ctx, { values: true }));
  const other = await connectAsSystem(app.database.ownerUrl, 'sealing-leftovers');
  let turned = false;
  // Works as ever, except that the administrator is faster than its first transaction.
  const slow = new Proxy(other, {
    get: (client, name) =>
      name === 'query'
        ? async (text: string, values?: unknown[]) => {
            if (text === 'begin' && !turned) {
              turned = true;
              await turn(false);
            }
            return client.query(text, values);
          }
        : Reflect.get(client, name),
  });
  try {
    assert.equal(await sealLeftovers({ client: slow, db: services.db }), 0);
  } finally {
    await other.end();
  }
  assert.ok(turned);
  assert.equal(good(await api('GET', path)).body.state, 'off');
  assert.deepEqual(
    (await stored()).filter((text) => text.startsWith('\u0001sealed:')),
    [],
  );
  assert.equal(await historyWith('sealed:'), 0);
});

test('only who may change the workspace may switch, and the trail says who did', async () => {
  for (const role of ['manager', 'advisor', 'viewer']) {
    const { api: other } = await tenant.as(role);
    assert.equal((await other('PUT', path, { on: true })).status, 403, role);
  }
  await turn(true);
  const { data } = good(await api('GET', '/api/v1/audit-events?resource=tenant')).body;
  const states = data.map(({ actor, after: values }: { actor: { name: string } | null; after: object }) => [
    actor !== null,
    values,
  ]);
  assert.deepEqual(states.slice(0, 2), [
    [false, { personal_sealing: 'on' }],
    [true, { personal_sealing: 'sealing' }],
  ]);
  await turn(false);
});

test('whoever wrote in the clear when the switch began is waited for', async () => {
  const household_id = await made('households', { name: 'Slow' });
  const writer = await connectAsSystem(app.database.ownerUrl, 'slow-writer');
  try {
    await writer.query(
      `begin; select set_config('app.tenant_id', '${tenant.tenant_id}', true), set_config('app.rights', '*', true)`,
    );
    await writer.query('select 1 from tenant');
    await writer.query('insert into client_review (tenant_id, household_id, note) values ($1, $2, $3)', [
      tenant.tenant_id,
      household_id,
      'Goldcrest late',
    ]);
    good(await api('PUT', path, { on: true }));
    const finishing = finish();
    await sleep(500);
    assert.equal(good(await api('GET', path)).body.state, 'sealing');
    await writer.query('commit');
    await finishing;
  } finally {
    await writer.end();
  }
  assert.equal(good(await api('GET', path)).body.state, 'on');
  assert.ok((await stored()).every((text) => text.startsWith('\u0001sealed:')));
  assert.equal(await historyWith('Goldcrest'), 0);
  await turn(false);
});

test('a record whose texts were written in two forms is as it was committed to, in whatever form they are later', async () => {
  const person = {
    given_name: 'Mixed',
    salutation: 'Goldcrest',
    street: 'Goldcrest 1',
    ...valueIn(profiles, 'Goldcrest'),
  };
  const ids = [await made('contacts', person), await made('contacts', person)];
  good(await api('PUT', path, { on: true }));
  const forget = async (id: string) => {
    good(await api('DELETE', `/api/v1/contacts/${id}`));
    good(await api('POST', '/api/v1/trash/deletions', { items: [{ resource: 'contact', id }] }));
  };
  good(await api('PATCH', `/api/v1/contacts/${ids[0]}`, { street: 'Goldcrest 2' }));
  // What is written of it when it goes has one text sealed, and the others in the clear.
  await forget(ids[0]!);
  await finish();
  assert.deepEqual(await findings(), []);
  good(await api('PUT', path, { on: false }));
  good(await api('PATCH', `/api/v1/contacts/${ids[1]}`, { salutation: 'Goldcrest 3' }));
  await forget(ids[1]!);
  await finish();
  assert.deepEqual(await findings(), []);
});
