import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { startOtlpReceiver } from '../../../test/harness/otlp.ts';
import { wire } from '../../../test/harness/wire.ts';
import { ConfigError, loadConfig } from '../../kernel/config/config.ts';
import { Part } from './part.ts';

const token = 'a-token-for-prometheus';
const canary = 'canary7f3a';

let app: TestApp;
before(async () => {
  // No limit but that of signing in: those are not what is tested.
  app = await startTestApp({
    METRICS_TOKEN: token,
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_CALLER_PER_MINUTE: '1000000',
  });
  await app.tenant();
});
after(() => app.stop());

async function scrape(url = app.url, sent: string | undefined = token): Promise<string> {
  const { status, body } = await client(url, sent)('GET', '/metrics');
  assert.equal(status, 200, body);
  return body;
}

/** Series and their values: `holdfast_up{part="jobs"}` → 1. */
const seriesOf = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );

/** A scrape whose text was not rendered before this was asked. */
const value = (name: string, is: (value: number) => boolean, url = app.url) =>
  eventually(async () => {
    const found = seriesOf(await scrape(url)).get(name);
    return found !== undefined && is(found);
  });

test('as OpenMetrics it has the same figures, and of recorded requests the trace', async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(() => receiver.stop());
  const node = await app.secondNode({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, HOLDFAST_ROLE: 'web' });
  const ask = client(node.address!, token);
  const traceparent = (id: number, flags: string) => ({
    traceparent: `00-${String(id).padStart(32, 'a')}-00f067aa0ba902b7-${flags}`,
  });
  assert.equal((await ask('GET', '/api/v1/session', undefined, traceparent(1, '01'))).status, 401);
  assert.equal((await ask('GET', '/api/v1/tasks', undefined, traceparent(2, '00'))).status, 401);
  const accept =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
  const of = async (path: string) => {
    const { headers, body } = await ask('GET', '/metrics', undefined, { accept });
    assert.equal(headers.get('content-type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    const lines = (body as string).split('\n');
    return lines.some((line) => line.includes(`route="${path}"`)) && lines;
  };
  const lines = await eventually(() => of('/api/v1/tasks'));
  assert.deepEqual(lines.slice(-2), ['# EOF', '']);
  const exemplars = lines.filter((line) => line.includes(' # '));
  assert.equal(exemplars.length, 1, exemplars.join('\n'));
  const form =
    /^holdfast_http_request_duration_seconds_bucket\{route="\/api\/v1\/session",method="GET",le="[\d.]+"\} 1 # \{trace_id="a{31}1"\} ([\d.e-]+) (\d+\.\d{3})$/;
  const [, took, at] = form.exec(exemplars[0]!) ?? assert.fail(exemplars[0]);
  assert.ok(Number(took) > 0 && Math.abs(Number(at) - Date.now() / 1000) < 60);
  const plain = await scrape(node.address!);
  assert.doesNotMatch(plain, / # \{|# EOF/);
  // The scrapes themselves add series, but no figures.
  const names = (text: readonly string[]) =>
    new Set(text.flatMap((line) => (line && !line.startsWith('#') ? [line.split(/[{ ]/)[0]!] : [])));
  assert.deepEqual([...names(lines)].sort(), [...names(plain.split('\n'))].sort());
  const counters = lines.flatMap((line) => /^# TYPE (\S+) counter$/.exec(line)?.[1] ?? []);
  assert.ok(counters.length > 10);
  for (const name of counters)
    assert.ok(!name.endsWith('_total') && plain.includes(`# TYPE ${name}_total counter\n`), name);
});

test('without a token in the settings there is no /metrics; without the right one in the request there is nothing to see', async () => {
  const plain = await app.secondNode({ METRICS_TOKEN: '', HOLDFAST_ROLE: 'web' });
  const off = await client(plain.address!, token)('GET', '/metrics');
  assert.deepEqual([off.status, off.body.code], [404, 'not_found']);
  for (const sent of [undefined, 'wrong', `${token}x`, token.slice(0, -1), '']) {
    const { status, headers, body } = await client(app.url, sent)('GET', '/metrics');
    assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer realm="metrics"'], sent);
    assert.ok(!JSON.stringify(body).includes('holdfast_'));
  }
  const basic = await client(app.url)('GET', '/metrics', undefined, { authorization: `Basic ${btoa(`x:${token}`)}` });
  assert.equal(basic.status, 401);
  const { status, headers } = await client(app.url, token)('GET', '/metrics');
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
});

test('a token that could be guessed stops the start, and is not repeated', () => {
  for (const METRICS_TOKEN of ['hunter2', 'with spaces in between'])
    assert.throws(
      () => loadConfig([], { METRICS_TOKEN }),
      (error) =>
        error instanceof ConfigError &&
        /METRICS_TOKEN.*16/.test(error.message) &&
        !error.message.includes(METRICS_TOKEN),
    );
});

test('what stands in the database, in the process and on the disk is there', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  assert.equal((await api('POST', '/api/v1/companies', { name: 'One' })).status, 201);
  const text = await scrape();
  const series = seriesOf(text);
  for (const part of ['database', 'jobs', 'feed', 'sizes', 'disk', 'log'])
    assert.equal(series.get(`holdfast_up{part="${part}"}`), 1, part);
  const positive = [
    'holdfast_database_size_bytes', 'holdfast_database_commits_total', 'holdfast_database_server_connections',
    'holdfast_database_server_connections_max', 'holdfast_disk_free_bytes', 'holdfast_disk_size_bytes',
    'holdfast_pool_connections_max{pool="main"}', 'process_resident_memory_bytes', 'process_cpu_user_seconds_total',
    'nodejs_eventloop_active_seconds_total', 'process_start_time_seconds', 'holdfast_workspaces',
  ]; // biome-ignore format: a list of words
  for (const name of positive) assert.ok((series.get(name) ?? 0) > 0, `${name} is ${series.get(name)}`);
  for (const name of [
    'holdfast_jobs{state="waiting"}',
    'holdfast_jobs{state="failed"}',
    'holdfast_feed_lag_seconds{consumer="router"}',
    'holdfast_job_oldest_waiting_seconds',
    'holdfast_records{type="company"}',
    'holdfast_backup_configured',
    'holdfast_log_waiting_bytes',
    'holdfast_pool_waiting{pool="main"}',
    'holdfast_cache_hits_total',
  ])
    assert.ok(series.has(name), name);
  assert.equal([...series.keys()].filter((name) => name.startsWith('holdfast_table_size_bytes')).length, 10);
  await value('holdfast_http_requests_total{route="/api/v1/companies",method="POST",status="2xx"}', (n) => n === 1);
  await value('holdfast_http_request_duration_seconds_count{route="/api/v1/companies",method="POST"}', (n) => n === 1);
});

test('figures that could not be had are missing, and nothing stands for them', async () => {
  const series = seriesOf(await scrape());
  for (const name of [
    'holdfast_backup_newest_timestamp_seconds',
    'holdfast_backup_recovery_seconds',
    'holdfast_backup_last_proof_passed',
  ])
    assert.ok(!series.has(name), name);
});

test('2,000 addresses, names, methods and workspaces add no series, and none shows', async () => {
  const tenant = await app.tenant(canary);
  const { api } = await tenant.as('admin', canary);
  const ask = client(app.url, canary);
  const probe = async (n: number) => {
    const name = `${canary}-${n}`;
    const others = [
      () => ask('GET', `/api/v1/contacts/${crypto.randomUUID()}?q=${name}`),
      () => ask('GET', `/${name}/${name}`, undefined, { host: `${name}.example` }),
      () => ask('POST', '/api/v1/sign-in', { workspace: name, email: `${name}@x.example`, password: name }),
      () => ask('PATCH', `/api/v1/deals/${name}`, {}, { 'acting-user': name, 'x-forwarded-for': '10.0.0.1' }),
    ];
    await Promise.all([ask('GET', `/api/v1/${name}`), others[n % others.length]!()]);
  };
  const many = async (from: number, to: number) => {
    for (let n = from; n < to; n += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => probe(n + k)));
    const owner = Array.from({ length: to - from }, (_, n) => `${canary}-${from + n}`);
    await api('POST', '/api/v1/companies/bulk', { data: owner.slice(0, 100).map((name) => ({ name })) });
    await api('POST', '/api/v1/tags', { name: `${canary}-${from}` });
  };
  const names = async () => [...seriesOf(await scrape()).keys()].filter((name) => name.includes('_http_')).sort();
  await many(0, 20);
  await eventually(async () => (await names()).some((name) => name.includes('"unknown"')));
  const before = await names();
  await many(20, 2_020);
  await value('holdfast_http_requests_total{route="unknown",method="GET",status="4xx"}', (n) => n >= 2_020);
  assert.deepEqual(await names(), before);
  const text = await scrape();
  for (const secret of [canary, token, tenant.tenant_id, '10.0.0.1', 'example'])
    assert.ok(
      !text.includes(secret),
      `${secret} shows:\n${text
        .split('\n')
        .filter((line) => line.includes(secret))
        .slice(0, 5)
        .join('\n')}`,
    );
});

test('a client that goes away is counted as gone, and is no longer in flight', async () => {
  const tenant = await app.tenant();
  const { key } = await tenant.as('admin');
  const gone = new AbortController();
  const stream = await fetch(`${app.url}/api/v1/events`, {
    headers: { authorization: `Bearer ${key}` },
    signal: gone.signal,
  });
  assert.equal(stream.headers.get('content-type'), 'text/event-stream');
  await value('holdfast_http_streams_open', (n) => n === 1);
  gone.abort();
  await value('holdfast_http_streams_open', (n) => n === 0);
  assert.ok(
    !seriesOf(await scrape()).has('holdfast_http_request_duration_seconds_count{route="/api/v1/events",method="GET"}'),
  );
  const { hostname, port } = new URL(app.url);
  const half = connect(Number(port), hostname);
  half.write(
    'POST /api/v1/companies HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  );
  await value('holdfast_http_requests_in_flight', (n) => n === 2);
  half.destroy();
  await value('holdfast_http_requests_total{route="/api/v1/companies",method="POST",status="aborted"}', (n) => n === 1);
  await value('holdfast_http_requests_in_flight', (n) => n === 1);
});

test('health checks and scrapes that are well are not among the requests, and those that fail are', async () => {
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' });
  const ask = client(node.address!, token);
  for (let n = 0; n < 3; n++)
    for (const path of ['/api/health/live', '/api/health/ready', '/metrics'])
      assert.equal((await ask('GET', path)).status, 200);
  assert.equal((await client(node.address!)('GET', '/metrics')).status, 401);
  await node.services.drain.run({ notice: false });
  assert.equal((await ask('GET', '/api/health/ready')).status, 503);
  const counted = async () =>
    [...seriesOf(await scrape(node.address!))].filter(([name]) =>
      /_(total|count)\{route="\/(api\/health|metrics)/.test(name),
    );
  await eventually(async () => (await counted()).some(([name]) => name.includes('"5xx"')));
  assert.deepEqual((await counted()).sort(), [
    ['holdfast_http_request_duration_seconds_count{route="/api/health/ready",method="GET"}', 1],
    ['holdfast_http_request_duration_seconds_count{route="/metrics",method="GET"}', 1],
    ['holdfast_http_requests_total{route="/api/health/ready",method="GET",status="5xx"}', 1],
    ['holdfast_http_requests_total{route="/metrics",method="GET",status="4xx"}', 1],
  ]);
});

/** A way to the database that can fall silent, and counts what it is asked. */
async function doubtful(settings: Record<string, string> = {}) {
  const state: { silent?: 'all' | 'figures' | undefined; sent: number } = { sent: 0 };
  const { url, cut } = await wire(app.database.appUrl, {
    toServer: (chunk, send) => {
      if (chunk.includes('pg_database_size')) state.sent++;
      if (state.silent === 'all' || (state.silent === 'figures' && chunk.includes('pg_database_size'))) return;
      send(chunk);
    },
  });
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web', ...settings }, url);
  return { node, url: node.address!, state, cut };
}

test('however many scrape, the database is asked once', async () => {
  const { url, state } = await doubtful();
  // For longer than the same text is given to all.
  for (const began = performance.now(); performance.now() - began < 2_500; )
    await Promise.all(Array.from({ length: 10 }, () => scrape(url)));
  assert.equal(state.sent, 1);
});

test('without the database a scrape says what the process knows, soon, and what it could not ask', async () => {
  // Who looks more often at alerts reads the figures again sooner.
  const { url, state, cut } = await doubtful({ ALERTS_EVERY_SECONDS: '4' });
  state.silent = 'all';
  const began = performance.now();
  const series = seriesOf(await scrape(url));
  assert.ok(performance.now() - began < 4_000, 'it waited for long');
  assert.equal(series.get('holdfast_up{part="database"}'), 0);
  assert.equal(series.get('holdfast_up{part="disk"}'), 1);
  assert.ok(!series.has('holdfast_database_size_bytes') && !series.has('holdfast_jobs{state="waiting"}'));
  assert.ok(series.get('process_resident_memory_bytes')! > 0);
  const again = performance.now();
  await scrape(url);
  assert.ok(performance.now() - again < 1_000, 'what is late makes the next scrape late');
  state.silent = undefined;
  // What was lost on the way would be waited for.
  cut();
  await eventually(async () => seriesOf(await scrape(url)).get('holdfast_up{part="database"}') === 1);
});

test('a stop during a scrape ends it, answered', async () => {
  const { node, url, state } = await doubtful();
  state.silent = 'figures';
  const scraping = client(url, token)('GET', '/metrics');
  await eventually(async () => state.sent > 0);
  const began = performance.now();
  await node.server!.close();
  assert.ok(performance.now() - began < 5_000, 'the stop took long');
  const { status, body } = await scraping;
  assert.equal(status, 200);
  assert.match(body, /holdfast_up\{part="database"\} 0/);
});

test('a reading that never ends delays nobody in the background, and others once', async () => {
  let begun = 0;
  const shown: unknown[] = [];
  const make = (inBackground: boolean) =>
    new Part<number>({
      name: 'x',
      freshMs: 0,
      waitMs: 50,
      inBackground,
      read: () => {
        begun++;
        return new Promise<number>(() => {});
      },
      show: (reading) => shown.push(reading),
      failed: () => {},
    });
  const behind = make(true);
  await behind.refresh();
  assert.deepEqual([behind.up, shown], [undefined, []]);
  await eventually(async () => behind.up === false);
  await behind.refresh();
  const waited = make(false);
  await waited.refresh();
  assert.equal(waited.up, false);
  for (let n = 0; n < 100; n++) await waited.refresh();
  assert.deepEqual([begun, shown], [2, [undefined, undefined]]);
});
