import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect as connectByTls, createServer as createTlsServer } from 'node:tls';
import pino from 'pino';
import { selfSigned } from '../../../test/harness/certificate.ts';
import { toProblem } from './errors.ts';
import { answerParserError } from './problem-reply.ts';

test('a file that is missing is no database that cannot be reached', () => {
  const missing = (syscall: string) => Object.assign(new Error(`ENOENT, ${syscall}`), { code: 'ENOENT', syscall });
  assert.equal(toProblem(missing('connect'))?.status, 503, 'a socket of PostgreSQL');
  for (const syscall of ['open', 'scandir', 'spawn clamscan']) assert.equal(toProblem(missing(syscall)), undefined);
});

test('a database whose certificate is not trusted is one that cannot be reached, until it is again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-certificate-'));
  const server = createTlsServer(await selfSigned(folder, 1, 'IP:127.0.0.1')).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const socket = connectByTls({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    const error = await new Promise<NodeJS.ErrnoException>((failed) => socket.once('error', failed));
    assert.match(error.code!, /CERT/);
    assert.equal(toProblem(error)?.status, 503);
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});

// Node waits half a minute before it says so; what the other codes get, test/http/bad-input.test.ts asks the server
// itself.
test('a request that does not arrive in time gets a 408 as a problem document', async () => {
  const options = { log: pino({ level: 'silent' }), headers: { 'x-frame-options': 'DENY' }, headerBytesMax: 1000 };
  const timeout = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  const server = createServer((socket) => answerParserError(options, timeout, socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const answer = await text(connect((server.address() as AddressInfo).port, '127.0.0.1'));
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n(.+\r\n)*x-frame-options: DENY\r\n/);
    assert.match(answer, /\r\ncontent-type: application\/problem\+json; charset=utf-8\r\n/);
    assert.equal(JSON.parse(answer.split('\r\n\r\n')[1]!).code, 'request_timeout');
  } finally {
    server.close();
  }
});
