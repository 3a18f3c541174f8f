import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(() => app.stop());

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
    const text = await made(ann.api, `${noun}s`, { contact_id: contact.id, body: 'See below' });
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

test('with what it hangs on a file goes to the trash, and comes back with it', async () => {
  const { api } = await tenant.as('member', 'Ann');
  const contact = await made(api, 'contacts', { given_name: 'Trashed' });
  for (const noun of ['note', 'comment']) {
    const text = await made(api, `${noun}s`, { contact_id: contact.id, body: 'See below' });
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

test('somebody else’s file cannot be hung anywhere, nor one on nothing or on two', async () => {
  const [ann, ben] = [await tenant.as('member', 'Ann'), await tenant.as('member', 'Ben')];
  const contact = await made(ann.api, 'contacts', { given_name: 'Theft' });
  const note = await made(ann.api, 'notes', { contact_id: contact.id, body: 'Mine' });
  const file = await upload(ben.api, 'secret.txt');
  const refused = async (body: object, field: string) => {
    const answer = await ann.api('POST', '/api/v1/attachments', body);
    assert.deepEqual([answer.status, answer.body.errors?.[0].field], [422, field], JSON.stringify(answer.body));
  };
  await refused({ file_id: file.id, note_id: note.id }, 'file_id');
  await refused({ file_id: file.id }, 'note_id');
  await refused({ file_id: file.id, note_id: note.id, comment_id: note.id }, 'note_id');
});
