import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { eicar, listenAs, serveClamd } from '../../../test/harness/clamd.ts';
import { createClamdScan } from './clamd.ts';
import { createFileStore } from './create-file-store.ts';
import { fileKey } from './file-store.ts';
import { failsWith, pieces } from './files.conformance.ts';
import { receiveFile } from './receive.ts';

async function listen(t: TestContext, serve: (socket: Socket) => unknown, path?: string): Promise<string> {
  const { url, close } = await listenAs(serve, path);
  t.after(close);
  return url;
}

const streamOf = (bytes: Buffer) => Readable.from(pieces(bytes, 10_007), { objectMode: false });

test('clean and infected files are told apart, over TCP and over a socket file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-clamd-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const path of [undefined, join(folder, 'clamd.ctl')]) {
    const scan = createClamdScan({ url: await listen(t, serveClamd, path) });
    assert.deepEqual(await scan(streamOf(Buffer.alloc(0))), { clean: true });
    assert.deepEqual(await scan(streamOf(Buffer.alloc(900_000, 'a'))), { clean: true });
    const infected = Buffer.concat([Buffer.alloc(10_000, 'a'), Buffer.from(eicar), Buffer.alloc(10_000, 'b')]);
    assert.deepEqual(await scan(streamOf(infected)), { clean: false, found: 'Eicar-Test-Signature' });
  }
});

const failures: [string, (socket: Socket) => unknown, RegExp][] = [
  ['says nothing', () => undefined, /no answer within 200 ms/],
  ['hangs up', (socket) => socket.destroy(), /virus scanner (failed|broke off)/],
  ['hangs up politely', (socket) => socket.end(), /without an answer|virus scanner (failed|broke off)/],
  [
    'answers an error',
    (socket) => socket.end('stream: Access denied. ERROR\0'),
    /answered "stream: Access denied. ERROR"/,
  ],
  ['answers nonsense without end', (socket) => socket.write('x'.repeat(100_000)), /answer has no end/],
];

for (const [what, serve, expected] of failures) {
  test(`a scanner that ${what} lets no file pass`, async (t) => {
    const scan = createClamdScan({ url: await listen(t, serve), silenceMsMax: 200 });
    const stream = streamOf(Buffer.alloc(100_000));
    await assert.rejects(
      scan(stream),
      (error: Error) => failsWith('scan_failed')(error) && expected.test(error.message),
    );
    assert.ok(stream.destroyed);
  });
}

test('a scanner that has all of a file may look at it for longer than it may be silent before', async (t) => {
  const slow = (socket: Socket) => {
    let last = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      last = Buffer.concat([last, chunk]).subarray(-4);
      if (last.equals(Buffer.alloc(4))) setTimeout(() => socket.end('stream: OK\0'), 400);
    });
  };
  const scan = createClamdScan({ url: await listen(t, slow), silenceMsMax: 100, answerMsMax: 5_000 });
  assert.deepEqual(await scan(streamOf(Buffer.alloc(100_000, 'a'))), { clean: true });
});

test('a scanner that is not there lets no file pass', async () => {
  await assert.rejects(createClamdScan({ url: 'tcp://127.0.0.1:1' })(streamOf(Buffer.alloc(1))), /ECONNREFUSED/);
});

test('a file larger than can be scanned does not pass, whoever sets the limit', async (t) => {
  const url = await listen(t, serveClamd);
  const ours = createClamdScan({ url, sizeBytesMax: 100_000 });
  const tooMany = streamOf(Buffer.alloc(100_001));
  await assert.rejects(
    ours(tooMany),
    (error: Error) => failsWith('file_too_large')(error) && /more than the 100000 bytes/.test(error.message),
  );
  assert.deepEqual(await ours(streamOf(Buffer.alloc(100_000))), { clean: true });
  await assert.rejects(
    createClamdScan({ url })(streamOf(Buffer.alloc(3_000_000))),
    (error: Error) => failsWith('file_too_large')(error) && /raise StreamMaxLength/.test(error.message),
  );
});

test('a file that cannot be read does not pass', async (t) => {
  const scan = createClamdScan({ url: await listen(t, serveClamd) });
  const broken = new Readable({ read() { this.destroy(new Error('disk error')); } }); // biome-ignore format: short
  await assert.rejects(scan(broken), /disk error/);
});

test('only a ClamAV of this machine is used, unless told otherwise', () => {
  for (const url of ['tcp://clamav.example.com:3310', 'tcp://10.0.0.5:3310']) {
    assert.throws(() => createClamdScan({ url }), /without TLS/);
    createClamdScan({ url, allowPlaintext: true });
  }
  for (const url of ['127.0.0.1:3310', 'tcp://127.0.0.1', 'http://127.0.0.1:3310', 'unix://']) {
    assert.throws(() => createClamdScan({ url }), /CLAMD_URL must/, url);
  }
});

test('what comes from outside is stored only when it is what it claims to be, small enough and clean', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-receive-'));
  t.after(() => rm(folder, { recursive: true }));
  const store = createFileStore({ folder });
  const scan = createClamdScan({ url: await listen(t, serveClamd) });
  const away = createClamdScan({ url: 'tcp://127.0.0.1:1' });
  const receive = async (
    text: string,
    with_: { fileName?: string; declaredType?: string; scan?: typeof scan } = {},
  ) => {
    const key = fileKey('t1', 'upload');
    const body = streamOf(Buffer.from(text));
    const { scan: by = scan, fileName = '../notes.txt', declaredType = 'text/plain' } = with_;
    try {
      return await receiveFile(store, by, { key, body, fileName, declaredType, sizeBytesMax: 500_000 });
    } catch (error) {
      assert.equal(await store.head(key), undefined, 'something stayed under the key');
      assert.ok(body.destroyed);
      throw error;
    }
  };

  for (const size of [0, 10, 65_536, 400_000]) {
    const { key, ...received } = await receive('a'.repeat(size));
    assert.deepEqual(
      { ...received, sha256: undefined },
      { fileName: 'notes.txt', contentType: 'text/plain', sizeBytes: size, sha256: undefined },
    );
    assert.equal((await store.head(key))?.sizeBytes, size);
  }
  await assert.rejects(receive('a'.repeat(500_001)), failsWith('file_too_large'));
  await assert.rejects(receive('<html><script>'), failsWith('type_mismatch'));
  await assert.rejects(receive(`<html>${'a'.repeat(400_000)}`), failsWith('type_mismatch'));
  await assert.rejects(receive('a'.repeat(100), { fileName: 'a.png' }), failsWith('type_mismatch'));
  await assert.rejects(receive(`${'a'.repeat(100_000)}${eicar}`), failsWith('file_infected'));
  await assert.rejects(receive('text', { scan: away }), failsWith('scan_failed'));
});
