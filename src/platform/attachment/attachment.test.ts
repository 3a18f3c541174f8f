import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { about } from '../../../test/harness/about.ts';
import {
  type Answer,
  type Client,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { asOwner, whileChanging } from '../../../test/harness/identity.ts';
import { expireFiles } from '../../kernel/files/expire.ts';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

async function made(api: Client, path: string, body: object | FormData) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const upload = (api: Client, name: string) => {
  const form = new FormData();
  form.set('file', new Blob([`bytes of ${name}`], { type: 'text/plain' }), name);
  return made(api, 'files', form);
};

test('a file on a note or comment is read by whoever reads the record, and by nobody else', async () => {
  const [ann, ben] = [await tenant.as('member', 'Ann'), await tenant.as('member', 'Ben')];
  const adviser = await tenant.as('advisor');
  const contact = await made(ann.api, 'contacts', { given_name: 'Filed' });
  for (const noun of ['note', 'comment']) {
    const text = await made(ann.api, `${noun}s`, { ...about(noun, 'contact', contact.id), body: 'See below' });
    const file = await upload(ann.api, `${noun}.txt`);
    const on = { file_id: file.id, [`${noun}_id`]: text.id };
    const attachment = await made(ann.api, 'attachments', on);
    assert.deepEqual([attachment.name, attachment.size_bytes], [`${noun}.txt`, file.size_bytes]);
    const { body } = await ben.api('GET', `/api/v1/contacts/${contact.id}/timeline?kinds=${noun}`);
    assert.deepEqual(body.data[0].attachments, [attachment]);
    const content = `/api/v1/attachments/${attachment.id}/content`;
    assert.equal((await ben.api('GET', content)).body, `bytes of ${noun}.txt`);
    assert.equal((await ben.api('GET', `/api/v1/files/${file.id}`)).status, 404);
    for (const { api } of [adviser, await (await app.tenant()).as('admin')])
      assert.equal((await api('GET', content)).status, 404);
    assert.equal((await ben.api('POST', '/api/v1/attachments', on)).status, noun === 'note' ? 422 : 403);
    assert.equal((await ann.api('DELETE', `/api/v1/attachments/${attachment.id}`)).status, 204);
    assert.equal((await ann.api('GET', content)).status, 404);
  }
});

test('a file that hangs on two notes expires when both are deleted for good at the same moment', async () => {
  const { api } = await tenant.as('admin');
  const contact_id = (await made(api, 'contacts', { given_name: 'Twice' })).id;
  const file_id = (await upload(api, 'twice.txt')).id;
  const [one, two] = [
    await made(api, 'notes', { records: [{ type: 'contact', id: contact_id }], body: 'One' }),
    await made(api, 'notes', { records: [{ type: 'contact', id: contact_id }], body: 'Two' }),
  ];
  const first = await made(api, 'attachments', { file_id, note_id: one.id });
  await made(api, 'attachments', { file_id, note_id: two.id });
  assert.equal((await api('DELETE', `/api/v1/notes/${two.id}`)).status, 204);
  const gone = await whileChanging(app, 'delete from attachment where id = $1', [first.id], () =>
    api('POST', '/api/v1/trash/deletions', { items: [{ resource: 'note', id: two.id }] }),
  );
  assert.equal(gone.body.done, 1, JSON.stringify(gone.body));
  const [file] = await asOwner(app, 'select expires_at is not null as expires from file where id = $1', [file_id]);
  assert.deepEqual(file, { expires: true });
});

test('with what it hangs on a file goes to the trash, and comes back with it', async () => {
  const { api } = await tenant.as('member', 'Ann');
  const contact = await made(api, 'contacts', { given_name: 'Trashed' });
  for (const noun of ['note', 'comment']) {
    const text = await made(api, `${noun}s`, { ...about(noun, 'contact', contact.id), body: 'See below' });
    if (noun === 'comment') await made(api, 'comments', { parent_id: text.id, body: 'So its place is kept' });
    const file = await upload(api, `trashed-${noun}.txt`);
    const { id } = await made(api, 'attachments', { file_id: file.id, [`${noun}_id`]: text.id });
    const content = async () => (await api('GET', `/api/v1/attachments/${id}/content`)).status;
    assert.equal((await api('DELETE', `/api/v1/${noun}s/${text.id}`)).status, 204);
    assert.equal(await content(), 404, noun);
    assert.equal((await api('POST', `/api/v1/${noun}s/${text.id}/restoration`)).status, 200);
    assert.equal(await content(), 200, noun);
  }
});

test('a file alone goes to the trash, and comes back by undo, by its own address and from the trash', async () => {
  const [ann, ben] = [await tenant.as('member', 'Ann'), await tenant.as('member', 'Ben')];
  const contact = await made(ann.api, 'contacts', { given_name: 'Alone' });
  for (const noun of ['note', 'comment']) {
    const text = await made(ann.api, `${noun}s`, { ...about(noun, 'contact', contact.id), body: 'See below' });
    const file = await upload(ann.api, `alone-${noun}.txt`);
    const { id } = await made(ann.api, 'attachments', { file_id: file.id, [`${noun}_id`]: text.id });
    const address = `/api/v1/attachments/${id}`;
    const shown = async () => {
      const { body } = await ben.api('GET', `/api/v1/contacts/${contact.id}/timeline?kinds=${noun}`);
      const content = await ann.api('GET', `${address}/content`);
      assert.equal(content.status, body.data[0].attachments.length === 1 ? 200 : 404);
      return content.status === 200 && content.body;
    };
    // Whoever may change a note may take its files off: members may change the notes of others, not what others said.
    const by = noun === 'note' ? ben : ann;
    const gone = await by.api('DELETE', address);
    assert.equal(gone.status, 204);
    assert.equal(await shown(), false);
    const [lost] = (await by.api('GET', '/api/v1/trash?resource=attachment')).body.data;
    assert.deepEqual([lost.id, lost.name, lost.may_restore, lost.may_purge], [id, file.name, true, false]);

    const undone = await by.api('POST', `/api/v1/changes/${gone.headers.get('change-id')}/reversal`);
    assert.deepEqual([undone.status, undone.body.changed], [200, 1], JSON.stringify(undone.body));
    assert.equal(await shown(), `bytes of ${file.name}`);
    assert.equal((await by.api('DELETE', address)).status, 204);
    assert.equal((await by.api('POST', `${address}/restoration`)).status, 200);
    assert.equal(await shown(), `bytes of ${file.name}`);
    assert.equal((await by.api('DELETE', address)).status, 204);
    const items = [{ resource: 'attachment', id }];
    assert.equal((await by.api('POST', '/api/v1/trash/restorations', { items })).body.done, 1);
    assert.equal(await shown(), `bytes of ${file.name}`);
  }
});

test('what somebody said to colleagues keeps its files from those who may not change it', async () => {
  const [ann, ben] = [await tenant.as('member', 'Ann'), await tenant.as('member', 'Ben')];
  const contact = await made(ann.api, 'contacts', { given_name: 'Kept' });
  const comment = await made(ann.api, 'comments', { record_id: contact.id, body: 'See below' });
  const file = await upload(ann.api, 'kept.txt');
  const { id } = await made(ann.api, 'attachments', { file_id: file.id, comment_id: comment.id });
  assert.equal((await ben.api('DELETE', `/api/v1/attachments/${id}`)).status, 403);
  const gone = await ann.api('DELETE', `/api/v1/attachments/${id}`);
  const reversal = await ben.api('POST', `/api/v1/changes/${gone.headers.get('change-id')}/reversal`);
  assert.equal(reversal.status, 403);
  assert.equal((await ben.api('POST', `/api/v1/attachments/${id}/restoration`)).status, 404);
  const items = [{ resource: 'attachment', id }];
  assert.equal((await ben.api('POST', '/api/v1/trash/restorations', { items })).status, 404);
});

test('a note that was written with a file can be taken back with it', async () => {
  const { api } = await tenant.as('member', 'Ann');
  const contact = await made(api, 'contacts', { given_name: 'Taken back' });
  const written = await api('POST', '/api/v1/notes', {
    records: [{ type: 'contact', id: contact.id }],
    body: 'See below',
  });
  const file = await upload(api, 'taken-back.txt');
  const { id } = await made(api, 'attachments', { file_id: file.id, note_id: written.body.id });
  const undone = await api('POST', `/api/v1/changes/${written.headers.get('change-id')}/reversal`);
  assert.deepEqual([undone.status, undone.body.changed], [200, 1], JSON.stringify(undone.body));
  assert.equal((await api('GET', `/api/v1/notes/${written.body.id}`)).status, 404);
  assert.equal((await api('POST', `/api/v1/changes/${undone.body.id}/reversal`)).body.changed, 1);
  assert.equal((await api('GET', `/api/v1/attachments/${id}/content`)).body, 'bytes of taken-back.txt');
});

test('the bytes stay as long as the trash holds anything they hang on, and go when it is emptied', async () => {
  const admin = await tenant.as('admin');
  const contact = await made(admin.api, 'contacts', { given_name: 'Bytes' });
  const [one, two] = [
    await made(admin.api, 'notes', { records: [{ type: 'contact', id: contact.id }], body: 'One' }),
    await made(admin.api, 'notes', { records: [{ type: 'contact', id: contact.id }], body: 'Two' }),
  ];
  const file = await upload(admin.api, 'bytes.txt');
  const hung = [];
  for (const note of [one, two])
    hung.push((await made(admin.api, 'attachments', { file_id: file.id, note_id: note.id })).id);
  const stored = async () => {
    await expireFiles(app.app.services.db, app.app.services.log);
    return (await admin.api('GET', `/api/v1/files/${file.id}/content`)).status;
  };
  const purge = async (resource: string, id: string) => {
    const { body } = await admin.api('POST', '/api/v1/trash/deletions', { items: [{ resource, id }] });
    assert.equal(body.done, 1, JSON.stringify(body));
  };
  await admin.api('DELETE', `/api/v1/attachments/${hung[0]}`);
  await admin.api('DELETE', `/api/v1/notes/${two.id}`);
  assert.equal(await stored(), 200);
  await purge('attachment', hung[0]!);
  assert.equal(await stored(), 200, 'the note in the trash has it still');
  await purge('note', two.id);
  assert.equal(await stored(), 404);
});

test('a file that hangs somewhere, in the trash too, is not deleted by itself, with what hangs there', async () => {
  const [ann, manager] = [await tenant.as('member', 'Ann'), await tenant.as('manager')];
  const contact = await made(ann.api, 'contacts', { given_name: 'Held' });
  const note = await made(ann.api, 'notes', { records: [{ type: 'contact', id: contact.id }], body: 'See below' });
  const [first, second] = [await upload(ann.api, 'held-1.txt'), await upload(ann.api, 'held-2.txt')];
  const { id } = await made(ann.api, 'attachments', { file_id: first.id, note_id: note.id });
  await made(ann.api, `attachments/${id}/versions`, { file_id: second.id });
  const bytes = async () => [
    (await ann.api('GET', `/api/v1/attachments/${id}/content`)).body,
    (await ann.api('GET', `/api/v1/attachments/${id}/versions/1/content`)).body,
  ];
  const refused = async () => {
    for (const { api } of [ann, manager])
      for (const file of [first, second]) {
        const { status, body } = await api('DELETE', `/api/v1/files/${file.id}`);
        assert.deepEqual([status, body.code], [409, 'in_use'], JSON.stringify(body));
      }
  };
  await refused();
  assert.deepEqual(await bytes(), ['bytes of held-2.txt', 'bytes of held-1.txt']);
  assert.equal((await ann.api('DELETE', `/api/v1/attachments/${id}`)).status, 204);
  await refused();
  // As when it is hung up again at the moment at which the last other attachment of it goes.
  await asOwner(app, 'update file set expires_at = now() where id = $1', [second.id]);
  await expireFiles(app.app.services.db, app.app.services.log);
  assert.equal((await ann.api('POST', `/api/v1/attachments/${id}/restoration`)).status, 200);
  assert.deepEqual(await bytes(), ['bytes of held-2.txt', 'bytes of held-1.txt']);
});

test('an upload that hangs nowhere says when it goes, and is gone then; what hangs somewhere, in the trash too, stays', async () => {
  const { api } = await tenant.as('admin', 'Unused');
  const contact = await made(api, 'contacts', { given_name: 'Unused' });
  const note = await made(api, 'notes', { records: [{ type: 'contact', id: contact.id }], body: 'See below' });
  const files = new Map<string, Answer['body']>();
  for (const name of ['open', 'forgotten', 'hung', 'trashed', 'older', 'newer'])
    files.set(name, await upload(api, `${name}.txt`));
  const hang = (name: string) => made(api, 'attachments', { file_id: files.get(name).id, note_id: note.id });
  await hang('hung');
  await api('DELETE', `/api/v1/attachments/${(await hang('trashed')).id}`);
  const versioned = await hang('older');
  await made(api, `attachments/${versioned.id}/versions`, { file_id: files.get('newer').id });
  const { created_at, expires_at } = files.get('open');
  assert.equal(Date.parse(expires_at) - Date.parse(created_at), 30 * 86_400_000);
  assert.equal((await api('GET', `/api/v1/files/${files.get('hung').id}`)).body.expires_at, null);
  for (const [name, { id }] of files) {
    const age = name === 'open' ? '29 days' : '31 days';
    await asOwner(app, `update file set created_at = created_at - $2::interval where id = $1`, [id, age]);
  }
  await expireFiles(app.app.services.db, app.app.services.log);
  const left: string[] = [];
  for (const [name, { id }] of files) if ((await api('GET', `/api/v1/files/${id}`)).status === 200) left.push(name);
  assert.deepEqual(left, ['open', 'hung', 'trashed', 'older', 'newer']);
});

test('no more files come back to a note or comment than hang on one', async () => {
  const { api } = await tenant.as('admin', 'Full');
  const contact = await made(api, 'contacts', { given_name: 'Full' });
  const file = await upload(api, 'full.txt');
  for (const noun of ['note', 'comment']) {
    const text = await made(api, `${noun}s`, { ...about(noun, 'contact', contact.id), body: 'See below' });
    const hang = async (file_id: string) =>
      (await made(api, 'attachments', { file_id, [`${noun}_id`]: text.id })).id as string;
    const off = async (id: string) => (await api('DELETE', `/api/v1/attachments/${id}`)).headers.get('change-id');
    const [one, two] = [await hang(file.id), await hang((await upload(api, 'two.txt')).id)];
    const change = await off(one);
    await off(two);
    const others = [];
    for (let n = 0; n < 19; n++) others.push(await hang((await upload(api, `${n}.txt`)).id));
    const item = (id: string) => ({ resource: 'attachment', id });
    const some = await api('POST', '/api/v1/trash/restorations', { items: [item(one), item(two)] });
    assert.deepEqual([some.status, some.body.done], [200, 1], JSON.stringify(some.body));
    const left = some.body.left[0].id;
    for (const again of [
      await api('POST', '/api/v1/trash/restorations', { items: [item(left)] }),
      await api('POST', `/api/v1/attachments/${left}/restoration`),
    ]) {
      assert.deepEqual([again.status, again.body.code], [422, 'validation_failed'], JSON.stringify(again.body));
      assert.match(again.body.errors[0].message, /At most 20 files/);
    }
    if (left === one) {
      const undone = await api('POST', `/api/v1/changes/${change}/reversal`);
      assert.deepEqual([undone.status, undone.body.skipped[0].code], [409, 'refused']);
    }
    await off(others[0]!);
    assert.equal((await api('POST', `/api/v1/attachments/${left}/restoration`)).status, 200);
  }
});

test('a file that hung in the trash for 30 days goes by itself', async () => {
  const { api } = await tenant.as('admin');
  const contact = await made(api, 'contacts', { given_name: 'Old' });
  const note = await made(api, 'notes', { records: [{ type: 'contact', id: contact.id }], body: 'Old' });
  const file = await upload(api, 'old.txt');
  const { id } = await made(api, 'attachments', { file_id: file.id, note_id: note.id });
  await api('DELETE', `/api/v1/attachments/${id}`);
  await asOwner(app, `update attachment set deleted_at = now() - interval '31 days' where id = $1`, [id]);
  await housekeep(app);
  await expireFiles(app.app.services.db, app.app.services.log);
  assert.equal((await api('GET', `/api/v1/files/${file.id}`)).status, 404);
});

test('somebody else’s file cannot be hung anywhere, nor one on nothing or on two', async () => {
  const [ann, ben] = [await tenant.as('member', 'Ann'), await tenant.as('member', 'Ben')];
  const contact = await made(ann.api, 'contacts', { given_name: 'Theft' });
  const note = await made(ann.api, 'notes', { records: [{ type: 'contact', id: contact.id }], body: 'Mine' });
  const file = await upload(ben.api, 'secret.txt');
  const refused = async (body: object, field: string) => {
    const answer = await ann.api('POST', '/api/v1/attachments', body);
    assert.deepEqual([answer.status, answer.body.errors?.[0].field], [422, field], JSON.stringify(answer.body));
  };
  await refused({ file_id: file.id, note_id: note.id }, 'file_id');
  await refused({ file_id: file.id }, 'note_id');
  await refused({ file_id: file.id, note_id: note.id, comment_id: note.id }, 'note_id');
});
