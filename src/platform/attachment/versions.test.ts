import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { expireFiles } from '../../kernel/files/expire.ts';

let app: TestApp;
let tenant: TestTenant;
let ann: { api: Client; user_id: string };
let ben: { api: Client; user_id: string };
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  ann = await tenant.as('member', 'Ann');
  ben = await tenant.as('member', 'Ben');
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
async function attached(name: string) {
  const { id: contact_id } = await made(ann.api, 'contacts', { given_name: name });
  const { id: note_id } = await made(ann.api, 'notes', {
    records: [{ type: 'contact', id: contact_id }],
    body: 'See below',
  });
  const { id } = await made(ann.api, 'attachments', { note_id, file_id: (await upload(ann.api, `${name} 1.txt`)).id });
  return { contact_id, note_id, id, path: `/api/v1/attachments/${id}` };
}
const put = async (path: string, name: string, by = ann.api, headers = {}) =>
  by('POST', `${path}/versions`, { file_id: (await upload(by, name)).id }, headers);
interface Version {
  number: number;
  name: string;
  author: { id: string } | null;
  is_current: boolean;
}
const versions = async (path: string, by = ann.api) =>
  ((await by('GET', `${path}/versions`)).body.data as Version[]).map(({ number, name, is_current }) => [
    number,
    name,
    is_current,
  ]);
const bytes = async (path: string, by = ann.api) => (await by('GET', path)).body;

test('a new version takes the place of a file and keeps what it replaces, with who put it there', async () => {
  const { path, contact_id } = await attached('plan');
  assert.deepEqual(await versions(path), [[1, 'plan 1.txt', true]]);
  const answer = await put(path, 'plan 2.txt', ben.api);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.deepEqual(await versions(path), [[2, 'plan 2.txt', true], [1, 'plan 1.txt', false]]); // biome-ignore format: one list
  assert.deepEqual(answer.body.data.map(({ author }: Version) => author!.id), [ben.user_id, ann.user_id]); // biome-ignore format: one call
  assert.equal(await bytes(`${path}/content`), 'bytes of plan 2.txt');
  assert.equal(await bytes(`${path}/versions/1/content`), 'bytes of plan 1.txt');
  assert.equal(await bytes(`${path}/versions/2/content`, ben.api), 'bytes of plan 2.txt');
  assert.equal((await ann.api('GET', `${path}/versions/3/content`)).status, 404);
  const { body } = await ann.api('GET', `/api/v1/contacts/${contact_id}/timeline?kinds=note`);
  assert.deepEqual(body.data[0].attachments.map(({ name, number }: Version) => [name, number]), [['plan 2.txt', 2]]); // biome-ignore format: one call
});

test('a download that is taken up again after a new version begins anew, and does not join halves of two files', async () => {
  const { path } = await attached('halves');
  const tag = (await ann.api('GET', `${path}/content`)).headers.get('etag')!;
  const rest = { range: 'bytes=9-', 'if-range': tag };
  const going_on = await ann.api('GET', `${path}/content`, undefined, rest);
  assert.deepEqual([going_on.status, going_on.body], [206, 'halves 1.txt']);
  await put(path, 'halves 2.txt');
  for (const stale of [tag, `W/${tag}`, new Date().toUTCString()]) {
    const { status, body } = await ann.api('GET', `${path}/content`, undefined, { ...rest, 'if-range': stale });
    assert.deepEqual([status, body], [200, 'bytes of halves 2.txt'], stale);
  }
});

test('restoring a version makes it the newest; the audit trail and undo know of it', async () => {
  const { path, id } = await attached('terms');
  await put(path, 'terms 2.txt');
  const restored = await ann.api('POST', `${path}/versions/1/restoration`);
  assert.equal(restored.status, 200, JSON.stringify(restored.body));
  const three = [[3, 'terms 1.txt', true], [2, 'terms 2.txt', false], [1, 'terms 1.txt', false]]; // biome-ignore format: one list
  assert.deepEqual(await versions(path), three);
  assert.equal(await bytes(`${path}/content`), 'bytes of terms 1.txt');
  assert.equal((await ann.api('POST', `${path}/versions/3/restoration`)).status, 200);
  assert.deepEqual(await versions(path), three, 'the present one stays');
  const { api } = await tenant.as('admin');
  const events = (await api('GET', `/api/v1/audit-events?record_id=${id}`)).body.data;
  assert.deepEqual(events.map(({ action, fields }: { action: string; fields: string[] | null }) => [action, fields?.toSorted() ?? null]),
    [['update', ['file_id', 'name']], ['update', ['file_id', 'name']], ['create', null]]); // biome-ignore format: one call
  const undone = await ann.api('POST', `/api/v1/changes/${restored.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.deepEqual(await versions(path), [[4, 'terms 2.txt', true], [3, 'terms 1.txt', false], ...three.slice(1)]);
});

test('a version that undoing adds past the most that one may put is still read and taken back', async () => {
  const { path, id } = await attached('long');
  await asOwner(app, `update attachment set number = 99 where id = '${id}'`);
  const put_last = await put(path, 'long 100.txt');
  assert.equal(put_last.status, 201, JSON.stringify(put_last.body));
  assert.equal((await put(path, 'long 101.txt')).status, 422);
  const undo = async (change: string | null) => {
    const { status, body } = await ann.api('POST', `/api/v1/changes/${change}/reversal`);
    assert.deepEqual([status, body.skipped], [200, 0], JSON.stringify(body));
    return body.id as string;
  };
  const undone = await undo(put_last.headers.get('change-id'));
  assert.equal(await bytes(`${path}/versions/101/content`), 'bytes of long 1.txt');
  await undo(undone);
  assert.deepEqual((await versions(path))[0], [102, 'long 100.txt', true]);
  assert.equal(await bytes(`${path}/versions/101/content`), 'bytes of long 1.txt');
  const refused = await ann.api('POST', `${path}/versions/101/restoration`);
  assert.deepEqual([refused.status, refused.body.errors[0].code], [422, 'too_many']);
});

test('who may not change the note puts no version, who may not read it reads none, and If-Match holds', async () => {
  const { path } = await attached('shared');
  const viewer = (await tenant.as('viewer')).api;
  assert.deepEqual(await versions(path, viewer), [[1, 'shared 1.txt', true]]);
  assert.equal((await viewer('POST', `${path}/versions/1/restoration`)).status, 403);
  const adviser = (await tenant.as('advisor')).api;
  const stranger = (await (await app.tenant()).as('admin')).api;
  for (const by of [adviser, stranger])
    for (const read of ['/versions', '/versions/1/content']) assert.equal((await by('GET', path + read)).status, 404);
  const theirs = await upload(ben.api, 'private.txt');
  const answer = await ann.api('POST', `${path}/versions`, { file_id: theirs.id });
  assert.deepEqual([answer.status, answer.body.errors[0].code], [422, 'no_such_record']);
  assert.equal((await put(path, 'late.txt', ann.api, { 'if-match': '"7"' })).status, 412);
  assert.equal((await put(path, 'now.txt', ann.api, { 'if-match': '"1"' })).status, 201);
});

test('files of versions stay as long as the attachment, and go with it', async () => {
  const { path, id } = await attached('kept');
  await put(path, 'kept 2.txt');
  const files = () => asOwner(app, `select name from file where name like 'kept%' order by 1`);
  await expireFiles(app.app.services.db, app.app.services.log);
  assert.equal((await files()).length, 2);
  assert.equal(await bytes(`${path}/versions/1/content`), 'bytes of kept 1.txt');
  await asOwner(app, `delete from attachment where id = '${id}'`);
  await expireFiles(app.app.services.db, app.app.services.log);
  assert.deepEqual(await files(), []);
});

test('a file that is still a version of one attachment stays when another attachment of it goes', async () => {
  const { path, contact_id } = await attached('twice');
  const other = await made(ann.api, 'notes', { records: [{ type: 'contact', id: contact_id }], body: 'The same' });
  const file = await asOwner(app, `select id from file where name = 'twice 1.txt'`);
  const second = await made(ann.api, 'attachments', { note_id: other.id, file_id: (file as { id: string }[])[0]!.id });
  await put(path, 'twice 2.txt');
  await asOwner(app, `delete from attachment where id = '${second.id}'`);
  await expireFiles(app.app.services.db, app.app.services.log);
  assert.equal(await bytes(`${path}/versions/1/content`), 'bytes of twice 1.txt');
});
