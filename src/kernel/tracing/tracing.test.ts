import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type OtlpReceiver, type SentSpan, startOtlpReceiver } from '../../../test/harness/otlp.ts';
import { type MailSink, startMailSink } from '../mail/sink.ts';
import { openTracing } from './open-tracing.ts';

const canary = 'canary7c1e';
const header = `${canary}-of-the-receiver`;
const [server_kind, client_kind, consumer_kind] = [2, 3, 5];

let app: TestApp;
let north: TestTenant;
let receiver: OtlpReceiver;
let sink: MailSink;
let api: Client;
let role_id: string;
let operator: Client;

const warnings: string[] = [];
const noteWarning = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`);

before(async () => {
  process.on('warning', noteWarning);
  receiver = await startOtlpReceiver();
  sink = await startMailSink();
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/otlp/`,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${header}`,
    OTEL_SERVICE_NAME: 'holdfast-test',
    SMTP_URL: sink.url,
    LOG_LEVEL: 'info',
    ALERTS_EVERY_SECONDS: '1',
  };
  app = await startTestApp({ ...settings, HOLDFAST_ROLE: 'web' });
  await app.secondNode({ HOLDFAST_ROLE: 'worker' });
  north = await app.tenant('north');
  ({ api } = await north.as('admin'));
  const { user_id } = await north.as('viewer', 'Olga');
  await asOwner(app, `insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    north.tenant_id,
    user_id,
  ]);
  operator = await north.signedIn('viewer', 'Olga');
  role_id = (await api('GET', '/api/v1/roles')).body.data[0].id;
});
after(async () => {
  process.off('warning', noteWarning);
  await app.stop();
  await sink.close();
  await receiver.stop();
});

const ofTrace = (id: string): SentSpan[] => receiver.spans().filter(({ traceId }) => traceId === id);
const named = (spans: SentSpan[], name: string) => spans.find((span) => span.name === name);
/** The spans of a trace, once one with that name came. */
async function traceWith(id: string, name: string): Promise<SentSpan[]> {
  await eventually(async () => named(ofTrace(id), name) !== undefined);
  return ofTrace(id);
}

/** As the operator's page shows it. */
async function healthOfTraces() {
  const { body } = await operator('GET', '/api/v1/installation');
  const { advice: _, ...found } = body.findings.find(({ check }: { check: string }) => check === 'traces');
  return found;
}

let traces = 0;
/** As a caller sends it, whose own span is the parent. */
const caller = (flags = '01') => {
  const id = `4bf92f3577b34da6a3ce929d0e0e${String(1000 + traces++)}`;
  return { id, traceparent: `00-${id}-00f067aa0ba902b7-${flags}`, span: '00f067aa0ba902b7' };
};

test('one request, its statements, the job it enqueued and what that did are one trace, across processes', async () => {
  const { id, traceparent, span } = caller();
  const email = `${canary}@north.example`;
  const invitation = { email, name: `${canary} Person`, role_ids: [role_id] };
  const made = await api('POST', `/api/v1/invitations`, invitation, { traceparent });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  // The two processes send what they have at their own times.
  await traceWith(id, 'POST /api/v1/invitations');
  const spans = await traceWith(id, 'job invitation');

  const request = named(spans, 'POST /api/v1/invitations')!;
  assert.equal(request.parentSpanId, span, 'the span of the caller');
  assert.equal(request.kind, server_kind);
  const about = request.attributes;
  assert.equal(about['http.request.method'], 'POST');
  assert.equal(about['http.route'], '/api/v1/invitations');
  assert.equal(Number(about['http.response.status_code']), 201);
  assert.equal(about['holdfast.request_id'], made.headers.get('x-request-id'));
  assert.equal(about['holdfast.workspace_id'], north.tenant_id);
  assert.deepEqual([request.resource['service.name'], request.resource['holdfast.role']], ['holdfast-test', 'web']);

  const job = named(spans, 'job invitation')!;
  assert.equal(job.parentSpanId, request.spanId);
  assert.equal(job.kind, consumer_kind);
  assert.equal(job.attributes['holdfast.job.kind'], 'invitation');
  assert.equal(job.attributes['holdfast.job.outcome'], 'done');
  assert.equal(job.resource['holdfast.role'], 'worker');
  assert.ok(job.begins >= request.begins);

  const childrenOf = (parent: SentSpan) => spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  const enqueued = childrenOf(request).find(({ name }) => name === 'insert job')!;
  assert.equal(enqueued.kind, client_kind);
  assert.equal(enqueued.attributes['db.system.name'], 'postgresql');
  assert.equal(enqueued.attributes['db.operation.name'], 'insert');
  assert.match(String(enqueued.attributes['db.query.text']), /^insert into job \(.* \$1/);
  assert.ok(enqueued.begins >= request.begins && enqueued.ends <= request.ends && enqueued.ends >= enqueued.begins);
  assert.ok(named(childrenOf(request), 'commit'));
  assert.ok(childrenOf(job).some(({ name }) => name.startsWith('select ')));
  const mail = named(childrenOf(job), 'send mail')!;
  assert.ok(mail.begins >= job.begins && mail.ends <= job.ends);
  for (const child of spans.filter(({ kind }) => kind === client_kind))
    assert.ok([request.spanId, job.spanId].includes(child.parentSpanId!), child.name);
  assert.ok(spans.every(({ failed }) => !failed));
});

test('nothing personal, no credential and no value is in what is sent', async () => {
  const { id, traceparent } = caller();
  const { key } = await north.as('admin');
  const company = { name: `${canary} Ltd`, website: `https://${canary}.example` };
  const made = await api('POST', '/api/v1/companies', company, { traceparent });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await api('GET', `/api/v1/companies?q=${canary}`, undefined, { traceparent });
  await api('GET', `/api/v1/companies?filter=${canary}`, undefined, { traceparent });
  await api('GET', `/api/v1/${canary}?token=${canary}`, undefined, { traceparent });
  await api('POST', `/api/v1/sign-in`, { email: `${canary}@x.example`, password: canary }, { traceparent });
  await api('GET', `/${canary}`, undefined, { traceparent, cookie: `x=${canary}`, 'user-agent': canary });
  // Of which PostgreSQL says in its error what it could not read.
  await api('PATCH', `/api/v1/companies/${made.body.id}`, { name: `${canary}\u0000` }, { traceparent });
  await api('GET', '/api/v1/session', undefined, { traceparent });
  const spans = await traceWith(id, 'GET /api/v1/session');
  assert.ok(spans.length > 15, String(spans.length));
  const texts = receiver.texts().replaceAll(header, '');
  assert.doesNotMatch(texts, new RegExp(canary));
  assert.deepEqual(warnings, []);
  assert.equal(texts.includes(key), false);
  assert.equal(texts.includes(`${north.tenant_id}`), true, 'the workspace is named');
  assert.ok(
    receiver.received.every(
      ({ headers, path }) => headers.authorization === `Bearer ${header}` && path === '/otlp/v1/traces',
    ),
  );
});

test('what the caller does not record is not recorded, and the job it leads to is not either', async () => {
  const { id, traceparent } = caller('00');
  const invitation = { email: 'quiet@north.example', name: 'Quiet', role_ids: [role_id] };
  assert.equal((await api('POST', '/api/v1/invitations', invitation, { traceparent })).status, 201);
  await eventually(async () => sink.messages().some(({ to }) => to.includes('quiet@north.example')));
  const [job] = (await asOwner(
    app,
    `select traceparent from job where kind = 'invitation' order by id desc limit 1`,
  )) as [{ traceparent: string }];
  assert.match(job.traceparent, new RegExp(`^00-${id}-[0-9a-f]{16}-00$`));
  const later = caller();
  await api('GET', '/api/v1/session', undefined, { traceparent: later.traceparent });
  await traceWith(later.id, 'GET /api/v1/session');
  assert.deepEqual(ofTrace(id), []);
});

test('a line of the log has the id of the trace whose span says the same', async () => {
  const asked = await api('GET', '/api/v1/companies');
  const request_id = asked.headers.get('x-request-id')!;
  const [from, to] = [-60_000, 60_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const line = await eventually(async () => {
    const { body } = await api('GET', `/api/v1/log-lines?${new URLSearchParams({ request_id, from: from!, to: to! })}`);
    return body.data[0];
  });
  const span = await eventually(async () =>
    receiver.spans().find(({ attributes }) => attributes['holdfast.request_id'] === request_id),
  );
  assert.equal(line.trace_id, span.traceId);
  assert.equal(span.parentSpanId, undefined);
});

test('consumers of the feed have traces of their own, and what fails says so without its message', async () => {
  await api('POST', '/api/v1/companies', { name: 'Followed' });
  const consumed = await eventually(async () =>
    receiver
      .spans()
      .find(({ name, attributes }) => name.startsWith('consumer ') && Number(attributes['holdfast.events']) > 0),
  );
  assert.equal(consumed.parentSpanId, undefined);
  assert.equal(consumed.attributes['holdfast.workspace_id'], north.tenant_id);
  assert.ok(ofTrace(consumed.traceId).some(({ parentSpanId }) => parentSpanId === consumed.spanId));
});

test('with settings that are wrong the program starts without traces, and says so', async () => {
  const node = await app.secondNode({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', HOLDFAST_ROLE: 'web' });
  assert.equal(node.services.tracing, undefined);
  const { key } = await north.as('admin');
  assert.equal((await client(node.address!, key)('GET', '/api/v1/session')).status, 200);
  const said: object[] = [];
  const log = { warn: (about: object) => void said.push(about), info: () => undefined };
  await openTracing(node.services.config, '0', log);
  assert.deepEqual(said, [
    { problem: 'OTEL_EXPORTER_OTLP_ENDPOINT has the form http://HOST:4318 or https://HOST[/PATH]' },
  ]);
});

test('while the receiver is away requests go on, and their spans arrive when it is back', async () => {
  receiver.status = 503;
  const { id, traceparent } = caller();
  for (let n = 0; n < 5; n++)
    assert.equal((await api('GET', '/api/v1/session', undefined, { traceparent })).status, 200);
  const { tracing } = app.app.services;
  await eventually(async () => tracing!.trouble());
  assert.ok(tracing!.counts().waiting > 0);
  assert.deepEqual(ofTrace(id), []);
  assert.match((await healthOfTraces()).detail, /^The receiver does not take them: away: .*; \d+ spans wait, 0 were/);
  receiver.status = 200;
  await eventually(async () => ofTrace(id).filter(({ name }) => name === 'GET /api/v1/session').length === 5);
  await eventually(async () => tracing!.trouble() === undefined);
  assert.deepEqual(await healthOfTraces(), { check: 'traces', severity: 'ticket', ok: true, detail: 'Sent by OTLP' });
  assert.deepEqual(tracing!.counts().dropped, { queue_full: 0, refused: 0, end: 0 });
  const ids = ofTrace(id).map(({ spanId }) => spanId);
  assert.equal(new Set(ids).size, ids.length, 'each once');
});

test('spans that the receiver refuses are told of, on the page and by an alert', async () => {
  receiver.status = 400;
  try {
    assert.equal((await api('GET', '/api/v1/session', undefined, { traceparent: caller().traceparent })).status, 200);
    await eventually(async () => app.app.services.tracing!.counts().dropped.refused > 0);
  } finally {
    receiver.status = 200;
  }
  const alert = await eventually(async () => {
    const { body } = await operator('GET', '/api/v1/installation/alerts');
    return body.firing.find(({ rule }: { rule: string }) => rule === 'HoldfastSpansDropped');
  });
  assert.match(alert.detail, /dropped \d+ spans in ten minutes/);
  // Also when all is taken again.
  await eventually(async () => app.app.services.tracing!.trouble() === undefined);
  const { ok, severity, detail } = await healthOfTraces();
  assert.deepEqual([ok, severity], [false, 'ticket']);
  assert.match(detail, /^Sent by OTLP; \d+ spans were dropped since this server started, the last at /);
});
