import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { parseDsn } from '../../kernel/dsn.ts';
import type { LogLine } from '../../kernel/logs/line.ts';
import { groupErrors } from './report.ts';
import { createSentrySender, type SentrySender } from './sentry.ts';

const key = '0123456789abcdef0123456789abcdef';
/** What the service got, and how it answers next. */
const received: { url: string; auth: string; body: string }[] = [];
const answers: number[] = [];
const warnings: Record<string, unknown>[] = [];
let service: Server;
let sender: SentrySender;

before(async () => {
  service = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const status = answers.shift() ?? 200;
      if (status === 200) received.push({ url: request.url!, auth: String(request.headers['x-sentry-auth']), body });
      response.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const { port } = service.address() as AddressInfo;
  const log = { info: () => {}, warn: (about: unknown) => void warnings.push(about as Record<string, unknown>) };
  sender = createSentrySender({ dsn: `http://${key}@127.0.0.1:${port}/some/path/42`, version: '1.2.3', log })!;
});
after(async () => {
  await sender.stop();
  service.close();
});

function groups(count: number, message: string) {
  const stack = `Error: ${message}\n    at read (file:///srv/src/kernel/store.ts:7:3)\n    at main (file:///srv/src/main.ts:9:1)`;
  const line = (): LogLine => ({
    id: uuidV7(),
    at: '2026-11-24T10:00:00.000Z',
    level: 50,
    tenant_id: null,
    user_id: null,
    route: 'job mail.send',
    request_id: 'job:1',
    trace_id: null,
    process: 'worker@test:1',
    message: 'job did not succeed',
    data: JSON.stringify({ err: { type: 'Error', message, stack } }),
  });
  return groupErrors(Array.from({ length: count }, line), '1.2.3');
}

/** The event of an envelope: a header, the header of an item, and as many bytes as that says. */
function eventOf(body: string) {
  const [head, item, ...rest] = body.split('\n');
  const payload = rest.join('\n');
  const { type, length } = JSON.parse(item!);
  assert.deepEqual([type, length], ['event', Buffer.byteLength(payload) - 1]);
  const event = JSON.parse(payload);
  assert.equal(event.event_id, JSON.parse(head!).event_id);
  return event;
}

test('an error is sent as an envelope, also after the service was busy', async () => {
  answers.push(503);
  sender.addAll(groups(1, 'Grüße 😀'));
  await eventually(async () => received.length === 1);
  const [{ url, auth, body }] = received as [(typeof received)[number]];
  assert.equal(url, '/some/path/api/42/envelope/');
  assert.equal(auth, `Sentry sentry_version=7, sentry_client=holdfast/1.2.3, sentry_key=${key}`);
  const event = eventOf(body);
  assert.equal(event.release, 'holdfast@1.2.3');
  const [exception] = event.exception.values;
  assert.deepEqual([exception.type, exception.value], ['Error', 'Grüße 😀']);
  assert.deepEqual(
    exception.stacktrace.frames.map(({ function: name }: { function: string }) => name),
    ['main', 'read'],
    'the outermost first',
  );
});

test('a flood is bounded, and what was left out is said', async () => {
  const before = received.length;
  sender.addAll(groups(20, 'again'));
  await eventually(async () => warnings.some(({ dropped }) => dropped === 10));
  assert.equal(received.length - before, 10);
});

test('an address of another form is none', () => {
  for (const text of [
    '',
    'errors.example',
    'https://errors.example/1',
    `ftp://${key}@errors.example/1`,
    `https://${key}@errors.example/`,
  ])
    assert.equal(parseDsn(text), undefined, text);
});
