import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TOTP } from 'otpauth';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { asOwner, auditOf, goodPassword, makePerson, signedIn } from '../../../test/harness/identity.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { type MailSink, startMailSink } from '../mail/sink.ts';

let app: TestApp;
let sink: MailSink;
let north: TestTenant;
before(async () => {
  sink = await startMailSink();
  app = await startTestApp({ SMTP_URL: sink.url });
  north = await app.tenant('north');
});
after(async () => {
  await app.stop();
  await sink.close();
});

/** The mails to an address, once there are as many of them. */
const mailsTo = (address: string, count: number) =>
  eventually(async () => {
    const found = sink.messages().filter(({ to }) => to.includes(address));
    return found.length >= count && found.map(({ subject }) => subject);
  });

test('whoever has a password, a second factor or a key changed hears of it, and it is in the audit', async () => {
  const person = await makePerson(app, north, 'Ann Lee', 'admin');
  const browser = await signedIn(app, person);
  const send = async (method: string, path: string, body?: object) => {
    const answer = await browser.send(method, `/api/v1/${path}`, body);
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
    return answer.body;
  };
  const password = 'nine purple umbrellas';
  await send('PUT', 'password', { current_password: goodPassword, password });
  const { secret } = await send('POST', 'second-factor/setup', { password });
  await send('POST', 'second-factor/confirmation', { code: new TOTP({ secret }).generate() });
  await send('POST', 'second-factor/removal', { password });
  const role_id = (await send('GET', 'roles')).data[0].id;
  await send('POST', 'api-keys', { name: 'Robot', role_id });
  assert.deepEqual((await mailsTo(person.email, 4)).sort(), [
    'A second factor was added to your account',
    'An API key was made in your name',
    'The second factor was removed from your account',
    'Your password was changed',
  ]);
  const [mail] = sink.messages();
  assert.match(mail!.text, /This happened in north on .* UTC\..*If it was not.*\/settings\/security/s);
  const told = (await auditOf(app, north)).map(({ resource, action }) => `${resource} ${action}`);
  for (const event of ['password update', 'totp create', 'totp delete', 'api_key create'])
    assert.ok(told.includes(event), `${event} in ${told}`);
});

test('a changed address is told to the old one, and to nobody else', async () => {
  const { api } = await north.as('admin');
  const { user_id, email } = await makePerson(app, north, 'Bo Ek');
  const change = (body: object) => api('PATCH', `/api/v1/users/${user_id}`, body);
  assert.equal((await change({ name: 'Bo Ekman' })).status, 200);
  assert.equal((await change({ email })).status, 200);
  assert.equal((await change({ email: 'thief@elsewhere.example' })).status, 200);
  assert.deepEqual(await mailsTo(email, 1), ['Your e-mail address was changed']);
  // The new one is asked whose it is, and told nothing else.
  assert.deepEqual(await mailsTo('thief@elsewhere.example', 1), ['Confirm your e-mail address']);
});

test('without a mail server nothing waits and nothing fails', async (t) => {
  const quiet = await startTestApp();
  t.after(() => quiet.stop());
  const tenant = await quiet.tenant('south');
  const person = await makePerson(quiet, tenant, 'Cy Tan');
  const browser = await signedIn(quiet, person);
  const body = { current_password: goodPassword, password: 'nine purple umbrellas' };
  assert.equal((await browser.send('PUT', '/api/v1/password', body)).status, 204);
  await eventually(async () => {
    const jobs = (await asOwner(quiet, `select state from job where kind = 'security_notice'`)) as { state: string }[];
    return jobs.length === 1 && jobs[0]!.state === 'done';
  });
});

test('the mail is in the language of the person', async () => {
  const person = await makePerson(app, north, 'Gerda Gruber', 'admin');
  const browser = await signedIn(app, person);
  assert.equal((await browser.send('PATCH', '/api/v1/profile', { locale: 'de' })).status, 200);
  const password = 'neun violette Schirme';
  assert.ok((await browser.send('PUT', '/api/v1/password', { current_password: goodPassword, password })).status < 300);
  assert.deepEqual(await mailsTo(person.email, 1), ['Ihr Passwort wurde geändert']);
  const mail = sink.messages().find(({ to }) => to.includes(person.email));
  assert.match(mail!.text, /Das geschah in north am \d+\. \p{L}+ \d{4} um [\d:]+ UTC\./u);
});

test('whoever made the change cannot stop the mail that tells of it', async (t) => {
  // Without a worker the mails wait.
  const cut = await startTestApp({ HOLDFAST_ROLE: 'web' });
  t.after(() => cut.stop());
  const tenant = await cut.tenant('west');
  const { api } = await tenant.as('admin');
  const { user_id } = await makePerson(cut, tenant, 'Di Ray');
  const email = 'thief@elsewhere.example';
  assert.equal((await api('PATCH', `/api/v1/users/${user_id}`, { email })).status, 200);
  for (const kind of ['security_notice', 'email_confirmation']) {
    const [job] = (await api('GET', `/api/v1/jobs?kind=${kind}&state=ready`)).body.data;
    const stopped = await api('POST', `/api/v1/jobs/${job.id}/cancellation`);
    assert.equal(stopped.status, 409, `${kind}: ${JSON.stringify(stopped.body)}`);
    assert.equal((await api('GET', `/api/v1/jobs/${job.id}`)).body.cancel_requested, false);
  }
});

test('an address that is none is not taken from the command line; one that was is still told of its change', async () => {
  const { api } = await north.as('admin');
  const { user_id } = await makePerson(app, north, 'Lo Cal');
  await asOwner(app, `update user_account set email = 'lo@localhost' where id = $1`, [user_id]);
  assert.equal((await api('PATCH', `/api/v1/users/${user_id}`, { email: 'lo@people.example' })).status, 200);
  assert.deepEqual(await mailsTo('lo@localhost', 1), ['Your e-mail address was changed']);

  const environment = {
    DATABASE_URL: app.database.ownerUrl,
    HOLDFAST_DATA: app.app.services.config.HOLDFAST_DATA,
    HOLDFAST_KEY: testKey(),
  };
  const made = ['user', 'create', '--tenant', 'north', '--name', 'Ada', '--email', 'ada.people.example'];
  await assert.rejects(holdfast(made, environment), { code: 2, stderr: /--email .*such as name@example\.com/ });
});
