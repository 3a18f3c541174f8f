import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TOTP } from 'otpauth';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../test/harness/app.ts';
import { asOwner, goodPassword, makePerson, openBrowser, signedIn } from '../test/harness/identity.ts';
import { type MailSink, startMailSink } from './kernel/mail/sink.ts';
import { parseMasterKeys } from './kernel/vault/master-key.ts';
import { sealedKeyVersion } from './kernel/vault/seal.ts';
import { openKeyRing, openMailer, takeKeys } from './secrets.ts';

const [first, second] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
let app: TestApp;
let tenant: TestTenant;
let folder: string;
let sinks: MailSink[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-secrets-'));
  sinks = [await startMailSink(), await startMailSink()];
  await writeFile(join(folder, 'key'), first);
  await writeFile(join(folder, 'smtp'), sinks[0]!.url);
  app = await startTestApp({ HOLDFAST_KEY_FILE: join(folder, 'key'), SMTP_URL_FILE: join(folder, 'smtp') });
  tenant = await app.tenant('north');
});
after(async () => {
  await app.stop();
  for (const sink of sinks) await sink.close();
  await rm(folder, { recursive: true });
});

/**
 * Somebody whose second factor is sealed now; answers what it takes to use it, and the version of the key that sealed
 * it.
 */
async function withSecondFactor(name: string) {
  const person = await makePerson(app, tenant, name);
  const browser = await signedIn(app, person);
  const { secret } = (await browser.send('POST', '/api/v1/second-factor/setup', {})).body;
  const totp = new TOTP({ secret });
  const code = (steps: number) => totp.generate({ timestamp: Date.now() + steps * 30_000 });
  assert.equal((await browser.send('POST', '/api/v1/second-factor/confirmation', { code: code(-1) })).status, 201);
  const [row] = (await asOwner(app, 'select sealed_secret from user_totp where user_id = $1', [person.user_id])) as [
    { sealed_secret: Buffer },
  ];
  return { ...person, code, version: sealedKeyVersion(row.sealed_secret) };
}

const current = () => app.app.services.keyRing.current;

test('a new key in front of the old one writes at once, what the old one sealed and signed still holds, and nothing is restarted', async () => {
  const { api } = await tenant.as('admin');
  for (const name of ['A', 'B']) await api('POST', '/api/v1/companies', { name });
  const page = (await api('GET', '/api/v1/companies?limit=1')).body;
  const ann = await withSecondFactor('Ann Lee');
  assert.equal(ann.version, 1);

  await writeFile(join(folder, 'key'), `2:${second},1:${first}\n`);
  await eventually(async () => current() === 2);
  assert.equal((await withSecondFactor('Bo Ek')).version, 2);
  const browser = openBrowser(app.url);
  const { challenge } = (await browser.send('POST', '/api/v1/sign-in', { email: ann.email, password: goodPassword }))
    .body;
  const passed = await browser.send('POST', '/api/v1/sign-in/second-factor', { challenge, code: ann.code(0) });
  assert.equal(passed.body.outcome, 'signed_in', JSON.stringify(passed.body));
  const next = await api('GET', `/api/v1/companies?limit=1&cursor=${page.next_cursor}`);
  assert.equal(next.body.data[0].name, 'B');
});

test('a list that forgets a key, or holds another one in its place, changes nothing', () => {
  const keyRing = openKeyRing(parseMasterKeys(`2:${second},1:${first}`));
  const before = { ...keyRing };
  for (const wrong of [`2:${second}`, `3:${second},2:${second}`, `2:${first},1:${first}`])
    assert.throws(() => takeKeys({ keyRing }, parseMasterKeys(wrong)), /keep it in the list/, wrong);
  assert.deepEqual({ ...keyRing }, before);
});

const has = (sink: MailSink, address: string) => sink.messages().some(({ to }) => to.includes(address));

test('another mail server takes over without a restart', async () => {
  const { api } = await tenant.as('admin');
  const role_id = (await api('GET', '/api/v1/roles')).body.data[0].id;
  const invite = (email: string) => api('POST', '/api/v1/invitations', { email, name: 'New', role_ids: [role_id] });
  assert.equal((await invite('one@x.example')).status, 201);
  await eventually(async () => has(sinks[0]!, 'one@x.example'));
  await writeFile(join(folder, 'smtp'), sinks[1]!.url);
  await eventually(async () => app.app.services.config.SMTP_URL === sinks[1]!.url);
  await invite('two@x.example');
  await eventually(async () => has(sinks[1]!, 'two@x.example'));
  assert.equal(has(sinks[0]!, 'two@x.example'), false);
});

test('that stores are reached without TLS does not let mail go to another machine without it', async (t) => {
  const { config, log, outgoing } = app.app.services;
  const sink = await startMailSink();
  t.after(() => sink.close());
  const sends = async (settings: object): Promise<boolean> => {
    // 0.0.0.0 reaches the sink on this machine, but is not one of the addresses known to be local.
    const url = sink.url.replace('127.0.0.1', '0.0.0.0');
    const mailer = openMailer({ ...config, SMTP_URL: url, ...settings }, log, outgoing);
    const sent = mailer.send({ to: 'anna@example.com', subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' });
    return sent
      .then(
        () => true,
        () => false,
      )
      .finally(() => mailer.close());
  };
  assert.deepEqual(
    [await sends({ ALLOW_PLAINTEXT: true }), await sends({ SMTP_ALLOW_PLAINTEXT: true })],
    [false, true],
  );
});
