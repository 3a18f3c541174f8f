import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  type Answer,
  type Client,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { verifyAudit } from '../../operations/audit-verify.ts';
import type { Skip } from './contract.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

const changeOf = (answer: Answer): string => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.headers.get('change-id')!;
};
const undo = (change: string, by = api, record = '') =>
  by('POST', `/api/v1/changes/${change}/reversal${record && `?record_id=${record}`}`);

async function contact(body: object = { given_name: 'Ada' }) {
  const made = await api('POST', '/api/v1/contacts', body);
  return { id: made.body.id as string, change: changeOf(made) };
}
const patch = async (id: string, body: object, noun = 'contacts') =>
  changeOf(await api('PATCH', `/api/v1/${noun}/${id}`, body));
const read = async (id: string, noun = 'contacts') => (await api('GET', `/api/v1/${noun}/${id}`)).body;

describe('undo of a change', () => {
  test('puts back what it replaced, and leaves and names what was edited since', async () => {
    const { id } = await contact({ given_name: 'Ada', city: 'Paris', job_title: 'Clerk' });
    const older = await patch(id, { city: 'Rome', job_title: 'Head' });
    await patch(id, { city: 'Oslo' });
    const { status, body } = await undo(older);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.state, body.changed, body.skipped], ['done', 1, 1]);
    assert.deepEqual(body.skipped_samples[0].fields, ['city']);
    assert.equal(body.skipped_samples[0].code, 'changed_since');
    const now = await read(id);
    assert.deepEqual([now.city, now.job_title], ['Oslo', 'Clerk']);
  });

  test('says of what was erased from the history that it cannot be put back, and puts back the rest', async () => {
    const { id } = await contact({ given_name: 'Ada', city: 'Paris', job_title: 'Clerk' });
    const tag = (await api('POST', '/api/v1/tags', { name: 'Erased' })).body;
    const erase = (change: string) =>
      asOwner(
        app,
        `delete from record_history h using audit_event e
         where e.tenant_id = h.tenant_id and e.seq = h.seq and e.request_id = $1 and e.resource = 'contact'`,
        [change],
      );
    const changed = await patch(id, { city: 'Rome', tags: [tag.id] });
    await erase(changed);
    const { status, body } = await undo(changed);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      body.skipped_samples.map(({ id, code, fields }: Skip) => [id, code, fields]),
      [[id, 'erased', ['city']]],
    );
    assert.deepEqual([(await read(id)).city, (await read(id)).tags], ['Rome', []]);

    // What a newer change replaced is not known: it counts as changed since.
    const older = await patch(id, { city: 'Oslo', job_title: 'Head' });
    await erase(await patch(id, { city: 'Bern' }));
    const second = (await undo(older)).body;
    assert.deepEqual(
      second.skipped_samples.map(({ code, fields }: Skip) => [code, fields]),
      [['changed_since', ['city']]],
    );
    const now = await read(id);
    assert.deepEqual([now.city, now.job_title], ['Bern', 'Clerk']);
    assert.deepEqual((await verifyAudit(app.database.ownerUrl)).findings, []);
  });

  test('is a change itself: taken back, the change is there again', async () => {
    const { id } = await contact({ given_name: 'Ada', city: 'Paris' });
    const change = await patch(id, { city: 'Rome' });
    const undone = await undo(change);
    assert.equal((await read(id)).city, 'Paris');
    const redone = await undo(undone.body.id);
    assert.equal(redone.status, 200);
    assert.equal((await read(id)).city, 'Rome');
    assert.equal((await undo(redone.body.id)).status, 200);
    assert.equal((await read(id)).city, 'Paris');
  });

  test('moves what was made to the trash, with its tags, and brings back what was trashed', async () => {
    const tag = (await api('POST', '/api/v1/tags', { name: 'Kept' })).body;
    const made = await contact({ given_name: 'New', tags: [tag.id] });
    const undone = await undo(made.change);
    assert.equal(undone.status, 200, JSON.stringify(undone.body));
    assert.equal((await api('GET', `/api/v1/contacts/${made.id}`)).status, 404);
    await undo(undone.body.id);
    assert.deepEqual(
      (await read(made.id)).tags.map((t: { name: string }) => t.name),
      ['Kept'],
    );
    const trashed = changeOf(await api('DELETE', `/api/v1/contacts/${made.id}`));
    assert.equal((await undo(trashed)).status, 200);
    assert.equal((await read(made.id)).deleted_at, null);
  });

  test('leaves a record that somebody has changed, or that something refers to, where it was made', async () => {
    const made = await contact();
    await patch(made.id, { city: 'Bern' });
    const changed = await undo(made.change);
    assert.deepEqual(
      [changed.status, changed.body.code, changed.body.skipped[0].code],
      [409, 'nothing_to_undo', 'changed_since'],
    );
    const company = await api('POST', '/api/v1/companies', { name: 'Used' });
    const employee = await contact({ given_name: 'Employee', company_id: company.body.id });
    const used = await undo(changeOf(company));
    assert.deepEqual([used.status, used.body.skipped[0].code], [409, 'in_use']);
    const records = [{ resource: 'contact', id: employee.id, name: 'Employee' }];
    assert.deepEqual(used.body.skipped[0].referenced_by, { records, others: 0 });
    assert.equal((await undo(employee.change)).status, 200);
    assert.equal((await undo(changeOf(company))).status, 200);
  });

  test('names a few of many records that refer to what was made, and the record of a part that does', async () => {
    const company = await api('POST', '/api/v1/companies', { name: 'Employer' });
    const data = Array.from({ length: 7 }, (_, n) => ({ given_name: `Person ${n}`, company_id: company.body.id }));
    assert.equal((await api('POST', '/api/v1/contacts/bulk', { data })).status, 201);
    const { referenced_by } = (await undo(changeOf(company))).body.skipped[0];
    assert.deepEqual([referenced_by.records.length, referenced_by.others], [5, 2]);

    const product = await api('POST', '/api/v1/products', { name: 'Pipe', unit_price: '10.00' });
    const deal = (await api('POST', '/api/v1/deals', { name: 'Piping' })).body;
    await api('PUT', `/api/v1/deals/${deal.id}/lines`, { lines: [{ product_id: product.body.id, quantity: '3' }] });
    const used = await undo(changeOf(product));
    const records = [{ resource: 'deal', id: deal.id, name: 'Piping' }];
    assert.deepEqual(used.body.skipped?.[0].referenced_by, { records, others: 0 }, JSON.stringify(used.body));
  });

  test('tells custom values one by one', async () => {
    for (const key of ['shoe', 'hat'])
      await api('POST', '/api/v1/custom-fields', { resource: 'contact', key, label: key, type: 'integer' });
    const { id } = await contact({ given_name: 'Custom', custom: { shoe: 40 } });
    const older = await patch(id, { custom: { shoe: 41, hat: 7 } });
    await patch(id, { custom: { hat: 8 } });
    const { body } = await undo(older);
    assert.deepEqual(body.skipped_samples[0].fields, ['custom.hat']);
    assert.deepEqual((await read(id)).custom, { shoe: 40, hat: 8 });
  });

  test('says of what was deleted that another has its name by now', async () => {
    const make = () => api('POST', '/api/v1/tags', { name: 'Once only' });
    const { id } = (await make()).body;
    const gone = changeOf(await api('DELETE', `/api/v1/tags/${id}`));
    await make();
    const { status, body } = await undo(gone);
    assert.equal(status, 409, JSON.stringify(body));
    assert.deepEqual(
      body.skipped.map((skip: Skip) => [skip.resource, skip.id, skip.code]),
      [['tag', id, 'refused']],
    );
  });

  test('takes back tags, and says of a record in the trash that it is there', async () => {
    const tag = (await api('POST', '/api/v1/tags', { name: 'On and off' })).body;
    const { id } = await contact({ given_name: 'Tagged' });
    const on = await patch(id, { tags: [tag.id] });
    const off = await patch(id, { tags: [] });
    assert.equal((await undo(on)).status, 409);
    assert.equal((await undo(off)).status, 200);
    assert.equal((await read(id)).tags.length, 1);
    await api('DELETE', `/api/v1/contacts/${id}`);
    const again = await undo(on);
    assert.deepEqual([again.status, again.body.skipped[0].code], [409, 'in_trash']);
  });

  test('of what was made takes it back with the tags that came back to it', async () => {
    const tag = (await api('POST', '/api/v1/tags', { name: 'There and back' })).body;
    const made = await api('POST', '/api/v1/companies', { name: 'Made with a tag', tags: [tag.id] });
    const off = await api('PATCH', `/api/v1/companies/${made.body.id}`, { tags: [] });
    assert.equal((await undo(changeOf(off))).status, 200);
    const { status, body } = await undo(changeOf(made));
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal((await undo(body.id)).status, 200);
    const back = await api('GET', `/api/v1/companies/${made.body.id}`);
    assert.deepEqual(
      back.body.tags.map(({ name }: { name: string }) => name),
      ['There and back'],
    );
  });

  test('of a tag brings it back on all records that had it', async () => {
    const tag = (await api('POST', '/api/v1/tags', { name: 'Dropped' })).body;
    const { id } = await contact({ given_name: 'Bearer', tags: [tag.id] });
    const dropped = changeOf(await api('DELETE', `/api/v1/tags/${tag.id}`));
    assert.equal((await read(id)).tags.length, 0);
    const { status, body } = await undo(dropped);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      (await read(id)).tags.map((t: { id: string }) => t.id),
      [tag.id],
    );
  });
});

describe('of a deal', () => {
  const deal = async (body: object = {}) => (await api('POST', '/api/v1/deals', { name: 'Deal', ...body })).body;
  const same = (row: Record<string, unknown>) => ({ ...row, version: 0, updated_at: '' });

  test('a move goes back to its place, a closing to its stage, each as a whole', async () => {
    const made = await deal({ amount: '100.00' });
    const stages = (
      await api(
        'GET',
        `/api/v1/stages?filter=${encodeURIComponent(JSON.stringify({ field: 'pipeline_id', op: 'eq', value: made.pipeline_id }))}&limit=50`,
      )
    ).body.data;
    const other = stages.find((s: { kind: string; id: string }) => s.kind === 'open' && s.id !== made.stage_id);
    const before = await read(made.id, 'deals');
    const moved = changeOf(
      await api('POST', `/api/v1/deals/${made.id}/moves`, { stage_id: other.id, position: 'first' }),
    );
    const between = await read(made.id, 'deals');
    const closed = changeOf(await api('POST', `/api/v1/deals/${made.id}/closure`, { outcome: 'won' }));
    const late = await undo(moved);
    assert.deepEqual([late.status, late.body.skipped[0].code], [409, 'changed_since']);
    assert.equal((await undo(closed)).status, 200);
    assert.deepEqual(same(await read(made.id, 'deals')), same(between));
    assert.equal((await undo(moved)).status, 200);
    assert.deepEqual(same(await read(made.id, 'deals')), same(before));
  });

  test('products come back with the amount; an amount is left whose currency was changed since', async () => {
    const product = (await api('POST', '/api/v1/products', { name: 'Pump', unit_price: '10.00' })).body;
    const made = await deal();
    await api('PUT', `/api/v1/deals/${made.id}/lines`, { lines: [{ product_id: product.id, quantity: '3' }] });
    const before = await read(made.id, 'deals');
    const emptied = changeOf(await api('PUT', `/api/v1/deals/${made.id}/lines`, { lines: [], amount: '7.00' }));
    assert.equal((await undo(emptied)).status, 200);
    assert.deepEqual(same(await read(made.id, 'deals')), same(before));
    const plain = await deal({ amount: '1.00' });
    const raised = await patch(plain.id, { amount: '2.00' }, 'deals');
    await patch(plain.id, { currency: 'EUR' }, 'deals');
    assert.equal((await undo(raised)).body.skipped[0].code, 'changed_since');
    assert.equal((await read(plain.id, 'deals')).amount, '2.00');
  });
});

describe('refusals', () => {
  test('twice is 409 and names the reversal; unknown is 404; after 30 days 410', async () => {
    const { id } = await contact({ given_name: 'Twice', city: 'A' });
    const change = await patch(id, { city: 'B' });
    const first = await undo(change);
    const second = await undo(change);
    assert.deepEqual(
      [second.status, second.body.code, second.body.reversal_id],
      [409, 'undone_already', first.body.id],
    );
    const again = await patch(id, { city: 'D' });
    const both = await Promise.all([undo(again), undo(again)]);
    const [done, refused] = both.toSorted((one, other) => one.status - other.status);
    assert.deepEqual([done!.status, refused!.body.reversal_id], [200, done!.body.id], 'at the same time too');
    assert.equal((await undo(crypto.randomUUID())).status, 404);
    assert.equal((await undo('nonsense')).status, 404);
    const old = crypto.randomUUID();
    await asOwner(
      app,
      `insert into audit_event (tenant_id, at, actor_kind, actor_id, action, resource, record_id, fields, request_id)
       select tenant_id, at - interval '31 days', actor_kind, actor_id, action, resource, record_id, fields, $2
       from audit_event where request_id = $1`,
      [await patch(id, { city: 'C' }), old],
    );
    const late = await undo(old);
    assert.deepEqual([late.status, late.body.code], [410, 'undo_expired']);
  });

  test('of two at a time one is done', async () => {
    const { id } = await contact({ given_name: 'Race', city: 'A' });
    const change = await patch(id, { city: 'B' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => undo(change)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    assert.equal((await read(id)).city, 'A');
  });

  test('the right to the opposite change is needed, and what one may not see is 404', async () => {
    const { id } = await contact({ given_name: 'Rights' });
    const change = await patch(id, { city: 'B' });
    const viewer = await tenant.as('viewer');
    const adviser = await tenant.as('advisor');
    const stranger = await (await app.tenant()).as('admin');
    assert.equal((await undo(change, viewer.api)).status, 403);
    assert.equal((await undo(change, adviser.api)).status, 404);
    assert.equal((await undo(change, stranger.api)).status, 404);
    const trashed = changeOf(await api('DELETE', `/api/v1/contacts/${id}`));
    const member = await tenant.as('member');
    assert.equal((await undo(trashed, member.api)).status, 403, 'a member deletes own records only');
    assert.equal((await undo(trashed)).status, 200);
    assert.equal((await undo(change, member.api)).status, 200);
  });

  test('a value whose place is taken stays out, the rest comes back', async () => {
    const made = (
      await api('POST', '/api/v1/contacts/bulk', {
        data: [
          { given_name: 'One', external_id: 'x1' },
          { given_name: 'Two', external_id: 'x2' },
        ],
      })
    ).body.data;
    const released = await patch(made[0].id, { external_id: null, city: 'Rome' });
    await contact({ given_name: 'Thief', external_id: 'x1' });
    const { status, body } = await undo(released);
    assert.deepEqual([status, body.skipped[0].code], [409, 'refused']);
    assert.equal((await read(made[0].id)).city, 'Rome', 'nothing is half done');
  });

  test('leaves values of custom fields that are not valid any more', async () => {
    const define = async (body: object) =>
      (await api('POST', '/api/v1/custom-fields', { resource: 'contact', ...body })).body.id;
    const tier = await define({ key: 'tier', label: 'Tier', type: 'select', options: ['A', 'B'] });
    await define({ key: 'bought', label: 'Bought', type: 'product' });
    const product = (await api('POST', '/api/v1/products', { name: 'Discontinued' })).body;
    const { id } = await contact({ given_name: 'Fit', city: 'Rome', custom: { tier: 'A', bought: product.id } });
    const change = await patch(id, { city: 'Oslo', custom: { tier: 'B', bought: null } });
    const narrowed = await api('PATCH', `/api/v1/custom-fields/${tier}`, { options: ['B'] });
    assert.equal(narrowed.status, 200, JSON.stringify(narrowed.body));
    assert.equal((await api('DELETE', `/api/v1/products/${product.id}`)).status, 204);
    const { status, body } = await undo(change);
    assert.deepEqual([status, body.changed], [200, 1], JSON.stringify(body));
    assert.deepEqual(
      body.skipped_samples.map(({ code, fields }: Skip) => [code, fields?.toSorted()]),
      [['refused', ['custom.bought', 'custom.tier']]],
    );
    const now = await read(id);
    assert.deepEqual([now.city, now.custom], ['Rome', { tier: 'B' }]);
  });

  test('a repeated request names the change of the first', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await api('POST', '/api/v1/contacts', { given_name: 'Once' }, key);
    const second = await api('POST', '/api/v1/contacts', { given_name: 'Once' }, key);
    assert.equal(changeOf(second), changeOf(first));
  });
});

test('the history says by what a change can be taken back, and what became of it', async () => {
  const { id } = await contact({ given_name: 'History', city: 'A' });
  const change = await patch(id, { city: 'B' });
  const entries = async () =>
    (await api('GET', `/api/v1/contacts/${id}/timeline?kinds=change`)).body.data.map(
      ({ change: { change_id, undone, is_undo } }: { change: Record<string, unknown> }) => ({
        change_id,
        undone,
        is_undo,
      }),
    );
  assert.deepEqual((await entries())[0], { change_id: change, undone: false, is_undo: false });
  const reversal = (await undo(change, api, id)).body.id;
  assert.deepEqual((await entries()).slice(0, 2), [
    { change_id: reversal, undone: false, is_undo: true },
    { change_id: change, undone: true, is_undo: false },
  ]);
});

test('of a change of several records, one alone can be taken back', async () => {
  const made = await api('POST', '/api/v1/contacts/bulk', { data: [{ given_name: 'One' }, { given_name: 'Two' }] });
  const [one, two] = made.body.data;
  assert.equal((await undo(changeOf(made), api, one.id)).status, 200);
  assert.equal((await api('GET', `/api/v1/contacts/${one.id}`)).status, 404);
  assert.equal((await read(two.id)).given_name, 'Two');
});
