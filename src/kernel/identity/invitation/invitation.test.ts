import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { SMTPServerOptions } from 'smtp-server';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import {
  asOwner,
  countBlocked,
  goodPassword,
  makePerson,
  openBrowser,
  signedIn,
  systemClient,
} from '../../../../test/harness/identity.ts';
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

/** A program with a mail server, a workspace, and how an invitation is made, mailed and accepted there. */
async function withMail(t: TestContext, options?: SMTPServerOptions) {
  const sink: MailSink = await startMailSink(options);
  const mailing = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: 'https://crm.example' });
  t.after(async () => {
    await mailing.stop();
    await sink.close();
  });
  const south = await mailing.tenant('south');
  const { api } = await south.as('admin', 'boss');
  const { body: roles } = await api('GET', '/api/v1/roles');
  const send = (path: string, body: object) =>
    openBrowser(mailing.url).send('POST', `/api/v1/invitations/${path}`, body, { origin: 'https://crm.example' });
  return {
    api,
    colleague: (await south.as('admin', 'colleague')).api,
    inviteByMail: (name: string, email: string) =>
      api('POST', '/api/v1/invitations', { email, name, role_ids: [roles.data[0].id] }),
    mailTo: (email: string) => eventually(async () => sink.messages().find(({ to }) => to.includes(email))),
    lookUp: (token: string) => send('lookup', { token }),
    acceptByMail: (token: string) => send('acceptance', { token, password: goodPassword }),
  };
}

const mailedToken = ({ text }: { text: string }) => /https:\/\/crm\.example\/invitation#([\w-]+)/.exec(text)![1]!;

test('with a mail server the link goes by mail alone', async (t) => {
  const { inviteByMail, mailTo, acceptByMail } = await withMail(t);
  const made = await inviteByMail('Hal', 'hal@people.example');
  assert.deepEqual([made.body.mailed, made.body.link], [true, null]);
  const mail = await mailTo('hal@people.example');
  assert.deepEqual(mail.to, ['hal@people.example']);
  assert.match(mail.text, /boss invited you/);
  assert.equal((await acceptByMail(mailedToken(mail))).status, 200);
});

test('an invitation mailed to a mistyped address ends when the address is corrected', async (t) => {
  const { api, inviteByMail, mailTo, lookUp, acceptByMail } = await withMail(t);
  const { user } = (await inviteByMail('Ida', 'idea@people.example')).body;
  const token = mailedToken(await mailTo('idea@people.example'));
  assert.equal((await lookUp(token)).status, 200);
  assert.equal((await api('PATCH', `/api/v1/users/${user.id}`, { email: 'ida@people.example' })).status, 200);
  const shown = await lookUp(token);
  assert.equal(shown.status, 410, 'the stranger does not learn the right address');
  assert.ok(!JSON.stringify(shown.body).includes('ida@people.example'));
  assert.equal((await acceptByMail(token)).status, 410);
  assert.equal((await api('POST', `/api/v1/invitations/${user.id}/delivery`)).status, 200);
  assert.equal((await acceptByMail(mailedToken(await mailTo('ida@people.example')))).status, 200);
});

test('an invitation that waits for the mail server is withdrawn, and sent again at once', async (t) => {
  let refuses = true;
  const busy = Object.assign(new Error('Come back later'), { responseCode: 451 });
  const mail = await withMail(t, { onRcptTo: (_address, _session, done) => done(refuses ? busy : null) });
  const { user } = (await mail.inviteByMail('Kay', 'kay@people.example')).body;
  const states = async (): Promise<string[]> => {
    const jobs = (await mail.api('GET', '/api/v1/jobs?kind=invitation')).body.data;
    return jobs.map(({ state, error }: { state: string; error: string | null }) => (error ? `${state} again` : state));
  };
  await eventually(async () => (await states())[0] === 'scheduled again');
  assert.equal((await mail.api('DELETE', `/api/v1/invitations/${user.id}`)).status, 204);
  assert.deepEqual(await states(), ['cancelled again']);
  const deliver = () => mail.api('POST', `/api/v1/invitations/${user.id}/delivery`);
  assert.equal((await deliver()).status, 200);
  await eventually(async () => (await states())[0] === 'scheduled again');
  refuses = false;
  assert.equal((await deliver()).status, 200);
  assert.equal((await mail.acceptByMail(mailedToken(await mail.mailTo('kay@people.example')))).status, 200);
  await eventually(async () => (await states()).join() === 'done,cancelled again,cancelled again');
});

test('a link that was handed on goes with the person, whatever their address', async () => {
  const made = await invite('jo.old@people.example', 'viewer');
  const { api } = await north.as('admin');
  await api('PATCH', `/api/v1/users/${made.body.user.id}`, { email: 'jo.new@people.example' });
  assert.equal((await accept(tokenOf(made.body.link))).status, 200);
});

test('who may create users and not change them invites, and withdraws what then works no more', async () => {
  const { api } = await north.as('admin');
  const rights = { user: { read: 'all', create: 'all' }, role: { read: 'all' } };
  const role = await api('POST', '/api/v1/roles', { name: 'Host', rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const bare = await api('POST', '/api/v1/roles', { name: 'Guest', rights: { user: { read: 'all' } } });
  const host = await makePerson(app, north, 'Hanna Host', null);
  await api('PUT', `/api/v1/users/${host.user_id}/roles`, { role_ids: [role.body.id] });
  const { send } = await signedIn(app, host);
  const made = await send('POST', '/api/v1/invitations', {
    email: 'guest@people.example',
    name: 'Guest',
    role_ids: [bare.body.id],
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const again = await send('POST', `/api/v1/invitations/${made.body.user.id}/delivery`);
  assert.equal((await accept(tokenOf(made.body.link))).status, 410, 'a newer one was sent');
  assert.ok((await openNow(send)).includes('Guest'));
  assert.equal((await send('DELETE', `/api/v1/invitations/${made.body.user.id}`)).status, 204);
  assert.equal((await accept(tokenOf(again.body.link))).status, 410);
});

test('the link of an account that somebody else gives more works no more, until it is sent by somebody who may', async () => {
  const { api } = await north.as('admin');
  const newRole = async (name: string, rights: object) => (await api('POST', '/api/v1/roles', { name, rights })).body;
  const little = await newRole('Little', { user: { read: 'all' } });
  const inviter = await newRole('Inviter', {
    user: { read: 'all', create: 'all', update: 'all' },
    role: { read: 'all' },
  });
  const inviting = (await north.as(inviter.key, 'inviter')).api;
  const inviteAs = async (by: Client, email: string) => {
    const { status, body } = await by('POST', '/api/v1/invitations', { email, name: 'Guest', role_ids: [little.id] });
    assert.equal(status, 201, JSON.stringify(body));
    return { token: tokenOf(body.link), user_id: body.user.id as string };
  };
  const [viewer] = await roleIds('viewer');
  const giveRole = async (by: Client, user_id: string, id = viewer!) =>
    assert.equal((await by('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [little.id, id] })).status, 200);
  const team = (await api('POST', '/api/v1/teams', { name: 'Guests' })).body.id;
  const join = async (by: Client, user_id: string) =>
    assert.equal((await by('PUT', `/api/v1/teams/${team}/members/${user_id}`)).status, 200);

  const raised = await inviteAs(inviting, 'raised@people.example');
  await giveRole(api, raised.user_id);
  assert.equal((await accept(raised.token)).status, 410, 'the inviter may less than the account');
  const delivery = `/api/v1/invitations/${raised.user_id}/delivery`;
  assert.equal((await inviting('POST', delivery)).status, 403);
  assert.equal((await accept(tokenOf((await api('POST', delivery)).body.link))).status, 200);

  // Whoever manages teams need not be allowed to change users.
  const teams = await newRole('Teams', { team: { read: 'all', update: 'all' }, user: { read: 'all' } });
  const joined = await inviteAs(inviting, 'joined@people.example');
  await join((await north.as(teams.key, 'teams')).api, joined.user_id);
  assert.equal((await accept(joined.token)).status, 410);

  const kept = await inviteAs(api, 'kept@people.example');
  await giveRole(api, kept.user_id);
  await join(api, kept.user_id);
  assert.equal((await accept(kept.token)).status, 200, 'whoever invited may give more');
});

test('the link of an account works no more when its role is given more than whoever invited has', async () => {
  const { api } = await north.as('admin');
  const newRole = async (name: string, rights: object) => (await api('POST', '/api/v1/roles', { name, rights })).body;
  const narrow = await newRole('Narrow', { tag: { read: 'all' } });
  const inviter = await newRole('Hosting', {
    user: { read: 'all', create: 'all' },
    role: { read: 'all' },
    tag: { read: 'all' },
    product: { read: 'all' },
  });
  const hosting = (await north.as(inviter.key, 'host')).api;
  const inviteAs = async (by: Client, email: string) => {
    const { status, body } = await by('POST', '/api/v1/invitations', { email, name: 'Guest', role_ids: [narrow.id] });
    assert.equal(status, 201, JSON.stringify(body));
    return tokenOf(body.link);
  };
  const widen = async (rights: object) =>
    assert.equal((await api('PATCH', `/api/v1/roles/${narrow.id}`, { rights })).status, 200);
  const [early, late] = [
    await inviteAs(hosting, 'early@people.example'),
    await inviteAs(hosting, 'late@people.example'),
  ];
  const other = (await north.as('admin', 'Other admin')).api;
  const byOther = await inviteAs(other, 'other@people.example');
  const byKey = await inviteAs((await north.as('admin', 'Key')).api, 'key@people.example');
  await widen({ tag: { read: 'all' }, product: { read: 'all' } });
  assert.equal((await accept(early)).status, 200, 'the host has that too');
  await widen({ tag: { read: 'all' }, product: { read: 'all' }, contact: { read: 'all' } });
  assert.equal((await accept(late)).status, 410, 'the host may less than the account');
  for (const token of [byOther, byKey]) assert.equal((await accept(token)).status, 200);
});

test('a link works no more when whoever sent it may less than the account by now, or nothing at all', async () => {
  const { api } = await north.as('admin');
  const newRole = async (name: string, rights: object) => (await api('POST', '/api/v1/roles', { name, rights })).body;
  const reading = { contact: { read: 'all' } };
  const guest = await newRole('Contact reader', reading);
  const inviting = { user: { read: 'all', create: 'all' }, role: { read: 'all' } };
  const inviter = async (name: string) => {
    const role = await newRole(name, { ...inviting, ...reading });
    const { api: by, user_id } = await north.as(role.key, name);
    const email = `${name}.guest@people.example`;
    const made = await by('POST', '/api/v1/invitations', { email, name, role_ids: [guest.id] });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return { role, user_id, token: tokenOf(made.body.link) };
  };
  const [kept, narrowed, disabled, blinded] = [
    await inviter('kept'),
    await inviter('narrowed'),
    await inviter('disabled'),
    await inviter('blinded'),
  ];
  assert.equal((await api('PATCH', `/api/v1/roles/${narrowed.role.id}`, { rights: inviting })).status, 200);
  assert.equal((await api('POST', `/api/v1/users/${disabled.user_id}/deactivation`)).status, 200);
  for (const { token } of [narrowed, disabled]) {
    const shown = await openBrowser(app.url).send('POST', '/api/v1/invitations/lookup', { token });
    assert.deepEqual([shown.status, (await accept(token)).status], [410, 410]);
  }
  assert.equal((await accept(kept.token)).status, 200);
  const field = { resource: 'contact', key: 'salary', label: 'Salary', type: 'integer', visible_to: [] };
  const { id } = (await api('POST', '/api/v1/custom-fields', field)).body;
  const shown = await api('PATCH', `/api/v1/custom-fields/${id}`, { visible_to: [guest.id] });
  assert.equal(shown.status, 200, JSON.stringify(shown.body));
  assert.equal((await accept(blinded.token)).status, 410, 'the account sees a field that its inviter does not');
});

test('an invitation that waits for the mail server is not sent when somebody else gives the account more', async (t) => {
  const busy = Object.assign(new Error('Come back later'), { responseCode: 451 });
  const mail = await withMail(t, { onRcptTo: (_address, _session, done) => done(busy) });
  const { user } = (await mail.inviteByMail('Ned', 'ned@people.example')).body;
  const state = async () => (await mail.api('GET', '/api/v1/jobs?kind=invitation')).body.data[0];
  await eventually(async () => (await state()).error !== null);
  const team = (await mail.api('POST', '/api/v1/teams', { name: 'Waiting' })).body.id;
  const path = `/api/v1/teams/${team}/members/${user.id}`;
  assert.equal((await mail.api('PUT', path)).status, 200);
  assert.notEqual((await state()).state, 'cancelled', 'by whoever invited');
  assert.equal((await mail.colleague('PUT', path)).status, 200);
  assert.equal((await state()).state, 'cancelled');
});

test('nobody is invited whose access would have ended already', async () => {
  const { api } = await north.as('admin');
  const until = async (access_until: string) =>
    api('POST', '/api/v1/invitations', {
      email: 'ended@people.example',
      name: 'Ended',
      role_ids: await roleIds('contractor'),
      access_until,
    });
  const { status, body } = await until(new Date(Date.now() - 60_000).toISOString());
  assert.deepEqual(
    [status, body.errors[0].field, body.errors[0].message],
    [422, 'access_until', 'Choose a time in the future'],
  );
  assert.equal((await until(new Date(Date.now() + 60_000).toISOString())).status, 201);
});

test('whoever accepts while the account is disabled locks nothing that is wanted for that', async () => {
  const { body } = await invite('lee@people.example', 'viewer');
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query(`update user_account set status = 'disabled' where id = $1`, [body.user.id]);
    const accepted = accept(tokenOf(body.link));
    await eventually(async () => (await countBlocked(other)) > 0);
    await other.query('select from one_time_token where user_id = $1 for update nowait', [body.user.id]);
    await other.query('commit');
    assert.equal((await accepted).status, 410);
  } finally {
    await other.end();
  }
});

test('an invitation that is sent again while its account is deleted locks nothing that is wanted for that', async () => {
  const { api } = await north.as('admin');
  const { body } = await invite('max@people.example', 'viewer');
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query('select from user_account where id = $1 for update', [body.user.id]);
    const sent = api('POST', `/api/v1/invitations/${body.user.id}/delivery`);
    await eventually(async () => (await countBlocked(other)) > 0);
    await other.query('select from one_time_token where user_id = $1 for update nowait', [body.user.id]);
    await other.query('commit');
    assert.equal((await sent).status, 200);
  } finally {
    await other.end();
  }
});
