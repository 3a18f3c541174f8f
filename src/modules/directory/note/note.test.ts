import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(() => app.stop());

const made = async (api: Awaited<ReturnType<TestTenant['as']>>['api'], path: string, body: object) => {
  const answer = await api('POST', path, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
};

test('a note belongs to a record, has its writer as author, and hostile HTML is left out of it', async () => {
  const { api, user_id } = await tenant.as('member');
  const contact = await made(api, '/api/v1/contacts', { given_name: 'Ada' });
  const note = await made(api, '/api/v1/notes', {
    contact_id: contact.id,
    body: `<p onclick="steal()">Met <b>Ada</b><script>steal()</script><img src="https://spy.example/p.gif">
      <a href="javascript:steal()">one</a> <a href="https://example.com" style="x">two</a><iframe src="//x"></iframe></p>`,
  });
  assert.equal(note.author_id, user_id);
  assert.equal(note.author.name, 'member');
  assert.deepEqual(note.contact, { id: contact.id, name: 'Ada' });
  assert.equal(note.pinned, false);
  assert.doesNotMatch(note.body, /steal|spy|script|img|iframe|style/);
  assert.match(note.body, /<p>Met <b>Ada<\/b>/);
  assert.match(note.body, /<a href="https:\/\/example.com" rel="noopener noreferrer nofollow" target="_blank">two<\/a>/);
});
