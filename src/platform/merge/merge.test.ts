import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { countBlocked, systemClient } from '../../../test/harness/identity.ts';
import { company } from '../../modules/directory/company/contract.ts';
import { contact } from '../../modules/directory/contact/contract.ts';
import { referencesTo } from './references.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

type Row = Record<string, unknown> & { id: string; version: number };

async function make(noun: string, body: object, by = api): Promise<Row> {
  const made = await by('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}
const read = async (noun: string, id: string): Promise<Row> => (await api('GET', `/api/v1/${noun}/${id}`)).body;
const merge = (noun: string, survivor: Row, others: Row[], values: object = {}, by = api) =>
  by('POST', `/api/v1/${noun}/${survivor.id}/merge`, { others: others.map(({ id }) => id), values });
const undo = (change: string | null) => api('POST', `/api/v1/changes/${change}/reversal`);

describe('a merge', () => {
  test('gives the survivor the chosen values, keeps addresses and numbers that nobody chose, and moves all that hangs on the others', async () => {
    const [red, blue] = [await make('tags', { name: 'Red' }), await make('tags', { name: 'Blue' })];
    const ada = await make('contacts', {
      given_name: 'Ada',
      email: 'ada@a.example',
      phone: '+1 555 01',
      tags: [red.id],
    });
    const eve = await make('contacts', {
      given_name: 'Ada M.',
      email: 'ADA@b.example',
      sites: [{ label: 'Blog', value: 'https://ada.example' }],
      other_emails: [{ value: 'Ada@A.example' }, { label: 'Home', value: 'c@c.example' }],
      phone: '+1-555-01',
      job_title: 'Head',
      tags: [red.id, blue.id],
      external_id: 'x-1',
    });
    const deal = await make('deals', { name: 'Deal', contact_id: eve.id });
    const note = await make('notes', { body: '<p>Note</p>', records: [{ type: 'contact', id: eve.id }] });
    const task = await make('tasks', { title: 'Task', records: [{ type: 'contact', id: eve.id }] });
    const call = await make('activities', {
      kind: 'call',
      subject: 'Call',
      records: [{ type: 'contact', id: eve.id }],
    });
    const counted = await api('GET', `/api/v1/contacts/${eve.id}/attached`);
    assert.deepEqual(
      Object.fromEntries(counted.body.attached.map((a: { resource: string; count: number }) => [a.resource, a.count])),
      { deal: 1, note: 1, task: 1, activity: 1 },
    );

    const answer = await merge('contacts', ada, [eve], { job_title: 'Head', external_id: 'x-1' });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.headers.get('etag'), `"${answer.body.version}"`);
    assert.deepEqual(answer.body.sites, [{ label: 'Blog', value: 'https://ada.example' }]);
    const { email, other_emails, phone, other_phones, job_title, external_id, tags } = answer.body;
    assert.deepEqual([email, phone, job_title, external_id], ['ada@a.example', '+1 555 01', 'Head', 'x-1']);
    assert.deepEqual(
      [other_emails, other_phones],
      [
        [
          { label: null, value: 'ADA@b.example' },
          { label: 'Home', value: 'c@c.example' },
        ],
        [],
      ],
    );
    assert.deepEqual(
      tags.map((t: { name: string }) => t.name),
      ['Blue', 'Red'],
    );
    for (const [noun, { id }] of [
      ['deals', deal],
      ['notes', note],
      ['tasks', task],
      ['activities', call],
    ] as const) {
      const { contact_id, records } = await read(noun, id);
      assert.equal(noun === 'deals' ? contact_id : (records as { id: string }[])[0]!.id, ada.id, noun);
    }

    const gone = await api('GET', `/api/v1/contacts/${eve.id}`);
    assert.deepEqual([gone.status, gone.body.code, gone.body.merged_into], [404, 'merged', ada.id]);
    const { body: timeline } = await api('GET', `/api/v1/contacts/${ada.id}/timeline?kinds=change`);
    assert.equal(timeline.data[0].change.action, 'merge');
    assert.deepEqual(timeline.data[0].change.merged, [{ id: eve.id, name: 'Ada M.' }]);
    assert.equal(timeline.data[0].change.change_id, answer.headers.get('change-id'));
  });

  test('keeps every address, site and profile with its label, and each label with its value, until it is taken back', async () => {
    const place = (values: object) => ({
      label: null,
      street: null,
      city: null,
      region: null,
      postal_code: null,
      country: null,
      ...values,
    });
    const rome = place({ label: 'Holiday', city: 'Rome' });
    const site = { label: 'Blog', value: 'https://ada.example' };
    const ada = await make('contacts', {
      given_name: 'Ada',
      email: 'ada@work.example',
      email_label: 'Work',
      phone: '+49 30 1',
      phone_label: 'Desk',
      street: 'Ring 1',
      city: 'Wien',
      address_label: 'Office',
      other_addresses: [rome],
      sites: [site],
      social_profiles: [{ value: '@ada' }],
    });
    const others = [
      await make('contacts', {
        given_name: 'Ada',
        email: 'ada@home.example',
        email_label: 'Home',
        street: 'Deich 2',
        city: 'Husum',
        address_label: 'Home',
        other_addresses: [place({ city: 'ROME' }), place({ city: 'Oslo' })],
        sites: [site, { value: 'https://b.example' }],
      }),
      await make('contacts', {
        given_name: 'Ada',
        other_emails: [{ label: 'Old', value: 'ada@old.example' }],
        other_phones: [{ value: 'Ask Ada' }, { value: 'ask Bo' }],
        city: 'wien',
        social_profiles: [{ label: 'X', value: '@ada2' }],
      }),
      await make('contacts', { given_name: 'Ada', city: 'Wien', country: 'Austria' }),
    ];
    const details = [
      'email',
      'email_label',
      'other_emails',
      'phone',
      'phone_label',
      'other_phones',
      'street',
      'city',
      'address_label',
      'other_addresses',
      'sites',
      'social_profiles',
    ] as const;
    const shown = (row: Row) => Object.fromEntries(details.map((field) => [field, row[field]]));
    const before = await read('contacts', ada.id);
    const kept = {
      ...shown(ada),
      other_emails: [
        { label: 'Home', value: 'ada@home.example' },
        { label: 'Old', value: 'ada@old.example' },
      ],
      other_phones: [
        { label: null, value: 'Ask Ada' },
        { label: null, value: 'ask Bo' },
      ],
      // That of the second is no more than the survivor's.
      other_addresses: [
        rome,
        place({ label: 'Home', street: 'Deich 2', city: 'Husum' }),
        place({ city: 'Wien', country: 'Austria' }),
        place({ city: 'Oslo' }),
      ],
      sites: [site, { label: null, value: 'https://b.example' }],
      social_profiles: [
        { label: null, value: '@ada' },
        { label: 'X', value: '@ada2' },
      ],
    };
    const merged = await merge('contacts', ada, others);
    assert.equal(merged.status, 200, JSON.stringify(merged.body));
    assert.deepEqual(shown(merged.body), kept);
    assert.equal((await undo(merged.headers.get('change-id'))).body.skipped, 0);
    assert.deepEqual(shown(await read('contacts', ada.id)), shown(before));

    const chosen = { email: 'ada@old.example', phone: null, street: 'Deich 2', city: 'Husum' };
    const { body, headers } = await merge('contacts', ada, others, chosen);
    assert.deepEqual(shown(body), {
      ...kept,
      ...chosen,
      email_label: 'Old',
      other_emails: [
        { label: 'Work', value: 'ada@work.example' },
        { label: 'Home', value: 'ada@home.example' },
      ],
      phone_label: null,
      other_phones: [{ label: 'Desk', value: '+49 30 1' }, ...kept.other_phones],
      address_label: 'Home',
      other_addresses: [
        rome,
        place({ label: 'Office', street: 'Ring 1', city: 'Wien' }),
        place({ city: 'wien' }),
        place({ city: 'Wien', country: 'Austria' }),
        place({ city: 'Oslo' }),
      ],
    });
    assert.equal((await undo(headers.get('change-id'))).body.skipped, 0);
    const filled = (await merge('contacts', ada, others, { country: 'Austria' })).body;
    assert.deepEqual([filled.street, filled.country, filled.address_label], ['Ring 1', 'Austria', 'Office']);
  });

  test('keeps that somebody wants no e-mails, unless whoever merges says otherwise', async () => {
    const person = (consent_email: string) => make('contacts', { given_name: 'Consent', consent_email });
    for (const [own, other, chosen, kept] of [
      ['unknown', 'denied', undefined, 'denied'],
      ['granted', 'denied', undefined, 'denied'],
      ['denied', 'granted', undefined, 'denied'],
      ['unknown', 'granted', undefined, 'unknown'],
      ['unknown', 'denied', 'granted', 'granted'],
    ] as const) {
      const [survivor, absorbed] = [await person(own), await person(other)];
      const answer = await merge('contacts', survivor, [absorbed], chosen && { consent_email: chosen });
      assert.equal(answer.body.consent_email, kept, `${own} and ${other}`);
      assert.equal((await undo(answer.headers.get('change-id'))).status, 200);
      assert.equal((await read('contacts', survivor.id)).consent_email, own);
    }
  });

  test('keeps companies and job titles that nobody chose as positions, until it is taken back', async () => {
    const companies = [await make('companies', { name: 'Acme' }), await make('companies', { name: 'Umbrella' })];
    const [acme, umbrella] = companies.map(({ id }) => id);
    const ada = await make('contacts', { given_name: 'Ada', company_id: acme, job_title: 'Head' });
    const others = [
      await make('contacts', { given_name: 'Ada', company_id: umbrella, job_title: 'Board' }),
      await make('contacts', { given_name: 'Ada', company_id: umbrella, job_title: 'Board' }),
      await make('contacts', { given_name: 'Ada', company_id: acme }),
      await make('contacts', { given_name: 'Ada', job_title: 'Clerk' }),
    ];
    const kept = ({ positions }: Row) =>
      (positions as { company_id: string; role: string }[]).map(({ company_id, role }) => [company_id, role]);
    const merged = await merge('contacts', ada, others);
    assert.equal(merged.status, 200, JSON.stringify(merged.body));
    assert.deepEqual([merged.body.company_id, merged.body.job_title], [acme, 'Head']);
    assert.deepEqual(kept(merged.body), [[umbrella, 'Board']]);
    assert.equal((await undo(merged.headers.get('change-id'))).body.skipped, 0);
    assert.deepEqual(kept(await read('contacts', ada.id)), []);

    const chosen = await merge('contacts', ada, [others[0]!], { company_id: umbrella, job_title: 'Board' });
    assert.deepEqual([chosen.body.company_id, kept(chosen.body)], [umbrella, [[acme, 'Head']]], 'its own too');
  });

  test('moves the people and branches of companies, also where that would make a circle', async () => {
    const top = await make('companies', { name: 'Top' });
    const old = await make('companies', { name: 'Acme Inc', parent_id: top.id });
    const between = await make('companies', { name: 'Between', parent_id: old.id });
    const acme = await make('companies', { name: 'Acme', parent_id: between.id });
    const person = await make('contacts', { given_name: 'P', company_id: old.id });
    const answer = await merge('companies', acme, [old]);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.parent_id, top.id);
    assert.equal((await read('companies', between.id)).parent_id, acme.id);
    assert.equal((await read('contacts', person.id)).company_id, acme.id);
    assert.equal((await undo(answer.headers.get('change-id'))).status, 200);
    const parents = [];
    for (const { id } of [old, between, acme]) parents.push((await read('companies', id)).parent_id);
    assert.deepEqual(parents, [top.id, old.id, between.id]);
  });

  test('moves values of custom fields that name the others, of any noun', async () => {
    // Products have no trash.
    for (const resource of ['deal', 'task', 'contact', 'product'])
      await make('custom-fields', { resource, key: 'partner', label: 'Partner', type: 'company' });
    const [one, two] = [await make('companies', { name: 'One' }), await make('companies', { name: 'Two' })];
    const rows = [
      ['deals', await make('deals', { name: 'D', custom: { partner: two.id } })],
      ['tasks', await make('tasks', { title: 'T', custom: { partner: two.id.toUpperCase() } })],
      ['contacts', await make('contacts', { given_name: 'C', custom: { partner: two.id } })],
      ['products', await make('products', { name: 'P', custom: { partner: two.id } })],
    ] as const;
    const attached = async ({ id }: Row) => (await api('GET', `/api/v1/companies/${id}/attached`)).body.attached;
    // A record that names the other by several fields is one record that moves.
    await api('PATCH', `/api/v1/deals/${rows[0][1].id}`, { company_id: two.id });
    const byNoun = (a: { resource: string }, b: { resource: string }) => a.resource.localeCompare(b.resource);
    assert.deepEqual((await attached(two)).toSorted(byNoun), [
      { resource: 'contact', count: 1 },
      { resource: 'deal', count: 1 },
      { resource: 'product', count: 1 },
      { resource: 'task', count: 1 },
    ]);
    assert.deepEqual(await attached(one), []);
    const answer = await merge('companies', one, [two]);
    for (const [noun, { id }] of rows) assert.deepEqual((await read(noun, id)).custom, { partner: one.id }, noun);
    await undo(answer.headers.get('change-id'));
    for (const [noun, { id, custom }] of rows) assert.deepEqual((await read(noun, id)).custom, custom, noun);
  });

  test('leaves no survivor that names itself in a custom field, and undoing brings back what it named', async () => {
    await make('custom-fields', { resource: 'contact', key: 'introduced_by', label: 'Introduced by', type: 'contact' });
    const two = await make('contacts', { given_name: 'Two' });
    const one = await make('contacts', { given_name: 'One', custom: { introduced_by: two.id } });
    const answer = await merge('contacts', one, [two]);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.custom, {});
    await undo(answer.headers.get('change-id'));
    assert.deepEqual((await read('contacts', one.id)).custom, { introduced_by: two.id });
  });

  test('gives the survivor a value that only one record may have', async () => {
    await make('custom-fields', { resource: 'company', key: 'vat', label: 'VAT', type: 'text', is_unique: true });
    const one = await make('companies', { name: 'One', custom: { vat: 'CH-1' } });
    const two = await make('companies', { name: 'Two', custom: { vat: 'CH-2' } });
    const answer = await merge('companies', one, [two], { custom: { vat: 'CH-2' } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.custom, { vat: 'CH-2' });
    assert.equal((await undo(answer.headers.get('change-id'))).status, 200);
    for (const { id, custom } of [one, two]) assert.deepEqual((await read('companies', id)).custom, custom);
  });

  test('leads on from what was merged earlier', async () => {
    const [a, b, c] = [
      await make('companies', { name: 'A' }),
      await make('companies', { name: 'B' }),
      await make('companies', { name: 'C' }),
    ];
    const first = await merge('companies', b, [c]);
    const second = await merge('companies', a, [b]);
    assert.equal((await api('GET', `/api/v1/companies/${c.id}`)).body.merged_into, a.id);
    await undo(second.headers.get('change-id'));
    assert.equal((await api('GET', `/api/v1/companies/${c.id}`)).body.merged_into, b.id);
    await undo(first.headers.get('change-id'));
    assert.equal((await read('companies', c.id)).name, 'C');
  });

  test('stands in the trash as part of its survivor, from where it comes back with all of it; alone once that is deleted too', async () => {
    const [a, b] = [await make('companies', { name: 'Kept' }), await make('companies', { name: 'Gone' })];
    const merging = await merge('companies', a, [b]);
    const trashed = async () =>
      (await api('GET', '/api/v1/trash?resource=company')).body.data.find(({ id }: { id: string }) => id === b.id);
    const restoring = () => api('POST', '/api/v1/trash/restorations', { items: [{ resource: 'company', id: b.id }] });
    assert.deepEqual((await trashed()).merged_into, { id: a.id, name: 'Kept' });
    assert.equal((await trashed()).may_restore, false);
    assert.equal((await restoring()).status, 404);
    await undo(merging.headers.get('change-id'));
    assert.equal(await trashed(), undefined);

    await merge('companies', await read('companies', a.id), [await read('companies', b.id)]);
    await api('DELETE', `/api/v1/companies/${a.id}`);
    assert.deepEqual([(await trashed()).merged_into, (await trashed()).may_restore], [null, true]);
    assert.equal((await restoring()).status, 200);
  });

  test('taken out of the trash by itself, a record stands for itself again', async () => {
    const [a, b] = [await make('contacts', { given_name: 'A' }), await make('contacts', { given_name: 'B' })];
    await merge('contacts', a, [b]);
    assert.equal((await api('POST', `/api/v1/contacts/${b.id}/restoration`)).status, 200);
    await api('DELETE', `/api/v1/contacts/${b.id}`);
    assert.equal((await api('GET', `/api/v1/contacts/${b.id}`)).body.code, 'not_found');
  });
});

describe('is refused', () => {
  test('with itself, with what is not there, with values that do not fit, and over an edit one has not seen', async () => {
    const [a, b] = [await make('contacts', { given_name: 'A' }), await make('contacts', { given_name: 'B' })];
    assert.equal((await merge('contacts', a, [a])).body.errors[0].field, 'others');
    assert.equal((await merge('contacts', a, [b, { ...b, id: crypto.randomUUID() }])).body.errors[0].field, 'others.1');
    assert.equal((await merge('contacts', a, [b], { email: 'no' })).body.errors[0].field, 'values.email');
    assert.equal((await merge('contacts', a, [b], { nothing: 1 })).body.errors[0].field, 'values.nothing');
    const many = Array.from({ length: 10 }, () => b);
    assert.equal((await merge('contacts', a, many)).body.errors[0].field, 'others');
    await api('PATCH', `/api/v1/contacts/${a.id}`, { city: 'Bern' });
    const stale = await api('POST', `/api/v1/contacts/${a.id}/merge`, { others: [b.id] }, { 'if-match': '"1"' });
    assert.deepEqual([stale.status, stale.body.current.city], [412, 'Bern']);
    assert.equal((await read('contacts', b.id)).given_name, 'B');
  });

  test('in a circle: what was merged is no survivor and cannot be merged again, by two at the same time neither', async () => {
    const [a, b] = [await make('contacts', { given_name: 'A' }), await make('contacts', { given_name: 'B' })];
    const both = await Promise.all([merge('contacts', a, [b]), merge('contacts', b, [a])]);
    assert.deepEqual(
      both.filter(({ status }) => status === 200).length,
      1,
      JSON.stringify(both.map(({ body }) => body)),
    );
    const [kept, gone] = both[0]!.status === 200 ? [a, b] : [b, a];
    assert.equal((await api('GET', `/api/v1/contacts/${gone.id}`)).body.merged_into, kept.id);
    const back = await merge('contacts', gone, [kept]);
    assert.deepEqual([back.status, back.body.merged_into], [404, kept.id]);
    assert.equal((await merge('contacts', kept, [gone])).body.errors[0].field, 'others.0');
  });

  test('nothing is lost that somebody changes in what is just being merged', async () => {
    const [a, b] = [await make('contacts', { given_name: 'A' }), await make('contacts', { given_name: 'B' })];
    const [edit, merged] = await Promise.all([
      api('PATCH', `/api/v1/contacts/${b.id}`, { city: 'Bern' }),
      merge('contacts', a, [b]),
    ]);
    assert.equal(merged.status, 200, JSON.stringify(merged.body));
    if (edit.status !== 200) assert.equal(edit.body.merged_into, a.id, JSON.stringify(edit.body));
    await undo(merged.headers.get('change-id'));
    assert.equal((await read('contacts', b.id)).city, edit.status === 200 ? 'Bern' : null);
  });

  test('what somebody attaches to a record that is just being merged is refused', async () => {
    const person = await make('contacts', { given_name: 'P' });
    const holder = await systemClient(app);
    /** Merges two new records; what is attached to the one that goes away waits for the merge. */
    const whileMerging = async (noun: string, table: string, name: object, attach: (id: string) => Promise<Answer>) => {
      const [kept, gone] = [await make(noun, name), await make(noun, name)];
      await holder.query('begin');
      await holder.query(`select from ${table} where id = $1 for update`, [gone.id]);
      const merging = merge(noun, kept, [gone]);
      await eventually(async () => (await countBlocked(holder)) >= 1);
      const attaching = attach(gone.id);
      await eventually(async () => (await countBlocked(holder)) >= 2);
      await holder.query('rollback');
      assert.equal((await merging).status, 200);
      return (await attaching).body;
    };
    const change = `/api/v1/contacts/${person.id}`;
    const [contact, company] = [{ given_name: 'A' }, { name: 'A' }];
    try {
      const made = await whileMerging('contacts', 'contact', contact, (contact_id) =>
        api('POST', '/api/v1/notes', { body: '<p>Late</p>', records: [{ type: 'contact', id: contact_id }] }),
      );
      assert.equal(made.errors?.[0].field, 'records.0.id');
      const changed = await whileMerging('companies', 'company', company, (id) =>
        api('PATCH', change, { company_id: id }),
      );
      assert.equal(changed.errors?.[0].field, 'company_id');
      const followed = await whileMerging('companies', 'company', company, (id) =>
        api('PUT', `/api/v1/companies/${id}/following`),
      );
      assert.equal(followed.code, 'merged');
      const bulk = await whileMerging('companies', 'company', company, (company_id) => {
        const action = { kind: 'update', fields: { company_id } };
        return api('POST', '/api/v1/changes', { resource: 'contact', ids: [person.id], action });
      });
      const ended = await eventually(async () => {
        const { body } = await api('GET', `/api/v1/changes/${bulk.id}`);
        return !['waiting', 'running'].includes(body.state) && body;
      });
      assert.deepEqual([ended.state, (await read('contacts', person.id)).company_id], ['failed', null]);
    } finally {
      await holder.end();
    }
  });

  test('without the right to change all and to delete the others, or when something of somebody else hangs on them', async () => {
    const [mine, theirs] = [await tenant.as('advisor', 'Ann'), await tenant.as('member', 'Bob')];
    const [a, b] = [
      await make('contacts', { given_name: 'A' }, mine.api),
      await make('contacts', { given_name: 'B' }, mine.api),
    ];
    const foreign = await make('contacts', { given_name: 'F' }, theirs.api);
    assert.equal(
      (await merge('contacts', a, [foreign], {}, mine.api)).status,
      422,
      'what one does not see is not there',
    );
    assert.equal(
      (await merge('contacts', foreign, [a], {}, theirs.api)).status,
      403,
      'a member deletes what is their own',
    );
    const note = await make('notes', { body: 'Bob’s', records: [{ type: 'contact', id: b.id }] }, theirs.api);
    const refused = await merge('contacts', a, [b], {}, mine.api);
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
    assert.match(refused.body.detail, /note/);
    assert.deepEqual((await read('notes', note.id)).records, [{ type: 'contact', id: b.id, name: 'B' }]);
    assert.equal((await merge('contacts', b, [a], {}, mine.api)).status, 200);
  });
});

describe('taking a merge back', () => {
  test('leaves what came after it with the survivor, and lists it', async () => {
    const [a, b] = [
      await make('contacts', { given_name: 'A', city: 'Rome' }),
      await make('contacts', { given_name: 'B', city: 'Oslo' }),
    ];
    const older = await make('tasks', { title: 'Older', records: [{ type: 'contact', id: b.id }] });
    const merged = await merge('contacts', a, [b], { city: 'Oslo' });
    const newer = await make('tasks', { title: 'Newer', records: [{ type: 'contact', id: a.id }] });
    await api('PATCH', `/api/v1/contacts/${a.id}`, { city: 'Bern' });
    await api('PATCH', `/api/v1/tasks/${older.id}`, { priority: 'high' });
    const { status, body } = await undo(merged.headers.get('change-id'));
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      body.skipped_samples.map((s: Record<string, unknown>) => [s.resource, s.id, s.code]),
      [
        ['contact', a.id, 'changed_since'],
        ['task', newer.id, 'came_later'],
      ],
    );
    assert.deepEqual([(await read('contacts', a.id)).city, (await read('contacts', b.id)).city], ['Bern', 'Oslo']);
    const tasks = [await read('tasks', older.id), await read('tasks', newer.id)];
    assert.deepEqual(
      tasks.map((t) => [(t.records as { id: string }[])[0]!.id, t.priority]),
      [
        [b.id, 'high'],
        [a.id, 'normal'],
      ],
    );
  });

  test('of a company with 50,000 people merges within the time of a statement', async () => {
    const [a, b] = [await make('companies', { name: 'Large' }), await make('companies', { name: 'Large AG' })];
    const owner = new pg.Client({ connectionString: app.database.ownerUrl });
    await owner.connect();
    await owner.query(`select set_config('app.tenant_id', $1, false)`, [tenant.tenant_id]);
    await owner.query(
      `insert into contact (tenant_id, given_name, company_id) select $1, 'P' || i, $2 from generate_series(1, 50000) i`,
      [tenant.tenant_id, b.id],
    );
    const people = async (id: string) =>
      (
        await owner.query('select count(*)::int as n from contact where tenant_id = $1 and company_id = $2', [
          tenant.tenant_id,
          id,
        ])
      ).rows[0].n;
    const merged = await merge('companies', a, [b]);
    assert.equal(merged.status, 200, JSON.stringify(merged.body));
    assert.deepEqual([await people(a.id), await people(b.id)], [50000, 0]);
    await owner.end();
  });
});

test('somebody said of every column that refers to a contact or a company what merging does with it', async () => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ from: string; to: string; column: string }>(`
    select k.conrelid::regclass::text as "from", k.confrelid::regclass::text as "to", a.attname as "column"
    from pg_constraint k cross join lateral unnest(k.conkey) c join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c
    where k.contype = 'f' and k.confrelid in ('contact'::regclass, 'company'::regclass, 'subject'::regclass) and a.attname <> 'tenant_id'
      and k.conrelid <> 'record_link'::regclass
    union all select tgrelid::regclass::text, 'subject', 'records' from pg_trigger where tgname = 'link_entries'`);
  await owner.end();
  for (const noun of [contact, company]) {
    const found = rows
      .filter(({ to }) => to === noun.name || to === 'subject')
      .map(({ from, column }) => `${from}.${column}`);
    assert.deepEqual(
      referencesTo(noun)
        .map(({ table, column }) => `${table}.${column}`)
        .sort(),
      found.sort(),
    );
  }
});
