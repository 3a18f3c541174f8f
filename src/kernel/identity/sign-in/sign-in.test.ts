import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import {
  asOwner,
  auditOf,
  goodPassword,
  makePerson,
  openBrowser,
  signedIn,
} from '../../../../test/harness/identity.ts';
import { systemActor, withContext } from '../../tenancy/context.ts';
import { createSignInLink } from '../index.ts';

/** Each may be tried ten times before attempts are refused. */
const people_max = 10;

let app: TestApp;
let north: TestTenant;
before(async () => {
  app = await startTestApp();
  north = await app.tenant('north');
});
after(() => app.stop());

const attempt = (email: string, password: string, more: object = {}) =>
  openBrowser(app.url).send('POST', '/api/v1/sign-in', { email, password, ...more });

test('a password signs in, and the session says who one is and what one may', async () => {
  const ann = await makePerson(app, north, 'Ann Lee', 'viewer');
  const browser = openBrowser(app.url);
  const answer = await browser.send('POST', '/api/v1/sign-in', {
    email: ' ANN.lee@people.example',
    password: goodPassword,
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.body.outcome, 'signed_in');
  const session = await browser.send('GET', '/api/v1/session');
  assert.deepEqual(session.body, answer.body.session);
  assert.equal(session.body.user.id, ann.user_id);
  assert.equal(session.body.tenant.name, 'north');
  assert.equal(session.body.rights.contact.read, 'all');
  assert.equal(session.body.rights.contact.update, undefined);
});

test('an unknown address, a wrong password and a wrong workspace get one and the same answer', async () => {
  const { email } = await makePerson(app, north, 'Ben Ode');
  const answers = await Promise.all([
    attempt('nobody@people.example', goodPassword),
    attempt(email, 'not the password'),
    attempt(email, goodPassword, { workspace: 'south' }),
  ]);
  for (const answer of answers) {
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('set-cookie'), null);
    const { request_id: _, ...body } = answer.body;
    const { request_id: __, ...first } = answers[0]!.body;
    assert.deepEqual(body, first);
  }
});

test('an unknown address takes as long as a wrong password', async () => {
  const took = async (address: string) => {
    const start = performance.now();
    assert.equal((await attempt(address, 'not the password')).status, 401);
    return performance.now() - start;
  };
  await took('warm-up@people.example');
  // In turns, and the quickest of each: what else the machine does only ever makes one slower. A busy machine needs
  // more of them; without the comparison of a hash the unknown address would be several times faster however often one
  // tried.
  let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let person = 0; person < people_max; person++) {
    const { email } = await makePerson(app, north, `Cy Tan ${person}`);
    for (let i = 0; i < 8; i++) {
      known = Math.min(known, await took(email));
      unknown = Math.min(unknown, await took(`never-seen-${person}@people.example`));
    }
    if (unknown > known / 2 && unknown < known * 2) return;
  }
  assert.fail(`known ${known} ms, unknown ${unknown} ms`);
});

test('the tenth attempt on an account from one address is the last, known or not, right or wrong', async () => {
  const { email } = await makePerson(app, north, 'Dee Kay');
  for (const address of [email, 'ghost@people.example']) {
    for (let i = 0; i < 10; i++) assert.equal((await attempt(address, 'not the password')).status, 401);
    const refused = await attempt(address, goodPassword);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
  }
});

test('of several workspaces the one named is entered, else the one used last', async () => {
  const south = await app.tenant('south');
  const one = await makePerson(app, north, 'Eve Moe');
  const other = await makePerson(app, south, 'Eve Moe');
  assert.equal(one.email, other.email);
  const named = await attempt(one.email, goodPassword, { workspace: 'South' });
  assert.equal(named.body.session.user.id, other.user_id);
  const last = await attempt(one.email, goodPassword);
  assert.equal(last.body.session.tenant.name, 'south');
});

test('an address given to somebody in another workspace takes nothing from whoever has confirmed it', async () => {
  const west = await app.tenant('west');
  const victim = await makePerson(app, north, 'Lea Lux');
  const intruder = await makePerson(app, west, 'Max Mal');
  const west_password = 'other yellow tractors';
  const browser = await signedIn(app, intruder);
  const changed = await browser.send('PUT', '/api/v1/password', {
    current_password: goodPassword,
    password: west_password,
  });
  assert.equal(changed.status, 204);
  const { api } = await west.as('admin');
  const moved = await api('PATCH', `/api/v1/users/${intruder.user_id}`, { email: victim.email.toUpperCase() });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  // Signed in later than the victim ever did.
  const named = await attempt(victim.email, west_password, { workspace: 'west' });
  assert.equal(named.body.session.user.id, intruder.user_id);
  const own = await attempt(victim.email, goodPassword);
  assert.equal(own.body.session?.user.id, victim.user_id, JSON.stringify(own.body));
  assert.equal(
    (await attempt(victim.email, west_password)).status,
    401,
    'an address nobody confirmed needs the workspace',
  );
});

test('one who belongs to several workspaces enters the one whose password it is', async () => {
  const east = await app.tenant('east');
  const here = await makePerson(app, north, 'Nina Nord');
  const there = await makePerson(app, east, 'Nina Nord');
  const east_password = 'other yellow tractors';
  const browser = openBrowser(app.url);
  await browser.send('POST', '/api/v1/sign-in', { email: here.email, password: goodPassword, workspace: 'east' });
  await browser.send('PUT', '/api/v1/password', { current_password: goodPassword, password: east_password });
  for (const [password, person] of [
    [goodPassword, here],
    [east_password, there],
  ] as const)
    assert.equal((await attempt(here.email, password)).body.session?.user.id, person.user_id);
});

test('all spellings of an address that open an account share its attempts, whatever the letters', async () => {
  const { email } = await makePerson(app, north, 'Lili Sikk');
  const [name, domain] = email.split('@');
  // Every letter that the look-up takes for one of these, and the ASCII ones.
  const found = (await asOwner(
    app,
    `select lower(chr(c)) as letter, array_agg(chr(c)) as spellings from generate_series(65, 65500) c
     where c not between 55296 and 57343 and lower(chr(c)) = any ($1) group by 1`,
    [[...new Set(name!.replace(/[^a-z]/g, ''))]],
  )) as { letter: string; spellings: string[] }[];
  const spellings = new Map(found.map((row) => [row.letter, row.spellings]));
  const written = fc.tuple(...[...name!].map((c) => fc.constantFrom(...(spellings.get(c) ?? [c]))));
  const statuses: number[] = [];
  for (const letters of fc.sample(written, 40)) {
    const { status } = await attempt(`${letters.join('')}@${domain}`, 'not the password');
    statuses.push(status);
    if (status === 429) break;
  }
  assert.deepEqual(statuses, [...Array(10).fill(401), 429]);
  assert.equal((await attempt(email, goodPassword)).status, 429);
});

test('behind a proxy an address is understood however it is written, and a network counts as one client', async (t) => {
  const behind = await startTestApp({ TRUST_PROXY: '127.0.0.1' });
  t.after(() => behind.stop());
  const tenant = await behind.tenant();
  const { email } = await makePerson(behind, tenant, 'Pia Proxy');
  const from = (address: string, password: string, browser = openBrowser(behind.url)) =>
    browser.send('POST', '/api/v1/sign-in', { email, password }, { 'x-forwarded-for': address });
  const written: [string, string | null][] = [
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:50123', '203.0.113.7'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', null],
  ];
  for (const [address, stored] of written) {
    const browser = openBrowser(behind.url);
    const answer = await from(address, goodPassword, browser);
    assert.equal(answer.status, 200, `${address}: ${JSON.stringify(answer.body)}`);
    const { data } = (await browser.send('GET', '/api/v1/sessions')).body;
    assert.equal(data.find(({ current }: { current: boolean }) => current).ip, stored, address);
    const headers = { 'x-forwarded-for': address };
    assert.equal((await browser.send('PATCH', '/api/v1/profile', { name: address }, headers)).status, 200, address);
  }
  const events = (await auditOf(behind, tenant)).filter(({ action }) => action === 'sign_in');
  assert.deepEqual(
    events.map(({ ip }) => ip),
    written.map(([, stored]) => stored),
  );

  const statuses: number[] = [];
  for (let i = 1; i <= 11; i++) statuses.push((await from(`2001:db8:1:2::${i}`, 'not the password')).status);
  assert.deepEqual(statuses, [...Array(10).fill(401), 429]);
  assert.equal((await from('2001:db8:1:3::1', 'not the password')).status, 401);
});

test('a page of another site can neither sign somebody in nor out', async () => {
  const { email } = await makePerson(app, north, 'Fay Roe');
  const browser = await signedIn(app, { user_id: '', email });
  for (const from of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
    const body = { email, password: goodPassword };
    assert.equal((await browser.send('POST', '/api/v1/sign-in', body, from)).body.code, 'csrf_refused');
    assert.equal((await browser.send('DELETE', '/api/v1/session', undefined, from)).body.code, 'csrf_refused');
  }
  const old = { 'sec-fetch-site': '', origin: 'https://evil.example' };
  assert.equal((await browser.send('POST', '/api/v1/sign-in', {}, old)).body.code, 'csrf_refused');
  assert.equal((await browser.send('GET', '/api/v1/session')).status, 200);
});

test('a cookie that was there before is worth nothing after signing in', async () => {
  const person = await makePerson(app, north, 'Gus Poe');
  const browser = openBrowser(app.url);
  browser.setCookie('planted-by-somebody-else');
  await browser.send('POST', '/api/v1/sign-in', { email: person.email, password: goodPassword });
  assert.notEqual(browser.cookie(), 'planted-by-somebody-else');
  const victim = browser.cookie();
  await browser.send('POST', '/api/v1/sign-in', { email: person.email, password: goodPassword });
  assert.notEqual(browser.cookie(), victim, 'each sign-in gets a token of its own');
  const thief = openBrowser(app.url);
  thief.setCookie('planted-by-somebody-else');
  assert.equal((await thief.send('GET', '/api/v1/session')).status, 401);
});

test('signing out ends the session at once, here and for whoever copied the cookie', async () => {
  const browser = await signedIn(app, await makePerson(app, north, 'Hal Fox'));
  const copy = openBrowser(app.url);
  copy.setCookie(browser.cookie()!);
  assert.equal((await copy.send('GET', '/api/v1/session')).status, 200);
  assert.equal((await browser.send('DELETE', '/api/v1/session')).status, 204);
  assert.equal(browser.cookie(), undefined);
  assert.equal((await copy.send('GET', '/api/v1/session')).status, 401);
});

test('a sign-in link works once, and not when it is too old', async () => {
  const { user_id } = await makePerson(app, north, 'Ida Lux');
  const link = (minutes?: number) =>
    withContext(app.app.services.db, systemActor(north.tenant_id), (ctx) =>
      createSignInLink(ctx, user_id, minutes === undefined ? {} : { minutes }),
    );
  const token = await link();
  const follow = (t: string) => openBrowser(app.url).send('POST', '/api/v1/sign-in/link', { token: t });
  const results = await Promise.all([follow(token), follow(token), follow(token)]);
  assert.deepEqual(results.map(({ status }) => status).sort(), [200, 410, 410]);
  assert.equal((await follow(await link(0))).body.code, 'link_expired');
  const older = await link();
  await link();
  assert.equal((await follow(older)).status, 410, 'a newer link replaces the one before');
});

test('the first sign-in takes over the time zone of the browser, later ones do not', async () => {
  const { user_id } = await makePerson(app, north, 'Tove Zone');
  const zoneAfter = async (zone: string) => {
    const token = await withContext(app.app.services.db, systemActor(north.tenant_id), (ctx) =>
      createSignInLink(ctx, user_id),
    );
    const { body } = await openBrowser(app.url).send('POST', '/api/v1/sign-in/link', { token }, { 'time-zone': zone });
    return body.session.user.time_zone;
  };
  await asOwner(app, 'update user_account set last_sign_in_at = null where id = $1', [user_id]);
  assert.equal(await zoneAfter('Asia/Tokyo'), 'Asia/Tokyo');
  assert.equal(await zoneAfter('Europe/Berlin'), 'Asia/Tokyo');
  await asOwner(app, 'update user_account set last_sign_in_at = null where id = $1', [user_id]);
  assert.equal(await zoneAfter('Mars/Olympus'), 'Asia/Tokyo', 'one that is none is passed over');
});

test('signing in, failing to and signing out leave events, none with a secret in it', async () => {
  const person = await makePerson(app, north, 'Jo Wren');
  await attempt(person.email, 'some wrong password');
  const browser = await signedIn(app, person);
  await browser.send('DELETE', '/api/v1/session');
  const events = await auditOf(app, north);
  const about = events.filter((e) => JSON.stringify(e).includes(person.user_id));
  const seen = about.map((e) => `${e.action} ${e.resource}`);
  for (const wanted of ['sign_in_failed user', 'sign_in session', 'sign_out session', 'create password'])
    assert.ok(seen.includes(wanted), `${wanted} is missing in ${seen}`);
  assert.ok(!seen.includes('update user'), 'a sign-in is one event');
  const failed = about.find((e) => e.action === 'sign_in_failed')!;
  assert.equal(failed.ip, '127.0.0.1');
  const everything = JSON.stringify(events);
  for (const secret of [goodPassword, 'some wrong password', '$argon2', browser.cookie() ?? '-none-'])
    assert.ok(!everything.includes(secret), `an event holds ${secret}`);
});

test('the sign-in page learns the ways in, and of nobody else', async () => {
  const options = await openBrowser(app.url).send('GET', '/api/v1/sign-in/options?workspace=north');
  assert.deepEqual(options.body, {
    workspace: { title: 'north' },
    password: true,
    passkey: true,
    mail: false,
    providers: [],
  });
  const none = await openBrowser(app.url).send('GET', '/api/v1/sign-in/options?workspace=nowhere');
  assert.equal(none.body.workspace, null);
});

test('a stranger at one address locks nobody out; several close the sign-in by password, and leave the others open', async (t) => {
  const behind = await startTestApp({ TRUST_PROXY: '127.0.0.1' });
  t.after(() => behind.stop());
  const tenant = await behind.tenant();
  const { email, user_id } = await makePerson(behind, tenant, 'Lou Locked');
  const from = (address: string, password: string) =>
    openBrowser(behind.url).send('POST', '/api/v1/sign-in', { email, password }, { 'x-forwarded-for': address });
  const statuses: number[] = [];
  for (let n = 0; n < 60; n++) statuses.push((await from('203.0.113.1', 'not the password')).status);
  assert.deepEqual(statuses, [...Array(10).fill(401), ...Array(50).fill(429)]);
  assert.equal((await from('203.0.113.2', goodPassword)).status, 200);

  for (const network of [3, 4, 5, 6])
    for (let n = 0; n < 10; n++) await from(`203.0.113.${network}`, 'not the password');
  assert.equal((await from('203.0.113.2', goodPassword)).status, 429, 'fifty attempts on the account');
  const { db } = behind.app.services;
  const token = await withContext(db, systemActor(tenant.tenant_id), (ctx) => createSignInLink(ctx, user_id));
  assert.equal((await openBrowser(behind.url).send('POST', '/api/v1/sign-in/link', { token })).status, 200);
});
