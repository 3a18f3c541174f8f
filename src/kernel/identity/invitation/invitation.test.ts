import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner, goodPassword, openBrowser } from '../../../../test/harness/identity.ts';
import { type MailSink, startMailSink } from '../../mail/sink.ts';

let app: TestApp;
let north: TestTenant;
before(async () => {
  app = await startTestApp();
  north = await app.tenant('north');
});
after(() => app.stop());

async function roleIds(...keys: string[]): Promise<string[]> {
  const { api } = await north.as('admin');
  const { body } = await api('GET', '/api/v1/roles?limit=200');
  return keys.map((key) => body.data.find((role: { key: string }) => role.key === key).id);
}

async function invite(email: string, ...keys: string[]) {
  const { api } = await north.as('admin');
  return api('POST', '/api/v1/invitations', { email, name: 'New Person', role_ids: await roleIds(...keys) });
}

const openNow = async (api: Client): Promise<string[]> =>
  (await api('GET', '/api/v1/invitations?open=true')).body.data.map(({ name }: { name: string }) => name);
const tokenOf = (link: string) => new URL(link).hash.slice(1);
const accept = (token: string, more: object = {}) =>
  openBrowser(app.url).send('POST', '/api/v1/invitations/acceptance', { token, password: goodPassword, ...more });

test('without a mail server the link comes back, and whoever follows it is in, once', async () => {
  const made = await invite('ann@people.example', 'member', 'operator');
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.mailed, false);
  assert.equal(made.body.user.status, 'invited');
  assert.deepEqual(
    made.body.user.roles.map((role: { key: string }) => role.key),
    ['member', 'operator'],
  );
  const token = tokenOf(made.body.link);
  const shown = await openBrowser(app.url).send('POST', '/api/v1/invitations/lookup', { token });
  assert.deepEqual(shown.body, { email: 'ann@people.example', name: 'New Person', tenant: { title: 'north' } });
  assert.equal((await accept(token, { password: 'short' })).status, 422);
  const accepted = await accept(token, { name: 'Ann Lee' });
  assert.equal(accepted.body.session.user.name, 'Ann Lee');
  assert.equal((await accept(token)).status, 410);
  const again = await openBrowser(app.url).send('POST', '/api/v1/sign-in', {
    email: 'ann@people.example',
    password: goodPassword,
  });
  assert.equal(again.status, 200);
});

test('sent again, the link before no longer works; withdrawn, neither does', async () => {
  const { api } = await north.as('admin');
  const made = await invite('ben@people.example', 'viewer');
  const again = await api('POST', `/api/v1/invitations/${made.body.user.id}/delivery`);
  assert.equal(again.status, 200);
  assert.equal((await accept(tokenOf(made.body.link))).status, 410);
  const pending = await api('GET', '/api/v1/invitations');
  assert.ok(pending.body.data.some((user: { email: string }) => user.email === 'ben@people.example'));
  assert.ok((await openNow(api)).includes('New Person'));
  assert.equal((await api('DELETE', `/api/v1/invitations/${made.body.user.id}`)).status, 204);
  assert.equal((await accept(tokenOf(again.body.link))).status, 410);
  assert.deepEqual(await openNow(api), []);
});

test('an old invitation, and one of somebody disabled meanwhile, is refused', async () => {
  const { api } = await north.as('admin');
  const old = await invite('cy@people.example', 'viewer');
  await asOwner(app, `update one_time_token set expires_at = now() - interval '1 second' where user_id = $1`, [
    old.body.user.id,
  ]);
  assert.equal((await accept(tokenOf(old.body.link))).status, 410);
  const off = await invite('dee@people.example', 'viewer');
  await api('POST', `/api/v1/users/${off.body.user.id}/deactivation`);
  assert.equal((await accept(tokenOf(off.body.link))).status, 410);
});

test('a user made without an invitation is invited once there is an address', async () => {
  const { api } = await north.as('admin');
  const { body: user } = await api('POST', '/api/v1/users', { name: 'Sales Agent' });
  assert.equal(user.status, 'invited');
  const isOpen = async () => (await openNow(api)).includes('Sales Agent');
  assert.equal(await isOpen(), false, 'nobody has invited them');
  const path = `/api/v1/invitations/${user.id}/delivery`;
  assert.equal((await api('POST', path)).body.errors[0].field, 'email');
  await api('PATCH', `/api/v1/users/${user.id}`, { email: 'agent@people.example' });
  const { link } = (await api('POST', path)).body;
  assert.equal(await isOpen(), true);
  assert.equal((await accept(tokenOf(link))).status, 200);
  assert.equal(await isOpen(), false);
});

test('an address that is taken is refused and leaves nothing behind', async () => {
  const { api } = await north.as('admin');
  await invite('eve@people.example', 'viewer');
  const twice = await invite('EVE@people.example', 'viewer');
  assert.equal(twice.status, 409);
  assert.equal(twice.body.errors[0].field, 'email');
  const unknownRole = await api('POST', '/api/v1/invitations', {
    email: 'fay@people.example',
    name: 'Fay',
    role_ids: ['00000000-0000-7000-8000-000000000000'],
  });
  assert.equal(unknownRole.status, 422);
  const filter = encodeURIComponent(JSON.stringify({ field: 'email', op: 'eq', value: 'fay@people.example' }));
  assert.equal((await api('GET', `/api/v1/users?filter=${filter}`)).body.data.length, 0);
});

test('only who may create users invites', async () => {
  const member = await north.as('member');
  const body = { email: 'gus@people.example', name: 'Gus', role_ids: await roleIds('viewer') };
  assert.equal((await member.api('POST', '/api/v1/invitations', body)).status, 403);
});

test('with a mail server the link goes by mail alone', async (t) => {
  const sink: MailSink = await startMailSink();
  const mailing = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: 'https://crm.example' });
  t.after(async () => {
    await mailing.stop();
    await sink.close();
  });
  const south = await mailing.tenant('south');
  const { api } = await south.as('admin', 'boss');
  const { body: roles } = await api('GET', '/api/v1/roles');
  const made = await api('POST', '/api/v1/invitations', {
    email: 'hal@people.example',
    name: 'Hal',
    role_ids: [roles.data[0].id],
  });
  assert.deepEqual([made.body.mailed, made.body.link], [true, null]);
  const [mail] = await eventually(async () => sink.messages().length > 0 && sink.messages());
  assert.deepEqual(mail!.to, ['hal@people.example']);
  assert.match(mail!.text, /boss invited you/);
  const token = /https:\/\/crm\.example\/invitation#([\w-]+)/.exec(mail!.text)?.[1];
  const accepted = await openBrowser(mailing.url).send(
    'POST',
    '/api/v1/invitations/acceptance',
    { token, password: goodPassword },
    { origin: 'https://crm.example' },
  );
  assert.equal(accepted.status, 200);
});
