import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant('templates');
});

async function made(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const read = async (api: Client, path: string) => (await api('GET', `/api/v1/${path}`)).body.data;
const names = (rows: { name: string }[]) => rows.map(({ name }) => name);

test('a template reads with the values of a person, and what has none is named with where to fill it in', async () => {
  const { api } = await tenant.as('member', 'Ann');
  const company = await made(api, 'companies', { name: 'Acme', city: 'Berlin' });
  const contact = await made(api, 'contacts', {
    given_name: 'Ada',
    email: 'ada@acme.example',
    birthday: '1990-05-01',
    company_id: company.id,
  });
  const body =
    'Dear {{contact.given_name}} {{ contact.family_name }} of {{company.name}} in {{contact.company}}, {{deal.amount}} {{other.thing}}\n{{sender.name}} {{contact.secret}}';
  const fill = (about: object) => made(api, 'mail-previews', { subject: 'For {{contact.given_name}}', body, ...about });
  const chosen = await fill({ records: [{ type: 'contact', id: contact.id }] });
  assert.deepEqual(
    [chosen.subject, chosen.body],
    [
      'For Ada',
      'Dear Ada {{contact.family_name}} of Acme in Acme, {{deal.amount}} {{other.thing}}\nAnn {{contact.secret}}',
    ],
  );
  assert.deepEqual(
    chosen.missing.map((one: { variable: string; message: string; record: { id: string } | null }) => [
      one.variable,
      one.message,
      one.record?.id,
    ]),
    [
      ['contact.family_name', 'Fill in “Last name” of Ada, or write the text yourself.', contact.id],
      ['deal.amount', 'No deal is linked. Link one, or fill in the value yourself.', undefined],
      ['contact.secret', 'There is no variable contact.secret. Choose one from the list.', undefined],
    ],
  );
  assert.equal((await fill({ addresses: ['ADA@acme.example'] })).body, chosen.body);
  const variables = (await read(api, 'mail-variables')).map(({ variable }: { variable: string }) => variable);
  for (const wanted of ['contact.given_name', 'company.name', 'deal.name', 'sender.name'])
    assert.ok(variables.includes(wanted), wanted);
  // Of what somebody may not read nothing is named or filled in.
  const { api: advisor } = await tenant.as('advisor', 'Eva');
  const theirs = await made(advisor, 'mail-previews', {
    body: '{{contact.given_name}}',
    records: [{ type: 'contact', id: contact.id }],
    addresses: ['ada@acme.example'],
  });
  assert.deepEqual([theirs.body, theirs.missing[0].record], ['{{contact.given_name}}', null]);
});

test('a mail with an open variable is not sent', async () => {
  const { api } = await tenant.as('member', 'Bob');
  const { id } = await made(api, 'mailboxes', { name: 'Bob', address: 'bob@post.example' });
  await asOwner(
    app,
    `insert into mail_connection (tenant_id, mailbox_id, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security,
      username, sealed_password, leased_until, lease)
    values ($1, $2, 'imap.invalid', 993, 'tls', 'smtp.invalid', 465, 'tls', 'bob', 'x', now() + interval '1 hour', 'test')`,
    [tenant.tenant_id, id],
  );
  const send = (text: string) =>
    api('POST', '/api/v1/outgoing-mails', {
      mailbox_id: id,
      to: ['a@a.example'],
      subject: 'Hi',
      body: text,
      send_at: '2199-01-01T00:00:00Z',
    });
  const refused = await send('Dear {{contact.given_name}}');
  assert.deepEqual(
    [refused.status, refused.body.errors[0].field, refused.body.errors[0].code],
    [422, 'body', 'missing_value'],
  );
  assert.match(refused.body.errors[0].message, /^\{\{contact\.given_name\}\} has no value\. Fill it in at the record/);
  assert.equal((await send('A program that writes {{ user.name }}')).status, 201);
});

test('templates are of their owner, shared or not, and nobody else changes them', async () => {
  const [ann, cara, admin] = [
    await tenant.as('member', 'Dan'),
    await tenant.as('member', 'Cara'),
    await tenant.as('admin'),
  ];
  const own = await made(ann.api, 'mail-templates', { name: 'Mine', subject: 'S', body: 'Hello' });
  const shared = await made(ann.api, 'mail-templates', { name: 'Ours', body: 'Hello', shared: true });
  assert.deepEqual([names(await read(ann.api, 'mail-templates')), own.owner.name], [['Mine', 'Ours'], 'Dan']);
  for (const { api } of [cara, admin]) {
    assert.deepEqual(names(await read(api, 'mail-templates')), ['Ours']);
    assert.equal((await api('GET', `/api/v1/mail-templates/${own.id}`)).status, 404);
    assert.notEqual((await api('PATCH', `/api/v1/mail-templates/${shared.id}`, { name: 'Theirs' })).status, 200);
    assert.notEqual((await api('DELETE', `/api/v1/mail-templates/${shared.id}`)).status, 204);
  }
  assert.equal((await ann.api('PATCH', `/api/v1/mail-templates/${shared.id}`, { shared: false })).status, 200);
  assert.deepEqual(await read(cara.api, 'mail-templates'), []);
});
