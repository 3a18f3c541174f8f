import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { createLog } from '../logs/log.ts';
import { systemActor } from '../tenancy/context.ts';
import { file_bytes_max } from './contract.ts';
import { expireFiles } from './expire.ts';

let app: TestApp;
let tenant: TestTenant;
let member: { api: Client; key: string; user_id: string };
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  member = await tenant.as('member');
});
after(() => app.stop());

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type Content = string | Uint8Array<ArrayBuffer>;

function form(content: Content, name: string, type = ''): FormData {
  const data = new FormData();
  data.append('file', new Blob([content], { type }), name);
  return data;
}

const upload = (content: Content, name: string, type?: string, api = member.api, query = '') =>
  api('POST', `/api/v1/files${query}`, form(content, name, type));

async function uploaded(content: Content, name: string, type?: string, query = '') {
  const answer = await upload(content, name, type, member.api, query);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

const download = (id: string, headers: Record<string, string> = {}, query = '', key = member.key) =>
  fetch(`${app.url}/api/v1/files/${id}/content${query}`, { headers: { authorization: `Bearer ${key}`, ...headers } });

async function storedFiles(): Promise<number> {
  let files = 0;
  for await (const _ of app.app.services.files.list(tenant.tenant_id)) files++;
  return files;
}

test('a file goes in and comes out byte for byte, safe to save and not to run', async () => {
  const text = 'name;value\nÄ;1\n'.repeat(20_000);
  const file = await uploaded(text, '../../etc/Übersicht.csv', 'text/csv');
  assert.equal(file.name, 'Übersicht.csv');
  assert.deepEqual([file.kind, file.content_type, file.size_bytes], ['upload', 'text/csv', Buffer.byteLength(text)]);
  const unused = new Date(Date.parse(file.created_at) + 30 * 86_400_000).toISOString();
  assert.deepEqual([file.created_by, file.expires_at], [member.user_id, unused]);
  assert.deepEqual((await member.api('GET', `/api/v1/files/${file.id}`)).body, file);

  const answer = await download(file.id);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), text);
  assert.match(answer.headers.get('content-disposition')!, /^attachment; filename=.*filename\*=UTF-8''%C3%9Cbersicht/);
  assert.equal(answer.headers.get('content-type'), 'text/csv');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; sandbox");
  const tag = answer.headers.get('etag')!;
  // As it was answered, as a proxy that compresses answers calls it, and among others.
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*'])
    assert.equal((await download(file.id, { 'if-none-match': known })).status, 304, known);
  assert.equal((await download(file.id, { 'if-none-match': '"other"' })).status, 200);
});

test('a part of a file can be asked for', async () => {
  const file = await uploaded('0123456789', 'digits.txt', 'text/plain');
  for (const [range, bytes, place] of [
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=5-99', '56789', 'bytes 5-9/10'],
  ] as const) {
    const answer = await download(file.id, { range });
    assert.equal(answer.status, 206, range);
    assert.equal(answer.headers.get('content-range'), place);
    assert.equal(await answer.text(), bytes);
  }
  for (const range of ['bytes=0-1,3-4', 'lines=1-2', 'bytes=4-2', 'bytes=-'])
    assert.equal((await download(file.id, { range })).status, 200, range);
  const beyond = await download(file.id, { range: 'bytes=10-' });
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */10']);
  assert.equal(beyond.headers.get('content-disposition'), null);
});

test('only pictures are shown in place', async () => {
  const picture = await uploaded(png, 'dot.png', 'image/png');
  const page = await uploaded('<!doctype html><script>alert(1)</script>', 'page.html', 'text/html');
  const disposition = async (id: string) =>
    (await download(id, {}, '?inline=true')).headers.get('content-disposition')!.split(';')[0];
  assert.equal(await disposition(picture.id), 'inline');
  assert.equal(await disposition(page.id), 'attachment');
});

test('what belies its type, is too large or is no file is refused, and nothing of it stays', async () => {
  const before = await storedFiles();
  const belied = await upload('just words', 'photo.png', 'image/png');
  assert.deepEqual([belied.status, belied.body.errors[0].code], [422, 'type_mismatch']);
  const large = await upload(new Uint8Array(file_bytes_max + 1), 'large.bin');
  assert.deepEqual([large.status, large.body.code], [413, 'too_large']);
  assert.equal((await member.api('POST', '/api/v1/files', { name: 'x' })).status, 400);
  const empty = new FormData();
  empty.append('note', 'no file');
  assert.equal((await member.api('POST', '/api/v1/files', empty)).status, 400);
  assert.equal(await storedFiles(), before);
});

test('while the virus scanner is away no file is taken', async () => {
  const before = await storedFiles();
  const node = await app.secondNode({ CLAMD_URL: 'tcp://127.0.0.1:9' });
  for (const path of ['files', 'imports']) {
    const { status, body } = await client(node.address!, member.key)(
      'POST',
      `/api/v1/${path}`,
      form('Name\nx', 'x.csv'),
    );
    assert.deepEqual([status, body.code], [503, 'unavailable'], path);
    assert.match(body.detail, /virus scanner failed: ECONNREFUSED$/, 'where it is, is nobody’s business');
  }
  assert.equal(await storedFiles(), before);
});

test('a store of older files that does not answer takes no node out of service', async (t) => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  for (const [cold, away] of [
    [`127.0.0.1:${port}`, 'hangs'],
    ['127.0.0.1:9', 'refuses'],
  ]) {
    const node = await app.secondNode({ HOLDFAST_ROLE: 'web', FILES_COLD_URL: `http://key:secret@${cold}/files` });
    const api = client(node.address!, member.key);
    const { storage } = (await api('GET', '/api/health/ready')).body.checks;
    assert.equal(storage.ok, true, `${away}: ${JSON.stringify(storage)}`);
    assert.match(storage.detail, /cold store does not answer/, 'whoever looks is told');
    const file = await upload('new', 'new.txt', 'text/plain', api);
    assert.equal((await api('GET', `/api/v1/files/${file.body.id}/content`)).body, 'new');
  }
});

test('when the disk takes nothing, that is what is said', async () => {
  const incoming = join(app.app.services.config.HOLDFAST_DATA, 'files', '.incoming');
  await rename(incoming, `${incoming}-away`);
  const { status, body } = await upload('x', 'x.txt');
  await rename(`${incoming}-away`, incoming);
  assert.equal(status, 503);
  assert.match(body.detail, /file store failed/);
  assert.equal(body.detail.includes(incoming), false, 'where the files lie is nobody’s business');
});

test('others do not reach a file of mine', async () => {
  const file = await uploaded('mine', 'mine.txt');
  const colleague = await tenant.as('member', 'colleague');
  const stranger = await (await app.tenant()).as('admin');
  for (const { api, key } of [colleague, stranger]) {
    assert.equal((await api('GET', `/api/v1/files/${file.id}`)).status, 404);
    assert.equal((await download(file.id, {}, '', key)).status, 404);
    assert.equal((await api('DELETE', `/api/v1/files/${file.id}`)).status, 404);
  }
  assert.equal((await upload('x', 'x.txt', '', (await tenant.as('viewer')).api)).status, 403);
  assert.equal((await upload('x', 'x.txt', '', app.client())).status, 401);
});

test('a deleted file is gone with its bytes', async () => {
  const before = await storedFiles();
  const file = await uploaded('short', 'short.txt');
  assert.equal(await storedFiles(), before + 1);
  assert.equal((await member.api('DELETE', `/api/v1/files/${file.id}`)).status, 204);
  assert.equal((await download(file.id)).status, 404);
  await eventually(async () => (await storedFiles()) === before);
  // After 2, 4, 8 … seconds, later every hour: a store may be away for longer than the half a minute of other jobs.
  const tries = await asOwner(app, `select distinct attempts_max from job where kind = 'file.removal'`);
  assert.deepEqual(tries, [{ attempts_max: 16 }]);
});

test('a temporary file is gone when its time is over', async () => {
  const { db } = app.app.services;
  const before = await storedFiles();
  const file = await uploaded('in between', 'step.txt', '', '?kind=temp');
  assert.ok(Date.parse(file.expires_at) > Date.now());
  await expireFiles(db, createLog('silent'));
  assert.equal((await download(file.id)).status, 200);

  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('update file set expires_at = now() where id = $1', [file.id]);
  await owner.end();
  assert.equal((await download(file.id)).status, 404);
  assert.equal((await expireFiles(db, createLog('silent'))).rows, 1);
  await eventually(async () => (await storedFiles()) === before);
});

test('a file has the name that its sender gave it, however the form writes that', async () => {
  const named = async (disposition: string) => {
    const body = `--b\r\ncontent-disposition: form-data; name="file"${disposition}\r\ncontent-type: application/octet-stream\r\n\r\nx\r\n--b--\r\n`;
    const headers = { authorization: `Bearer ${member.key}`, 'content-type': 'multipart/form-data; boundary=b' };
    const answer = await fetch(`${app.url}/api/v1/files`, { method: 'POST', headers, body });
    const file = (await answer.json()) as { name: string };
    assert.equal(answer.status, 201, JSON.stringify(file));
    return file.name;
  };
  assert.equal(
    (await uploaded('x', 'The "new"\noffer 100%25.txt')).name,
    'The _new_offer 100%25.txt',
    'as browsers do',
  );
  for (const [disposition, name] of [
    ['; filename="Übersicht.txt"', 'Übersicht.txt'],
    ['; filename="a \\"b\\".txt"', 'a _b_.txt'],
    [`; filename*=UTF-8''%C3%9Cbersicht%20%22neu%22.txt`, 'Übersicht _neu_.txt'],
    ['; filename="invoice\u202efdp.exe.txt"', 'invoicefdp.exe.txt'],
    ['; filename="C:\\Users\\ann\\list.txt"', 'list.txt'],
    ['; filename=""', 'file'],
    ['', 'file'],
  ] as const)
    assert.equal(await named(disposition), name, disposition);
});

/** An upload that begins and goes no further until `end` is called. */
function slowUpload(key: string) {
  const { promise, resolve: end } = Promise.withResolvers<void>();
  const start = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode(start)),
    pull: async (stream) => {
      await promise;
      stream.enqueue(new TextEncoder().encode('slow\r\n--b--\r\n'));
      stream.close();
    },
  }, { highWaterMark: 0 }); // biome-ignore format: one body
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=b' };
  const answer = fetch(`${app.url}/api/v1/files`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  return { answer, end };
}

/**
 * With one upload more than may be under way at once: asserts that one is refused and does `meanwhile` before the
 * others end.
 */
async function withOneTooMany(keys: string[], meanwhile?: () => Promise<void>): Promise<void> {
  const slow = keys.map(slowUpload);
  const endAll = () => {
    for (const { end } of slow) end();
  };
  // Where nobody is refused all of them end, instead of waiting for each other.
  const patience = setTimeout(endAll, 10_000);
  try {
    const first = await Promise.race(
      slow.map(async ({ answer }) => (await answer).json() as Promise<{ code: string }>),
    );
    clearTimeout(patience);
    assert.equal(first.code, 'too_many_uploads');
    await meanwhile?.();
  } finally {
    endAll();
  }
  const statuses = (await Promise.all(slow.map(({ answer }) => answer))).map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [...Array.from({ length: keys.length - 1 }, () => 201), 429]);
}

test('a workspace stores, and uploads in a day, no more than it may', async () => {
  const full = await app.secondNode({ HOLDFAST_ROLE: 'web', STORAGE_MEGABYTES_PER_TENANT: '1' });
  const busy = await app.secondNode({ HOLDFAST_ROLE: 'web', UPLOAD_MEGABYTES_PER_TENANT_AND_DAY: '1' });
  const { key } = await (await app.tenant()).as('member');
  const megabyte = 'x'.repeat(1024 ** 2);
  assert.equal((await upload(megabyte, 'a.txt', 'text/plain', client(full.address!, key))).status, 201);
  const refused = await upload('more', 'b.txt', 'text/plain', client(full.address!, key));
  assert.deepEqual([refused.status, refused.body.code], [507, 'storage_full']);
  const later = await upload('more', 'b.txt', 'text/plain', client(busy.address!, key));
  assert.deepEqual([later.status, later.body.code], [429, 'upload_quota']);
  const stranger = (await (await app.tenant()).as('member')).key;
  assert.equal((await upload('more', 'b.txt', 'text/plain', client(full.address!, stranger))).status, 201);
});

test('the files of a workspace with ample room are not added up for each upload', async () => {
  const { tenant_id } = await app.tenant();
  const { uploads } = app.app.services;
  const actor = systemActor(tenant_id);
  (await uploads.begin(actor, file_bytes_max))();
  const other = new pg.Client({ connectionString: app.database.ownerUrl });
  await other.connect();
  try {
    await other.query('begin; lock table file in access exclusive mode');
    (await uploads.begin(actor, file_bytes_max))();
  } finally {
    await other.end();
  }
});

test('a caller uploads ten files at once, a workspace forty; others are not counted with them, files to import are', async () => {
  const busy = await app.tenant();
  const people = await Promise.all([0, 1, 2, 3].map((at) => busy.as('member', `member-${at}`)));
  const { key, api } = await busy.as('member', 'late');
  await withOneTooMany(
    Array.from({ length: 11 }, () => key),
    async () => assert.equal((await upload('of another', 'b.txt', '', people[0]!.api)).status, 201),
  );
  assert.equal((await upload('after', 'c.txt', '', api)).status, 201);

  const ten_each = people.flatMap((person) => Array.from({ length: 10 }, () => person.key));
  const stranger = (await (await app.tenant()).as('member')).api;
  await withOneTooMany([...ten_each, key], async () => {
    const refused = await api('POST', '/api/v1/imports', form('Company name\nAcme\n', 'companies.csv'));
    assert.deepEqual([refused.status, refused.body.code], [429, 'too_many_uploads']);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal((await upload('of another', 'b.txt', '', stranger)).status, 201);
  });
  const { status, body } = await api('POST', '/api/v1/imports', form('Company name\nAcme\n', 'companies.csv'));
  assert.equal(status, 201, JSON.stringify(body));
});

test('uploads whose sender is gone before they are read take no room from others', async () => {
  const { api, key } = await tenant.as('admin', 'hasty');
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const ours: Socket[] = [];
  app.app.server!.server.on('connection', (socket) => ours.push(socket));
  const { host, hostname, port } = new URL(app.url);
  // Nobody is recognised while this lasts.
  await owner.query('begin; lock table api_key');
  const senders = Array.from({ length: 10 }, (_, at) => {
    const path = at % 2 ? '/api/v1/imports' : '/api/v1/files';
    const sender = connect(Number(port), hostname).on('error', () => undefined);
    sender.write(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 5000\r\n\r\n--x`,
    );
    return sender;
  });
  await eventually(async () => ours.length === senders.length && ours.every(({ bytesRead }) => bytesRead > 0));
  const theirs = [...ours];
  const waits = `select 1 from pg_locks where relation = 'api_key'::regclass and not granted`;
  await eventually(async () => (await owner.query(waits)).rowCount! > 0);
  // What came before it has been taken up when this is answered.
  assert.equal((await fetch(`${app.url}/api/health/live`)).status, 200);
  for (const sender of senders) sender.resetAndDestroy();
  await eventually(async () => theirs.every((socket) => socket.destroyed));
  await owner.query('rollback');
  await owner.end();
  await eventually(async () => (await upload('None is under way', 'a.txt', '', api)).status === 201);
});
