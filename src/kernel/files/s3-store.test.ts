import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import {
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { eventually } from '../../../test/harness/eventually.ts';
import { s3Missing, startS3Server } from '../../../test/harness/s3-server.ts';
import type { Config } from '../config/config.ts';
import { createFileStore, openFiles } from './create-file-store.ts';
import { type FileStore, fileKey, probe } from './file-store.ts';
import { failsWith, fileStoreContract } from './files.conformance.ts';

const server = s3Missing ? undefined : await startS3Server();
test.after(() => server?.close());

/** A store, and a client that sees its bucket as S3 does. */
function opened(t: TestContext) {
  const { bucket: Bucket, region, endpoint, credentials } = server!.options;
  const client = new S3Client({ region, endpoint, forcePathStyle: true, credentials: credentials() });
  t.after(() => client.destroy());
  const store = createFileStore({ folder: '', s3: server!.options });
  t.after(() => store.close());
  return { Bucket, client, store };
}

fileStoreContract('S3', async (t) => opened(t).store, s3Missing);

const options = { contentType: 'text/plain', sizeBytesMax: 100_000_000 };

test('uploads that break off leave no parts behind', { skip: s3Missing }, async (t) => {
  const { Bucket, client, store } = opened(t);
  const unfinished = async () => (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [];
  let during = 0;
  const source = async function* () {
    for (let sent = 0; sent < 40; sent++) {
      yield Buffer.alloc(1_000_000);
      during = Math.max(during, (await unfinished()).length);
    }
    throw new Error('connection reset');
  };
  await assert.rejects(store.put(fileKey('t1', 'upload'), Readable.from(source()), options), /connection reset/);
  assert.equal(during, 1, 'no upload in parts was seen, so this shows nothing');
  assert.deepEqual(await unfinished(), []);
});

test('parts of a file that is expected to be large are larger, so that there are never too many', {
  skip: s3Missing,
}, async (t) => {
  const { Bucket, client, store } = opened(t);
  // Of an upload in parts the tag ends with their number.
  const parts = async (sizeBytesExpected?: number) => {
    const Key = fileKey('t1', 'upload');
    const body = Readable.from(
      Array.from({ length: 40 }, () => Buffer.alloc(1024 * 1024)),
      { objectMode: false },
    );
    assert.equal((await store.put(Key, body, { ...options, sizeBytesExpected })).sizeBytes, 40 * 1024 * 1024);
    const { ETag } = await client.send(new HeadObjectCommand({ Bucket, Key }));
    return Number(/-(\d+)"?$/.exec(ETag!)?.[1]);
  };
  assert.equal(await parts(), 5);
  assert.equal(await parts(84_000_000_000), 5);
  assert.equal(await parts(160_000_000_000), 3, 'the parts of 10,000 are enough for it');
});

test('what killed uploads left behind is deleted when it is old enough, and nobody else is touched', {
  skip: s3Missing,
}, async (t) => {
  const { Bucket, client, store } = opened(t);
  const ours = fileKey(randomUUID(), 'upload');
  for (const Key of [ours, 'somebody/else']) await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const unfinished = async () =>
    ((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).map(({ Key }) => Key).sort();
  assert.equal(await store.deleteUnfinished(new Date(Date.now() - 60_000)), 0);
  assert.deepEqual(await unfinished(), [ours, 'somebody/else'].sort());
  assert.equal(await store.deleteUnfinished(new Date(Date.now() + 60_000)), 1);
  assert.deepEqual(await unfinished(), ['somebody/else']);
  // As of a backup store, whose keys are of another kind.
  await client.send(new CreateMultipartUploadCommand({ Bucket, Key: '7000/base/20260101t000000000z-00000a' }));
  assert.equal(await store.deleteUnfinished(new Date(Date.now() - 60_000), '7000'), 0);
  assert.equal(await store.deleteUnfinished(new Date(Date.now() + 60_000), '7000'), 1);
  assert.deepEqual(await unfinished(), ['somebody/else']);
});

test('a clock that is put right, from an hour ahead, makes no request fail', { skip: s3Missing }, async (t) => {
  const { store } = opened(t);
  const key = fileKey('t1', 'upload');
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
  await store.put(key, Buffer.from('ahead'), options);
  t.mock.timers.reset();
  // The client goes by what it learned of the store's clock; an answer to HEAD does not say why it is refused.
  assert.equal((await store.head(key))?.sizeBytes, 5);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
  assert.equal((await buffer(await store.get(key))).toString(), 'ahead');
  t.mock.timers.reset();
  await store.put(key, Buffer.from('right'), options);
  assert.equal((await buffer(await store.get(key))).toString(), 'right');
});

test('a store that is away or refuses us fails with a clear code, and lets the source go', {
  skip: s3Missing,
}, async (t) => {
  const away = createFileStore({ folder: '', s3: { ...server!.options, endpoint: 'http://127.0.0.1:1' } });
  const wrong = createFileStore({
    folder: '',
    s3: { ...server!.options, credentials: () => ({ ...server!.options.credentials(), secretAccessKey: 'wrong' }) },
  });
  for (const store of [away, wrong]) {
    t.after(() => store.close());
    const key = fileKey('t1', 'upload');
    const source = new Readable({ read() { this.push(Buffer.alloc(65_536)); } }); // biome-ignore format: short
    await assert.rejects(store.put(key, source, options), failsWith('store_unavailable'));
    await eventually(async () => source.destroyed);
    // Whoever uploads is told this, and need not know where the store is.
    await assert.rejects(
      store.get(key),
      (error: Error) => failsWith('store_unavailable')(error) && !/127\.0\.0\.1/.test(error.message),
    );
    await assert.rejects(store.head(key), failsWith('store_unavailable'));
    await assert.rejects(store.delete(key), failsWith('store_unavailable'));
    await assert.rejects(async () => store.list()[Symbol.asyncIterator]().next(), failsWith('store_unavailable'));
  }
  await assert.rejects(probe(wrong), /The file store failed: .*signature/, 'health says why');
  await assert.rejects(wrong.head(fileKey('t1', 'upload')), /The file store failed: HTTP status 403/);
});

test('a bucket that is gone is a store that fails, not one without this file', { skip: s3Missing }, async (t) => {
  const store = createFileStore({ folder: '', s3: { ...server!.options, bucket: 'gone' } });
  t.after(() => store.close());
  const key = fileKey('t1', 'upload');
  for (const ask of [() => store.get(key), () => store.head(key), () => store.delete(key), () => probe(store)])
    await assert.rejects(ask, failsWith('store_unavailable'));
});

test('another machine is spoken to in TLS only, unless told otherwise', () => {
  const s3 = { bucket: 'b', region: 'us-east-1', credentials: () => ({ accessKeyId: 'a', secretAccessKey: 's' }) };
  for (const endpoint of ['http://s3.example.com', 'http://10.0.0.5:9000', 'http://127.0.0.1.example.com']) {
    assert.throws(() => createFileStore({ folder: '', s3: { ...s3, endpoint } }), /without TLS/);
    createFileStore({ folder: '', s3: { ...s3, endpoint, allowPlaintext: true } }).close();
  }
  for (const endpoint of ['s3.example.com', 'ftp://s3.example.com']) {
    assert.throws(() => createFileStore({ folder: '', s3: { ...s3, endpoint } }), /S3_ENDPOINT must/);
  }
  createFileStore({ folder: '', s3: { ...s3, endpoint: 'https://s3.example.com' } }).close();
});

test('uploads go into the storage class that is set, and nothing else does', async (t) => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers['x-amz-storage-class'] as string | undefined);
    request.resume().on('end', () => response.setHeader('etag', '"1"').end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const s3 = {
    bucket: 'b',
    region: 'us-east-1',
    endpoint,
    credentials: () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
  };
  const [cold, plain] = [
    createFileStore({ folder: '', s3: { ...s3, storageClass: 'STANDARD_IA' } }),
    createFileStore({ folder: '', s3 }),
  ];
  t.after(() => {
    cold.close();
    plain.close();
    server.close();
  });
  const put = (store: typeof cold, kind: string) =>
    store.put(fileKey('t1', kind), Buffer.from('x'), { contentType: 'text/plain', sizeBytesMax: 10 });
  await put(cold, 'upload');
  await put(cold, 'temp');
  await put(plain, 'upload');
  assert.deepEqual(asked, ['STANDARD_IA', undefined, undefined]);
});

test('downloads whose readers are slow do not keep others from the store', async (t) => {
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') return response.setHeader('content-length', 5).end();
    // Begun, and as far as its reader wants it.
    response.setHeader('content-length', 1_000_000).write('begun');
  });
  const store = await storeAt(server, t);
  const bodies = await Promise.all(Array.from({ length: 60 }, () => store.get(fileKey('t1', 'upload'))));
  assert.equal((await store.head(fileKey('t1', 'upload')))?.sizeBytes, 5);
  for (const body of bodies) body.on('error', () => undefined).destroy();
});

test('a download goes on where its reader was when the store closed the connection, and ends when the file has changed or keeps breaking off', async (t) => {
  const bytes = randomBytes(3_000_000);
  const asked: (string | undefined)[] = [];
  let [etag, sent] = ['"1"', 1_000_000];
  const server = createServer(({ headers: { range, 'if-match': wanted } }, response) => {
    asked.push(range);
    if (wanted && wanted !== etag) return response.writeHead(412).end();
    const [start, end] = range ? range.slice('bytes='.length).split('-').map(Number) : [];
    const body = bytes.subarray(start ?? 0, end ? end + 1 : undefined);
    response.writeHead(range ? 206 : 200, { 'content-length': body.length, etag });
    response.write(body.subarray(0, sent), () => (sent < body.length ? response.destroy() : response.end()));
  });
  const store = await storeAt(server, t);
  const key = fileKey('t1', 'upload');
  assert.ok(bytes.equals(await buffer(await store.get(key))));
  assert.ok(asked.length > 1 && asked[0] === undefined);
  asked.length = 0;
  const range = { start: 500, end: 2_499_999 };
  assert.ok(bytes.subarray(500, 2_500_000).equals(await buffer(await store.get(key, { range }))));
  assert.ok(asked.length > 1 && asked.every((one) => one?.endsWith('-2499999')));

  const changed = await store.get(key);
  etag = '"2"';
  await assert.rejects(buffer(changed), failsWith('store_unavailable'));
  sent = 0;
  asked.length = 0;
  await assert.rejects(buffer(await store.get(key)));
  assert.ok(asked.length < 10, 'it gives up');
});

test('a store of older files takes a new key at its place; another place it does not ask, nor tell the key of that', async (t) => {
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    keys.push(/Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1]);
    response.setHeader('content-length', 5).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-tiers-'));
  const config = { HOLDFAST_DATA: folder, FILES_WARM_URL: `http://first:s@${host}/warm` } as Config;
  const files = openFiles(config);
  t.after(async () => {
    files.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const urls = [
    `http://second:s@${host}/warm`,
    `http://third:s@${host}/others`,
    'https://fourth:s@warm.example.com/warm',
  ];
  for (const url of [config.FILES_WARM_URL!, ...urls]) {
    config.FILES_WARM_URL = url;
    assert.equal((await files.head(fileKey('t1', 'upload')))?.sizeBytes, 5);
  }
  assert.deepEqual(keys, ['first', 'second', 'second', 'second']);
});

/** A store whose bucket is what this server answers. */
async function storeAt(server: Server, t: TestContext): Promise<FileStore> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  const store = createFileStore({ folder: '', s3: { bucket: 'b', region: 'us-east-1', endpoint, credentials } });
  t.after(() => {
    store.close();
    server.closeAllConnections();
    server.close();
  });
  return store;
}
