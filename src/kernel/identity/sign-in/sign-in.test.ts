import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { goodPassword, makePerson, openBrowser, signedIn } from '../../../../test/harness/identity.ts';
import { systemActor, withContext } from '../../tenancy/context.ts';
import { createSignInLink } from '../index.ts';

let app: TestApp;
let north: TestTenant;
before(async () => {
  app = await startTestApp();
  north = await app.tenant('north');
});
after(() => app.stop());

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
