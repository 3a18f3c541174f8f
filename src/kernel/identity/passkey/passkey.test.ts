import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { TOTP } from 'otpauth';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import {
  asOwner,
  auditOf,
  type Browser,
  goodPassword,
  makePerson,
  openBrowser,
  signedIn,
} from '../../../../test/harness/identity.ts';

const origin = 'https://crm.example';
const rp_id = 'crm.example';
const fromPage = { origin };

let app: TestApp;
let north: TestTenant;
before(async () => {
  app = await startTestApp({ PUBLIC_URL: origin });
  north = await app.tenant('north');
});
after(() => app.stop());

const flag = { present: 0x01, verified: 0x04, attested: 0x40 };

/** A security key in software (WebAuthn level 2): one ES256 credential, with a counter. */
class Authenticator {
  readonly id = randomBytes(32);
  private readonly privateKey: KeyObject;
  private readonly cosePublicKey: Uint8Array;
  counter = 0;
  userHandle = '';
  flags = flag.present | flag.verified;
  origin = origin;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    this.privateKey = privateKey;
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
    this.cosePublicKey = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(x!)],
        [-3, bytes(y!)],
      ]),
    );
  }

  register({ challenge, user }: { challenge: string; user: { id: string } }) {
    this.userHandle = user.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.id, this.cosePublicKey]);
    const authData = new Uint8Array(Buffer.concat([this.head(this.flags | flag.attested), credential]));
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    const attestationObject = Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url');
    const clientDataJSON = this.clientData('webauthn.create', challenge).toString('base64url');
    return this.credential({ clientDataJSON, attestationObject, transports: ['internal'] });
  }

  answer({ challenge }: { challenge: string }) {
    this.counter++;
    const authenticatorData = this.head(this.flags);
    const clientData = this.clientData('webauthn.get', challenge);
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
    return this.credential({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.privateKey).toString('base64url'),
      userHandle: this.userHandle,
    });
  }

  private head(flags: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([createHash('sha256').update(rp_id).digest(), Buffer.from([flags]), counter]);
  }

  private clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  private credential(response: object) {
    const id = this.id.toString('base64url');
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }
}

async function register(browser: Browser, key = new Authenticator(), more: object = {}) {
  const { body } = await browser.send('POST', '/api/v1/passkeys/options', {}, fromPage);
  const kept = await browser.send(
    'POST',
    '/api/v1/passkeys',
    { response: key.register(body.options), ...more },
    fromPage,
  );
  return { key, kept, options: body.options };
}

async function challenge() {
  const { body } = await openBrowser(app.url).send('POST', '/api/v1/sign-in/passkey/options', undefined, fromPage);
  return body.options;
}

async function signIn(response: object) {
  const browser = openBrowser(app.url);
  return { browser, answer: await browser.send('POST', '/api/v1/sign-in/passkey', { response }, fromPage) };
}

test('client data without a challenge is a failed sign-in', async () => {
  for (const data of [{ challenge: 5 }, {}, null]) {
    const clientDataJSON = Buffer.from(JSON.stringify(data)).toString('base64url');
    const { answer } = await signIn({ ...new Authenticator().answer({ challenge: '' }), response: { clientDataJSON } });
    assert.deepEqual([answer.status, answer.body.code], [401, 'sign_in_failed'], JSON.stringify(data));
  }
});

test('a passkey is registered, listed, signs in without a password, and is removed', async () => {
  const ann = await makePerson(app, north, 'Ann Lee');
  const browser = await signedIn(app, ann);
  const { key, kept, options } = await register(browser);
  assert.equal(kept.status, 201, JSON.stringify(kept.body));
  assert.equal(kept.body.name, 'Chrome 141, Windows');
  assert.equal(options.authenticatorSelection.userVerification, 'required');
  const entered = await signIn(key.answer(await challenge()));
  assert.equal(entered.answer.body.outcome, 'signed_in', JSON.stringify(entered.answer.body));
  assert.equal(entered.answer.body.session.user.id, ann.user_id);
  const { body: list } = await entered.browser.send('GET', '/api/v1/passkeys');
  assert.ok(Date.now() - Date.parse(list.data[0].last_used_at) < 10_000);
  const removed = await browser.send('POST', `/api/v1/passkeys/${kept.body.id}/removal`, {}, fromPage);
  assert.equal(removed.status, 204);
  assert.equal((await signIn(key.answer(await challenge()))).answer.status, 401);
  const notices = await asOwner(
    app,
    `select payload ->> 'what' as what from job where kind = 'security_notice' order by id`,
  );
  assert.deepEqual(notices, [{ what: 'passkey_added' }, { what: 'passkey_removed' }]);
});

test('a challenge works once and an answer cannot be replayed', async () => {
  const { key } = await register(await signedIn(app, await makePerson(app, north, 'Ben Ode')));
  const response = key.answer(await challenge());
  const results = await Promise.all([signIn(response), signIn(response)]);
  assert.deepEqual(results.map(({ answer }) => answer.status).sort(), [200, 401]);
  assert.equal((await signIn(key.answer({ challenge: randomBytes(32).toString('base64url') }))).answer.status, 401);
});

test('an answer from another site, without its person, or by another key is refused', async () => {
  const { key } = await register(await signedIn(app, await makePerson(app, north, 'Cy Tan')));
  key.origin = 'https://crm.example.evil.example';
  assert.equal((await signIn(key.answer(await challenge()))).answer.status, 401);
  key.origin = origin;
  key.flags = flag.present;
  assert.equal((await signIn(key.answer(await challenge()))).answer.status, 401);
  key.flags = flag.present | flag.verified;
  const forged = new Authenticator();
  const answer = {
    ...forged.answer(await challenge()),
    id: key.id.toString('base64url'),
    rawId: key.id.toString('base64url'),
  };
  assert.equal((await signIn(answer)).answer.status, 401);
  assert.equal((await signIn(key.answer(await challenge()))).answer.status, 200, 'the true one still works');
});

test('a counter that runs backwards betrays a copy', async () => {
  const dee = await makePerson(app, north, 'Dee Kay');
  const { key } = await register(await signedIn(app, dee));
  key.counter = 10;
  assert.equal((await signIn(key.answer(await challenge()))).answer.status, 200);
  key.counter = 5;
  assert.equal((await signIn(key.answer(await challenge()))).answer.status, 401);
  const failure = (await auditOf(app, north)).findLast(({ action }) => action === 'sign_in_failed')!;
  assert.deepEqual([failure.record_id, failure.after], [dee.user_id, { method: 'passkey' }]);
});

test("a registration cannot be finished by somebody else, nor claim another's passkey", async () => {
  const eve = await signedIn(app, await makePerson(app, north, 'Eve Moe'));
  const fay = await signedIn(app, await makePerson(app, north, 'Fay Roe'));
  const { body } = await eve.send('POST', '/api/v1/passkeys/options', {}, fromPage);
  const stolen = await fay.send(
    'POST',
    '/api/v1/passkeys',
    { response: new Authenticator().register(body.options) },
    fromPage,
  );
  assert.equal(stolen.body.errors[0].code, 'passkey_refused');
  const { key, kept } = await register(eve);
  assert.equal((await register(fay, key)).kept.status, 422);
  const removal = `/api/v1/passkeys/${kept.body.id}/removal`;
  assert.equal((await fay.send('POST', removal, {}, fromPage)).status, 404);
});

test('whoever finds a browser open cannot add a passkey without the password', async () => {
  const gus = await makePerson(app, north, 'Gus Poe');
  const browser = await signedIn(app, gus);
  await asOwner(app, `update session set created_at = now() - interval '11 minutes' where user_id = $1`, [gus.user_id]);
  const begin = (body: object) => browser.send('POST', '/api/v1/passkeys/options', body, fromPage);
  assert.equal((await begin({})).body.code, 'confirmation_needed');
  assert.equal((await begin({ password: goodPassword })).status, 200);
});

test('where a second factor is required, the password alone adds no app beside a passkey', async () => {
  const tenant = await app.tenant('strict');
  const { api } = await tenant.as('admin');
  const ivy = await makePerson(app, tenant, 'Ivy Key');
  const { key } = await register(await signedIn(app, ivy));
  // Begun before the passkey was there, and so that the thief has its secret.
  const early = await signedIn(app, ivy);
  const begun = await early.send('POST', '/api/v1/second-factor/setup', {}, fromPage);
  const code = () => new TOTP({ secret: begun.body.secret }).generate();
  assert.equal((await api('PATCH', '/api/v1/tenant', { second_factor_required: true })).status, 200);

  const thief = await signedIn(app, ivy);
  for (const [path, body] of [
    ['setup', {}],
    ['confirmation', { code: code() }],
  ] as const) {
    const refused = await thief.send('POST', `/api/v1/second-factor/${path}`, body, fromPage);
    assert.deepEqual([refused.status, refused.body.code], [403, 'passkey_needed'], JSON.stringify(refused.body));
  }
  assert.equal((await thief.send('GET', '/api/v1/contacts')).status, 403);

  const { browser } = await signIn(key.answer(await challenge()));
  const own = await browser.send('POST', '/api/v1/second-factor/confirmation', { code: code() }, fromPage);
  assert.equal(own.status, 201, JSON.stringify(own.body));
});

test('an administrator removes the passkeys of somebody who lost them, so that they can set up anew', async () => {
  const tenant = await app.tenant('lost');
  const { api } = await tenant.as('admin');
  const joe = await makePerson(app, tenant, 'Joe Lost');
  const { key } = await register(await signedIn(app, joe));
  assert.equal((await api('PATCH', '/api/v1/tenant', { second_factor_required: true })).status, 200);
  const path = `/api/v1/users/${joe.user_id}/second-factor`;
  assert.equal((await api('DELETE', path)).status, 204);
  assert.equal((await signIn(key.answer(await challenge()))).answer.status, 401);
  const browser = await signedIn(app, joe);
  assert.equal((await browser.send('POST', '/api/v1/second-factor/setup', {}, fromPage)).status, 201);
  assert.equal((await api('DELETE', path)).status, 204, 'a set-up that was begun');
  assert.equal((await api('DELETE', path)).status, 404);
});

test('nonsense in place of an answer is refused, not a failure of ours', async () => {
  const nonsense = {
    id: 'x',
    rawId: 'x',
    type: 'public-key',
    response: { clientDataJSON: '%%%' },
    clientExtensionResults: {},
  };
  assert.equal((await signIn(nonsense)).answer.status, 401);
  const browser = await signedIn(app, await makePerson(app, north, 'Hal Fox'));
  assert.equal((await browser.send('POST', '/api/v1/passkeys', { response: nonsense }, fromPage)).status, 422);
});

test('of registrations that were begun at once no more are finished than somebody may have', async () => {
  const kim = await makePerson(app, north, 'Kim Full');
  const browser = await signedIn(app, kim);
  const begin = async () => (await browser.send('POST', '/api/v1/passkeys/options', {}, fromPage)).body.options;
  const begun = [];
  for (let n = 0; n < 3; n++) begun.push(await begin());
  await asOwner(
    app,
    `insert into passkey (tenant_id, user_id, name, credential_id, public_key, sign_count, transports, backed_up)
      select tenant_id, id, 'Old ' || n, decode(md5(n::text), 'hex'), '\\x00', 0, '{}', false from user_account, generate_series(1, 18) n
        where id = $1`,
    [kim.user_id],
  );
  const answers = await Promise.all(
    begun.map((options) =>
      browser.send('POST', '/api/v1/passkeys', { response: new Authenticator().register(options) }, fromPage),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 409]);
});
