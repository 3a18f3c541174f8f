import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { follow, upload } from '../../../../test/harness/import.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

const make = (domain: string | null) => api('POST', '/api/v1/companies', { name: 'Acme', domain });

test('the domain of a company is the name of a host, and of an address its host', async () => {
  for (const [written, kept] of [
    ['example.com', 'example.com'],
    ['  Acme.CO.UK ', 'acme.co.uk'],
    ['https://www.acme.com/about?x=1#top', 'acme.com'],
    ['HTTP://Acme.com:8080', 'acme.com'],
    ['www.acme.com', 'acme.com'],
    ['www.com', 'www.com'],
    ['acme.com.', 'acme.com'],
    ['3m.com', '3m.com'],
    ['www.münchen.de', 'münchen.de'],
    ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
    ['例え.テスト', '例え.テスト'],
    ['مثال.إختبار', 'مثال.إختبار'],
    [null, null],
  ] as const) {
    const { status, body } = await make(written);
    assert.deepEqual([status, body.domain], [201, kept], String(written));
  }
});

test('what is no host name is refused, with words for it', async () => {
  const { id } = (await make('acme.com')).body;
  for (const written of [
    'not a domain!!',
    '',
    'acme',
    'localhost',
    '-acme.com',
    'acme-.com',
    'acme..com',
    '.com',
    'a_b.com',
    'jo@acme.com',
    '192.168.0.1',
    'https://',
    `${'a'.repeat(64)}.com`,
    `${'abc.'.repeat(70)}com`,
  ])
    for (const { status, body } of [
      await make(written),
      await api('PATCH', `/api/v1/companies/${id}`, { domain: written }),
    ]) {
      assert.equal(status, 422, written);
      assert.deepEqual(
        body.errors.map(({ field, message }: { field: string; message: string }) => [field, message]),
        [['domain', 'Write a domain such as example.com']],
        written,
      );
    }
  const { body } = await make(`${'a.'.repeat(1_000)}com`);
  assert.deepEqual(body.errors[0].message, 'Write at most 2000 characters');
});

test('a value from before that is no host name is read, and hinders no change of other fields', async () => {
  const { id } = (await make(null)).body;
  await asOwner(app, `update company set domain = 'not a domain!!' where id = $1`, [id]);
  const changed = await api('PATCH', `/api/v1/companies/${id}`, { city: 'Oslo' });
  assert.deepEqual([changed.status, changed.body.city, changed.body.domain], [200, 'Oslo', 'not a domain!!']);
  const cleared = await api('PATCH', `/api/v1/companies/${id}`, { domain: 'acme.com' });
  assert.equal(cleared.status, 200);
  const undone = await api('POST', `/api/v1/changes/${cleared.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.equal((await api('GET', `/api/v1/companies/${id}`)).body.domain, 'not a domain!!');
});

test('an import takes domains as they are typed; a row with one that cannot be read is a problem to put right', async () => {
  const rows = ['Good,https://www.good.example/shop', 'Bad,not a domain!!', 'Plain,Plain.example'];
  const made = await upload(api, [['companies.csv', ['Company Name,Domain', ...rows].join('\n')]]);
  const report = await follow(api, made.body.id, 'dry-runs');
  const file_id = report.files[0]!.id;
  const found = await api('GET', `/api/v1/imports/${report.id}/rows?file_id=${file_id}`);
  assert.deepEqual(
    found.body.data.map(({ row, problems: [problem] }: { row: number; problems: Record<string, string>[] }) => [
      row,
      problem?.column,
      problem?.message,
    ]),
    [[3, 'Domain', 'Write a domain such as example.com.']],
  );
  const fixes = [{ row: 3, column: 'Domain', value: 'bad.example' }];
  assert.equal((await api('POST', `/api/v1/imports/${report.id}/fixes`, { file_id, fixes })).status, 200);
  await follow(api, report.id, 'runs');
  const filter = JSON.stringify({ field: 'domain', op: 'contains', value: '.example' });
  const { data } = (await api('GET', `/api/v1/companies?sort=name&filter=${encodeURIComponent(filter)}`)).body;
  assert.deepEqual(
    data.map(({ domain }: { domain: string }) => domain),
    ['bad.example', 'good.example', 'plain.example'],
  );
});
