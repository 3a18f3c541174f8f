import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { type Person, setUp } from './browser.ts';

let other: Person;
const world = setUp(async () => {
  other = await world.person('Otto Other', 'manager');
});

/**
 * Waits until the page knows of what happened so far: a notice comes last, and is asked for once the stream told of it.
 */
async function isUpToDate(page: Page): Promise<void> {
  const asked = page.waitForRequest(/\/api\/v1\/notifications/);
  await other.session.send('POST', '/api/v1/tasks', { title: 'Tell', assignee_id: world.administrator.user_id });
  await asked;
}

/**
 * Opens the page of a record and waits until it has said who looks at it, as it does now and then: what is asked before
 * the deletion may be refused.
 */
async function openPresent(page: Page, address: string): Promise<void> {
  const said = page.waitForResponse(/\/presence$/);
  await page.goto(address);
  await said;
}

/**
 * Deletes a contact on this page while what comes for these requests is held up until the page was told of the
 * deletion. That nothing is asked of a record that is not there any more is seen in the console, which then has no
 * refusals.
 */
async function deleteSlowly(t: TestContext, address: (id: string) => string, isHeld: (asked: string) => boolean) {
  const { session } = world.administrator;
  const { id } = (await session.send('POST', '/api/v1/contacts', { given_name: 'Slowly', family_name: 'Gone' })).body;
  const { page } = await world.visit(t);
  await openPresent(page, address(id));
  await page.getByRole('button', { name: /Followed by/ }).waitFor();
  const told = Promise.withResolvers<void>();
  let held = 0;
  await page.route('**/*', async (route) => {
    const request = route.request();
    if (!isHeld(`${request.method()} ${new URL(request.url()).pathname}`)) return route.continue();
    held++;
    const response = await route.fetch();
    await told.promise;
    await route.fulfill({ response });
  });
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete contact' }).click();
  await eventually(async () => (await session.send('GET', `/api/v1/contacts/${id}`)).status === 404);
  await isUpToDate(page);
  // With another one the page reads all its contacts again.
  await session.send('POST', '/api/v1/contacts', { given_name: 'Aftermath' });
  await isUpToDate(page);
  assert.ok(held > 0);
  told.resolve();
  await page
    .getByRole('grid', { name: 'Contacts' })
    .getByRole('row', { name: /Aftermath/ })
    .first()
    .waitFor();
  await page.getByText('Contact moved to the trash').waitFor();
  assert.equal(await page.getByText('Slowly Gone').count(), 0);
  // Parts that are fetched ahead may still be on their way.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
}

const isAnswer = (asked: string) => asked.startsWith('DELETE /api/v1/contacts/');
const isPart = (asked: string) => asked.startsWith('GET /assets/');

test('a contact is deleted on its page and the answer comes after the news of it', (t) =>
  deleteSlowly(t, (id) => `/contacts/${id}`, isAnswer));

test('a contact is deleted beside the list and the answer comes after the news of it', (t) =>
  deleteSlowly(t, (id) => `/contacts?open=${id}`, isAnswer));

test('a contact is deleted on its page and the list it leads back to comes late', (t) =>
  deleteSlowly(t, (id) => `/contacts/${id}`, isPart));

test('a part of the page that comes while its contact is being deleted asks nothing of it', async (t) => {
  const { session } = world.administrator;
  const { id } = (await session.send('POST', '/api/v1/contacts', { given_name: 'Slowly', family_name: 'Gone' })).body;
  const { page } = await world.visit(t);
  const [part, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route('**/assets/ContactPoints*', async (route) => {
    await part.promise;
    await route.continue();
  });
  await page.route(`**/api/v1/contacts/${id}`, async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue();
    const response = await route.fetch();
    await answer.promise;
    await route.fulfill({ response });
  });
  await openPresent(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete contact' }).click();
  await eventually(async () => (await session.send('GET', `/api/v1/contacts/${id}`)).status === 404);
  const came = page.waitForResponse('**/assets/ContactPoints*');
  part.resolve();
  await came;
  await isUpToDate(page);
  answer.resolve();
  await page.getByText('Contact moved to the trash').waitFor();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
