import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import pg from 'pg';
import { type Answer, type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
let key: string;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api, key } = await tenant.as('admin'));
});

const contacts = '/api/v1/contacts';

/** A refusal says which code and field, and stores nothing. */
function refused(answer: Answer, status: number, code: string, field?: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.body.code, code);
  assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
  assert.ok(answer.body.detail.length > 10 && answer.body.request_id);
  if (field)
    assert.ok(
      answer.body.errors.some((e: { field: string }) => e.field === field),
      JSON.stringify(answer.body.errors),
    );
}

const post = (body: string | Uint8Array) => api('POST', contacts, body);
const nested = (depth: number) => `{"custom":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;

const bodies: Record<string, string | Uint8Array> = {
  'a NUL': '{"given_name":"a\\u0000b"}',
  'a lone surrogate': '{"given_name":"\\ud800"}',
  'a lone surrogate in a key': '{"custom":{"\\udc00":1}}',
  'invalid UTF-8': new Uint8Array([...Buffer.from('{"given_name":"'), 0xc3, 0x28, ...Buffer.from('"}')]),
  'JSON nested 1,000 deep': nested(1_000),
  'JSON nested 100,000 deep': nested(100_000),
  'a duplicate key': '{"given_name":"a","given_name":"b"}',
  'a duplicate key, once escaped': '{"given_name":"a","given\\u005fname":"b"}',
  'a __proto__ key': '{"__proto__":{"admin":true}}',
  'half of JSON': '{"given_name":',
  'nothing at all': '',
};
for (const [what, body] of Object.entries(bodies)) {
  test(`${what} in the body is refused`, async () => refused(await post(body), 400, 'malformed_request'));
}

test('an unknown field, a read-only field and a wrong type each name their place', async () => {
  refused(await api('POST', contacts, { nickname: 'x' }), 422, 'validation_failed', 'nickname');
  refused(await api('POST', contacts, { name: 'x' }), 422, 'validation_failed', 'name');
  refused(await api('POST', contacts, { tenant_id: 'x' }), 422, 'validation_failed', 'tenant_id');
  refused(await api('POST', contacts, { given_name: 5 }), 422, 'validation_failed', 'given_name');
  refused(await api('POST', contacts, { given_name: 'x'.repeat(10_000) }), 422, 'validation_failed', 'given_name');
  refused(await api('POST', contacts, { email: 'not an address' }), 422, 'validation_failed', 'email');
  refused(
    await api('POST', `${contacts}/bulk`, { data: [{}, { email: 'x' }] }),
    422,
    'validation_failed',
    'data.1.email',
  );
});

test('a value of the wrong type is told of what type it must be, and only a missing one that it is needed', async () => {
  const errors = async (path: string, body: unknown, method = 'POST') =>
    (await api(method, path, body)).body.errors.map((e: Record<string, string>) => [e.field, e.code, e.message]);
  assert.deepEqual(await errors(contacts, { city: 5, tags: 'vip', consent_email: 3, custom: [] }), [
    ['consent_email', 'invalid_value', 'Choose one of unknown, granted, denied'],
    ['city', 'invalid_type', 'This must be text'],
    ['tags', 'invalid_type', 'This must be a list'],
    ['custom', 'invalid_type', 'This must be an object'],
  ]);
  assert.deepEqual(await errors('/api/v1/companies', { employee_count: 'many' }), [
    ['name', 'invalid_type', 'This is required'],
    ['employee_count', 'invalid_type', 'Write a whole number'],
  ]);
  assert.deepEqual(await errors('/api/v1/companies', { name: null }), [['name', 'invalid_type', 'This is required']]);
  assert.deepEqual(await errors(contacts, []), [['body', 'invalid_type', 'This must be an object']]);
  assert.deepEqual(await errors(`${contacts}?limit=many`, undefined, 'GET'), [
    ['limit', 'invalid_type', 'This must be a number'],
  ]);
  assert.deepEqual(await errors(`${contacts}/bulk`, { data: [] }), [['data', 'too_small', 'At least one is needed']]);
});

test('a whole number out of range is told the range, and a text of nothing that it must not be empty', async () => {
  const first = async (path: string, body: object, method = 'POST') => {
    const [error] = (await api(method, path, body)).body.errors;
    return [error.field, error.code, error.message];
  };
  const pipeline_id = (await api('POST', '/api/v1/pipelines', { name: 'Ranges' })).body.id;
  const stage = (more: object) => first('/api/v1/stages', { pipeline_id, name: 'New', ...more });
  const percent = 'Write a whole number from 0 to 100';
  assert.deepEqual(await stage({ probability_percent: -1 }), ['probability_percent', 'too_small', percent]);
  assert.deepEqual(await stage({ probability_percent: 1e30 }), ['probability_percent', 'too_big', percent]);
  assert.deepEqual(await stage({ probability_percent: 1.5 }), [
    'probability_percent',
    'invalid_type',
    'Write a whole number',
  ]);
  const made = await api('POST', '/api/v1/stages', { pipeline_id, name: 'Made' });
  assert.deepEqual(await first(`/api/v1/stages/${made.body.id}`, { probability_percent: null }, 'PATCH'), [
    'probability_percent',
    'required',
    'This is required',
  ]);
  assert.deepEqual(await first('/api/v1/tenant', { title: '  ' }, 'PATCH'), [
    'title',
    'too_small',
    'This must not be empty',
  ]);
});

test('bulk create is all or nothing, at most 1,000', async () => {
  const count = async () => (await api('GET', `${contacts}?count=true`)).body.total;
  const before = await count();
  refused(await api('POST', `${contacts}/bulk`, { data: Array(1001).fill({}) }), 422, 'validation_failed', 'data');
  const twice = { given_name: 'b', external_id: 'same' };
  refused(
    await api('POST', `${contacts}/bulk`, { data: [{ given_name: 'a' }, twice, twice] }),
    409,
    'duplicate',
    'data.2.external_id',
  );
  assert.equal(await count(), before);
  const filter = { field: 'nothing', op: 'eq', value: 1 };
  for (const [path, good] of [
    ['saved-views', { name: 'A', resource: 'contact' }],
    ['scoring-rules', { name: 'A', resource: 'deal', filter: { field: 'name', op: 'eq', value: 'x' }, points: 1 }],
  ] as const) {
    const answer = await api('POST', `/api/v1/${path}/bulk`, { data: [good, { ...good, name: 'B', filter }] });
    refused(answer, 422, 'validation_failed', 'data.1.filter');
  }
  for (const name of ['Twice', 'tWICE\u200b'])
    refused(
      await api('POST', '/api/v1/tags/bulk', { data: [{ name: 'Once' }, { name: 'Twice' }, { name }] }),
      409,
      'duplicate',
      'data.2.name',
    );
  assert.equal((await api('POST', '/api/v1/tags', { name: 'Once' })).status, 201);
  refused(
    await api('POST', '/api/v1/tags/bulk', { data: [{ name: 'New' }, { name: 'ONCE' }] }),
    409,
    'duplicate',
    'data.1.name',
  );
  const made = await api('POST', `${contacts}/bulk`, {
    data: Array.from({ length: 1000 }, (_, i) => ({ given_name: `n${i}` })),
  });
  assert.equal(made.status, 201);
  assert.deepEqual(made.body.data.map((c: { name: string }) => c.name).slice(0, 3), ['n0', 'n1', 'n2']);
  assert.equal(await count(), before + 1000);
});

test('money, dates and numbers that cannot be are refused', async () => {
  const company = (fields: object) => api('POST', '/api/v1/companies', { name: 'Acme', ...fields });
  for (const annual_revenue of ['1.005', '1e400', 'NaN', 'Infinity', '', '1,000', ' 1', '9'.repeat(40)]) {
    refused(await company({ annual_revenue }), 422, 'validation_failed', 'annual_revenue');
  }
  refused(await company({ annual_revenue: 12.5 }), 422, 'validation_failed', 'annual_revenue');
  refused(await company({ annual_revenue: '1.5', currency: 'JPY' }), 422, 'validation_failed', 'annual_revenue');
  refused(await company({ currency: 'ZZZ' }), 422, 'validation_failed', 'currency');
  refused(await company({ founded_year: 3000 }), 422, 'validation_failed', 'founded_year');
  refused(await company({ employee_count: -1 }), 422, 'validation_failed', 'employee_count');
  refused(
    await api('POST', '/api/v1/tasks', { title: 'x', due_at: '2024-02-30T00:00:00Z' }),
    422,
    'validation_failed',
    'due_at',
  );
  const far = '2026-11-20T07:00:00+16:00';
  refused(await api('POST', '/api/v1/tasks', { title: 'x', due_at: far }), 422, 'validation_failed', 'due_at');
  const edge = '2026-11-20T07:00:00+15:59';
  assert.equal((await api('POST', '/api/v1/tasks', { title: 'x', due_at: edge })).status, 201);
  // Which PostgreSQL does not have.
  const year_0 = '0000-01-01';
  const rate = { currency: 'SEK', rate: '11', valid_on: year_0 };
  refused(await api('POST', '/api/v1/currency-rates', rate), 422, 'validation_failed', 'valid_on');
  refused(await api('GET', `/api/v1/analytics/dashboard?from=${year_0}`), 422, 'validation_failed', 'from');
  for (const [list, field, value] of [
    ['deals', 'closed_on', year_0],
    ['deals', 'created_at', `${year_0}T00:00:00Z`],
    ['deals', 'created_at', far],
  ] as const) {
    const filter = encodeURIComponent(JSON.stringify({ field, op: 'eq', value }));
    refused(await api('GET', `/api/v1/${list}?filter=${filter}`), 422, 'validation_failed', 'filter');
  }
  const day = { resource: 'company', key: 'audited_on', label: 'Audited', type: 'date' };
  assert.equal((await api('POST', '/api/v1/custom-fields', day)).status, 201);
  refused(await company({ custom: { audited_on: year_0 } }), 422, 'validation_failed', 'custom.audited_on');
  const yen = await company({ annual_revenue: '1500', currency: 'JPY' });
  assert.equal(yen.body.annual_revenue, '1500');
});

test('cursors that are forged, of another list, or of another tenant are refused', async () => {
  const page = await api('GET', `${contacts}?limit=1&sort=created_at`);
  const cursor = page.body.next_cursor as string;
  assert.equal((await api('GET', `${contacts}?limit=1&sort=created_at&cursor=${cursor}`)).status, 200);
  const stranger = await (await app.tenant()).as('admin');
  refused(await stranger.api('GET', `${contacts}?limit=1&sort=created_at&cursor=${cursor}`), 400, 'malformed_request');
  refused(await api('GET', `${contacts}?limit=1&sort=name&cursor=${cursor}`), 400, 'malformed_request');
  refused(await api('GET', `/api/v1/companies?limit=1&sort=created_at&cursor=${cursor}`), 400, 'malformed_request');
  const forged = `${Buffer.from('[0,"2020-01-01","x"]').toString('base64url')}.${cursor.split('.')[1]}`;
  for (const bad of [forged, 'x', '.', cursor.slice(1), `${cursor}x`]) {
    refused(await api('GET', `${contacts}?limit=1&sort=created_at&cursor=${bad}`), 400, 'malformed_request');
  }
});

test('what hangs on a record cannot be left on none', async () => {
  const { id: company_id } = (await api('POST', '/api/v1/companies', { name: 'Held' })).body;
  for (const [path, body] of [
    [
      'activities',
      {
        kind: 'call',
        subject: 'Call',
        records: [{ type: 'company', id: company_id }],
        occurred_at: '2026-01-01T00:00:00Z',
      },
    ],
    ['notes', { body: 'Note', records: [{ type: 'company', id: company_id }] }],
  ] as const) {
    const { id } = (await api('POST', `/api/v1/${path}`, body)).body;
    const answer = await api('PATCH', `/api/v1/${path}/${id}`, { records: [] });
    refused(answer, 422, 'validation_failed', 'records');
    assert.match(answer.body.detail, /Say which contact, company, deal or other record/);
  }
});

test('names that every JavaScript object has are no columns of a file', async () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    refused(await api('GET', `${contacts}/export.csv?columns=${name}`), 422, 'validation_failed', 'columns');
    const body = { resource: 'contact', columns: [name] };
    refused(await api('POST', '/api/v1/exports', body), 422, 'validation_failed', 'columns');
  }
});

test('filters and sorts that make no sense are refused with what would', async () => {
  const list = (filter: unknown) =>
    api(
      'GET',
      `${contacts}?filter=${encodeURIComponent(typeof filter === 'string' ? filter : JSON.stringify(filter))}`,
    );
  const condition = { field: 'given_name', op: 'eq', value: 'x' };
  const deep = (levels: number): unknown => (levels === 0 ? condition : { and: [deep(levels - 1)] });
  refused(await list('{'), 400, 'malformed_request');
  for (const bad of [
    deep(50),
    [],
    {},
    { and: [] },
    { field: 'x' },
    { ...condition, more: 1 },
    { or: Array(60).fill(condition) },
  ]) {
    refused(await list(bad), 422, 'validation_failed', 'filter');
  }
  for (const bad of [
    { ...condition, field: 'tenant_id' },
    { ...condition, field: '1=1 or x' },
    { ...condition, op: 'like' },
    { ...condition, value: { a: 1 } },
  ]) {
    refused(await list(bad), 422, 'validation_failed', 'filter');
  }
  refused(await list({ field: 'company_id', op: 'eq', value: 'x' }), 422, 'validation_failed', 'filter');
  refused(await api('GET', `${contacts}?sort=search_text`), 422, 'validation_failed', 'sort');
  refused(await api('GET', `${contacts}?limit=201`), 422, 'validation_failed', 'limit');
  refused(await api('GET', `${contacts}?surprise=1`), 422, 'validation_failed', 'surprise');
  refused(await api('GET', `${contacts}?filter=%00`), 400, 'malformed_request');
  assert.equal((await list(deep(7))).status, 200);
});

test('wildcards and quotes mean themselves in filters', async () => {
  const odd = `50% _\\'"; drop table contact; --`;
  await api('POST', contacts, { given_name: odd });
  await api('POST', contacts, { given_name: '500 plain' });
  const found = async (op: string, value: string) => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op, value }));
    return (await api('GET', `${contacts}?filter=${filter}`)).body.data.map(
      (c: { given_name: string }) => c.given_name,
    );
  };
  assert.deepEqual(await found('contains', '50%'), [odd]);
  assert.deepEqual(await found('contains', `_\\'"`), [odd]);
  assert.deepEqual(await found('starts_with', '50_'), []);
  assert.deepEqual(await found('eq', odd), [odd]);
});

test('bodies over the limit are refused before they are read', async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const sent = request(
      {
        hostname,
        port,
        method: 'POST',
        path: contacts,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': 100_000_000 },
      },
      (answer) => {
        resolve(answer.statusCode!);
        sent.destroy();
      },
    );
    sent.on('error', reject);
    sent.write('{"given_name":"');
  });
  assert.equal(status, 413);
});

test('other kinds of content, verbs and addresses say what is taken', async () => {
  refused(
    await api('POST', contacts, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'unsupported_media_type',
  );
  refused(await api('POST', contacts, '{}', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
  const verb = await api('PUT', contacts, {});
  refused(verb, 405, 'method_not_allowed');
  assert.equal(verb.headers.get('allow'), 'GET, HEAD, POST, OPTIONS');
  refused(await api('GET', '/api/v1/nothing'), 404, 'not_found');
  const unnamed = await api('GET', `${contacts}/not-an-id`);
  refused(unnamed, 404, 'not_found');
  assert.equal(unnamed.body.detail, 'There is no such record, or you cannot see it.');
  for (const caller of [app.client(), app.client('hf_forged')]) {
    const answer = await caller('GET', contacts);
    refused(answer, 401, 'not_signed_in');
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  }
});

test('Allow names the methods of the address itself, on OPTIONS as well', async () => {
  const { id } = (await api('POST', contacts, { given_name: 'Allowed' })).body;
  for (const [path, allow] of Object.entries({
    [`${contacts}/bulk`]: 'POST, OPTIONS',
    [`${contacts}/${id}`]: 'GET, HEAD, PATCH, DELETE, OPTIONS',
    '/api/v1/contacts/export.csv': 'GET, HEAD, OPTIONS',
    '/api/v1/search': 'GET, HEAD, OPTIONS',
    '/contacts': 'GET, HEAD, OPTIONS',
  })) {
    const answer = await api('OPTIONS', path);
    assert.deepEqual([answer.status, answer.headers.get('allow')], [204, allow], path);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !allow.split(', ').includes(one))) {
      const verb = await api(method, path, method === 'GET' ? undefined : {});
      refused(verb, 405, 'method_not_allowed');
      assert.equal(verb.headers.get('allow'), allow, `${method} ${path}`);
    }
  }
  refused(await api('OPTIONS', '/api/v1/nothing'), 404, 'not_found');
  refused(await api('GET', `${contacts}/not-an-id`), 404, 'not_found');
  const head = await fetch(app.url + contacts, { method: 'HEAD', headers: { authorization: `Bearer ${key}` } });
  assert.deepEqual([head.status, await head.text()], [200, '']);
});

test('a multipart body without a boundary, or cut short, is malformed', async () => {
  for (const path of ['/api/v1/files', '/api/v1/imports']) {
    const whole = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nName\r\nAda\r\n';
    const types = ['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=x'];
    for (const type of [...types, `multipart/form-data; boundary=${'x'.repeat(300)}`])
      refused(await api('POST', path, whole, { 'content-type': type }), 400, 'malformed_request');
  }
});

test('a read that takes too long is a 503 with a code of its own, and leaves the next one alone', async () => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('begin; lock table contact');
  const filter = encodeURIComponent(JSON.stringify({ field: 'name', op: 'contains', value: 'x' }));
  const paths = ['', '?count=true', `?filter=${filter}`].map((rest) => contacts + rest);
  const answers = await Promise.all(paths.map((path) => api('GET', path)));
  await owner.query('rollback');
  await owner.end();
  for (const answer of answers) {
    refused(answer, 503, 'query_timeout');
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
  }
  assert.equal((await api('GET', contacts)).status, 200);
});

test('a database that takes no changes, or has no room left, is a 503 that says so', async () => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query(`create function public.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = substr(new.name, 10); end $$`);
    await owner.query(`create trigger refuse before insert on tag for each row when (new.name like 'sqlstate %')
      execute function public.refuse()`);
    for (const [sqlstate, code, says] of [
      ['25006', 'read_only', /read-only/],
      ['53100', 'disk_full', /disk/],
    ] as const) {
      const answer = await api('POST', '/api/v1/tags', { name: `sqlstate ${sqlstate}` });
      refused(answer, 503, code);
      assert.match(answer.body.detail, says);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
    }
  } finally {
    await owner.query('drop function if exists public.refuse cascade');
    await owner.end();
  }
  assert.equal((await api('POST', '/api/v1/tags', { name: 'After that' })).status, 201);
});

test('what the HTTP parser refuses is a problem document with the headers of every answer', async () => {
  const head = `GET ${contacts} HTTP/1.1\r\nHost: x\r\n`;
  for (const [status, code, sent] of [
    [400, 'malformed_request', 'this is no request\r\n\r\n'],
    [400, 'malformed_request', `${head}A header without a colon\r\n\r\n`],
    [400, 'malformed_request', `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`],
    [400, 'malformed_request', `GET ${contacts} HTTP/1.1\r\n\r\n`],
    [400, 'malformed_request', `${head}host: y\r\n\r\n`],
    [400, 'malformed_request', `${head}HOST: x\r\n\r\n`],
    [400, 'malformed_request', `GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n`],
    [414, 'address_too_long', `GET ${contacts}/${'x'.repeat(600)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    [431, 'headers_too_large', `${head}X-Filler: ${'x'.repeat(40_000)}\r\n\r\n`],
  ] as const) {
    const answer = await raw(app.url, sent);
    assert.equal(answer.status, status, sent.slice(0, 80));
    assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
    assert.deepEqual([answer.body.status, answer.body.code], [status, code]);
    assert.ok(answer.body.detail.length > 10 && answer.body.request_id === answer.headers.get('x-request-id'));
    for (const name of ['content-security-policy', 'x-content-type-options', 'x-frame-options', 'cache-control'])
      assert.ok(answer.headers.has(name), `${status} without ${name}`);
  }
});

test('an event stream has the security headers of every other answer', async () => {
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${key}` };
  const stream = await fetch(`${app.url}/api/v1/events`, { headers, signal: abort.signal });
  abort.abort();
  const other = await api('GET', contacts);
  const own = new Set([
    'connection',
    'content-length',
    'content-type',
    'date',
    'keep-alive',
    'ratelimit',
    'x-request-id',
  ]);
  const security = [...other.headers].filter(([name]) => !own.has(name));
  assert.ok(security.length >= 7);
  assert.deepEqual(
    security.filter(([name, value]) => stream.headers.get(name) !== value),
    [],
  );
  assert.ok(stream.headers.get('x-request-id'));
  assert.equal((await fetch(`${app.url}/api/v1/events`, { method: 'HEAD', headers })).status, 200);
});

/** Sends these bytes; reads the answer until the connection ends or its body is there. */
function raw(url: string, text: string): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const done = () => {
      const [head = '', body = ''] = got.split('\r\n\r\n');
      const [line = '', ...headers] = head.split('\r\n');
      const pairs = headers.map((header) => header.split(/: (.*)/s).slice(0, 2) as [string, string]);
      resolve({ status: Number(line.split(' ')[1]), headers: new Headers(pairs), body: JSON.parse(body) });
    };
    socket.setEncoding('utf8').on('data', (chunk) => {
      got += chunk;
      const length = /content-length: (\d+)/i.exec(got)?.[1];
      if (length && (got.split('\r\n\r\n')[1]?.length ?? 0) >= Number(length)) socket.end();
    });
    socket.on('close', done).on('error', reject);
  });
}

test('an idempotency key answers once, also to a crowd, and refuses another body', async () => {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const crowd = await Promise.all(
    Array.from({ length: 8 }, () => api('POST', contacts, { given_name: 'Once' }, headers)),
  );
  assert.deepEqual(new Set(crowd.map((a) => a.status)), new Set([201]));
  assert.equal(new Set(crowd.map((a) => a.body.id)).size, 1);
  assert.equal(crowd.filter((a) => a.headers.get('idempotency-replayed') === 'true').length, 7);
  refused(await api('POST', contacts, { given_name: 'Twice' }, headers), 409, 'idempotency_key_reused');
  for (const bad of ['x'.repeat(256), 'é']) {
    refused(await api('POST', contacts, {}, { 'idempotency-key': bad }), 400, 'malformed_request');
  }
  const colleague = await tenant.as('manager');
  assert.notEqual((await colleague.api('POST', contacts, { given_name: 'Once' }, headers)).body.id, crowd[0]!.body.id);
});

test('a stale ETag gets the current record, and two who change at once cannot both win', async () => {
  const { id } = (await api('POST', contacts, { given_name: 'Ada' })).body;
  const both = await Promise.all(
    ['One', 'Two'].map((job_title) => api('PATCH', `${contacts}/${id}`, { job_title }, { 'if-match': '"1"' })),
  );
  assert.deepEqual(both.map((a) => a.status).sort(), [200, 412]);
  const loser = both.find((a) => a.status === 412)!;
  assert.equal(loser.body.current.version, 2);
  refused(await api('PATCH', `${contacts}/${id}`, {}, { 'if-match': 'yesterday' }), 400, 'malformed_request');
  // A proxy that compresses has made the ETag weak.
  refused(await api('PATCH', `${contacts}/${id}`, {}, { 'if-match': 'W/"1"' }), 412, 'stale');
  assert.equal((await api('PATCH', `${contacts}/${id}`, {}, { 'if-match': 'W/"2"' })).status, 200);
  refused(await api('DELETE', `${contacts}/${id}`, undefined, { 'if-match': '"1"' }), 412, 'stale');
});

test('a company cannot be its own ancestor', async () => {
  const make = async (name: string, parent_id?: string) =>
    (await api('POST', '/api/v1/companies', { name, ...(parent_id && { parent_id }) })).body.id;
  const top = await make('Top');
  const middle = await make('Middle', top);
  const bottom = await make('Bottom', middle);
  refused(await api('PATCH', `/api/v1/companies/${top}`, { parent_id: bottom }), 422, 'validation_failed', 'parent_id');
  refused(await api('PATCH', `/api/v1/companies/${top}`, { parent_id: top }), 422, 'validation_failed', 'parent_id');
});
