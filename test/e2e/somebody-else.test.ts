import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { goodPassword } from '../harness/identity.ts';
import { cookieOf, looksRight, open, type Person, settled, setUp, typePassword, walkTo } from './browser.ts';
import { installed, isWrittenDown, notice, seenIn, waitingIn, workerIsReady } from './offline.ts';

const world = setUp();

const told = (page: Page) => page.getByRole('heading', { name: 'Somebody else has signed in to this browser' });
const accountOf = (page: Page, { name }: Person) => page.getByRole('button', { name: `Account of ${name}` });

async function add(path: string, record: object): Promise<string> {
  const { status, body } = await world.administrator.session.send('POST', `/api/v1/${path}`, record);
  assert.equal(status, 201);
  return body.id;
}

/**
 * Opens a page and waits for its stream: where that is late, the page reads everything again, and hears there that it
 * is somebody else's.
 */
async function openWithStream(page: Page, path: string): Promise<void> {
  const stream = page.waitForResponse((answer) => answer.url().includes('/api/v1/events?'));
  await open(page, path);
  await stream;
}

/** In another window of the same browser, while the first one stays open. */
async function signInBeside(page: Page, person: Person, next = '/tasks'): Promise<Page> {
  const beside = await page.context().newPage();
  await open(beside, `/sign-in?next=${encodeURIComponent(next)}`);
  await typePassword(beside, person.email, goodPassword);
  await accountOf(beside, person).waitFor();
  await settled(beside);
  return beside;
}

test('a page that stays open shows nothing of what somebody who signs in beside it may read, and says so', async (t) => {
  const [ann, ben] = [await world.person('Ann First', 'advisor'), await world.person('Ben Second', 'admin')];
  await add('companies', { name: 'Secret Ltd' });
  await add('companies', { name: 'Visible Ltd', owner_id: ann.user_id });
  const { page, expectRefusal } = await world.visit(t, ann);
  await open(page, '/tasks');
  expectRefusal(401);
  const beside = await signInBeside(page, ben);
  const answers: string[] = [];
  page.on('response', async (response) => {
    if (response.ok() && response.url().includes('/api/v1/')) answers.push(await response.text().catch(() => ''));
  });
  // Unless the page has heard of the sign-in by now, and shows no links.
  const link = page.getByRole('link', { name: 'Companies' }).first();
  await link.click({ timeout: 2_000 }).catch(() => told(page).waitFor());
  const secret = page.getByRole('gridcell', { name: 'Secret Ltd' });
  await told(page).or(secret).waitFor();
  assert.equal(await secret.count(), 0);
  assert.equal(await accountOf(page, ann).count(), 0, 'nor what the one before had read');
  await page.getByText('This page belonged to Ann First.').waitFor();
  await page.getByText('Unsaved text is lost.').waitFor();
  assert.doesNotMatch(answers.join(), /Secret/);
  assert.doesNotMatch(await seenIn(beside), /Secret|Visible/, 'nor is anything kept');
  await page.getByRole('button', { name: 'Load the page again' }).click();
  await accountOf(page, ben).waitFor();
  await open(page, '/companies');
  await secret.waitFor();
});

test('what was begun in a form is there again for the one who began it, and for nobody else', async (t) => {
  const [ida, jon] = [await world.person('Ida First', 'member'), await world.person('Jon Second', 'member')];
  const { page, expectRefusal } = await world.visit(t, ida);
  await open(page, '/contacts');
  const begin = async () => {
    await page.getByRole('button', { name: 'New contact' }).first().click();
    return page.getByRole('dialog', { name: 'New contact' });
  };
  const form = await begin();
  await form.getByLabel('First name').fill('Half');
  await form.getByLabel('Last name').fill('Aname');
  expectRefusal(401);
  // A sign-in is a change of a person, of which the page hears.
  await signInBeside(page, jon);
  await told(page).waitFor();
  await page.getByText('Notes and forms that Ida First has started are kept in this browser.').waitFor();
  await looksRight(page, 'somebody-else');

  await page.getByRole('button', { name: 'Load the page again' }).click();
  // The address says that the form is open.
  assert.equal(await form.getByLabel('First name').inputValue(), '');
  await page.context().clearCookies();
  await page.context().addCookies([cookieOf(ida)]);
  await open(page, '/contacts');
  const again = await begin();
  assert.equal(await again.getByLabel('First name').inputValue(), 'Half');
  assert.equal(await again.getByLabel('Last name').inputValue(), 'Aname');
});

test('a download of a page that is somebody else’s by now is refused, and the page stays to say why', async (t) => {
  const [cleo, dora] = [await world.person('Cleo First', 'admin'), await world.person('Dora Second', 'admin')];
  const { page, expectRefusal } = await world.visit(t, cleo);
  await openWithStream(page, '/companies');
  expectRefusal(401);
  await signInBeside(page, dora);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Download as CSV' }).click();
  await told(page).waitFor();
  await page.getByText('Unsaved text is lost.').waitFor();
});

test('what waits for the one who signed in last is not lost by a page of the one before', async (t) => {
  const [emil, fay] = [await world.person('Emil First', 'admin'), await world.person('Fay Second', 'admin')];
  const id = await add('contacts', { given_name: 'Hers' });
  const { page, expectRefusal, expectOffline } = await world.visit(t, emil, installed);
  await openWithStream(page, '/tasks');
  await workerIsReady(page);
  expectRefusal(401);
  const beside = await signInBeside(page, fay, `/contacts/${id}`);
  expectOffline();
  await page.context().setOffline(true);
  await accountOf(page, emil).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('The server could not be reached').or(page.getByText('Check your connection')).waitFor();
  await page.getByRole('button', { name: 'New task' }).first().click();
  const form = page.getByRole('dialog', { name: 'New task' });
  await form.getByLabel('Title').fill('Nobody takes it');
  await form.getByRole('button', { name: 'Create task' }).click();
  await page.getByText('This change is not kept.').waitFor();
  await beside.getByRole('button', { name: 'Edit job title' }).click();
  await beside.getByRole('textbox', { name: 'Job title' }).fill('Pilot');
  await beside.keyboard.press('Enter');
  await notice(beside).filter({ hasText: '1 change is waiting' }).waitFor();
  assert.match(await waitingIn(beside), /Pilot/);
  await page.context().setOffline(false);
  await told(page).waitFor();
  const read = async () => (await world.administrator.session.send('GET', `/api/v1/contacts/${id}`)).body;
  await eventually(async () => (await read()).job_title === 'Pilot');
});

test('what is kept of what the one who signed in last has read stays theirs', async (t) => {
  const [kim, leo] = [await world.person('Kim First', 'advisor'), await world.person('Leo Second', 'admin')];
  const id = await add('contacts', { given_name: 'Leaving', owner_id: kim.user_id });
  const { page, expectRefusal } = await world.visit(t, kim);
  await openWithStream(page, `/contacts/${id}`);
  await isWrittenDown(page, `["contact","one","${id}"`);
  await walkTo(page, '/tasks');
  expectRefusal(401);
  const beside = await signInBeside(page, leo, `/contacts/${id}`);
  await isWrittenDown(beside, `["contact","one","${id}"`);
  await beside.goto('about:blank');
  // The stream of the first page is still that of its person, has it forget the contact and then read the tasks.
  const taken = { owner_id: leo.user_id };
  assert.equal((await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, taken)).status, 200);
  await add('tasks', { title: 'Read them', assignee_id: kim.user_id });
  await told(page).waitFor();
  assert.match(await seenIn(page), new RegExp(`"owner":"[^"]+/${leo.user_id}"`));
});

test('without a network a page does not show what is kept for the one who signed in last', async (t) => {
  const [ned, orla] = [await world.person('Ned First', 'advisor'), await world.person('Orla Second', 'admin')];
  await add('contacts', { given_name: 'Classified' });
  const { page, expectOffline } = await world.visit(t, ned, installed);
  await open(page, '/contacts');
  await isWrittenDown(page, '["contact","list"');
  await workerIsReady(page);
  await openWithStream(page, '/tasks');
  const beside = await signInBeside(page, orla, '/contacts');
  await beside.getByRole('gridcell', { name: 'Classified' }).waitFor();
  await isWrittenDown(beside, '["contact","list"');
  expectOffline();
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'Contacts' }).first().click();
  const shown = page.getByRole('gridcell', { name: 'Classified' });
  await shown.or(page.getByText('Check your connection')).first().waitFor();
  assert.equal(await shown.count(), 0);
});

test('whoever signs in where somebody else signed out, or was signed out, has a page of their own', async (t) => {
  const [gil, hanna] = [await world.person('Gil First', 'admin'), await world.person('Hanna Second', 'admin')];
  const { page, expectRefusal } = await world.visit(t, gil);
  expectRefusal(401);
  await open(page, '/tasks');
  await accountOf(page, gil).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  await typePassword(page, hanna.email, goodPassword);
  await accountOf(page, hanna).waitFor();

  // The stream ends with the session, and why it is refused sends the page to sign in: once, whatever else is refused
  // meanwhile.
  let refused = 0;
  page.on('response', (answer) => {
    if (answer.status() === 401) refused++;
  });
  await page.route('**/assets/SignInPage-*.js', async (route) => {
    await eventually(async () => refused > 1);
    await route.continue();
  });
  const path = `/api/v1/users/${hanna.user_id}/sessions`;
  assert.equal((await world.administrator.session.send('DELETE', path)).status, 204);
  await page.waitForURL('**/sign-in?next=*');
  await typePassword(page, gil.email, goodPassword);
  await accountOf(page, gil).waitFor();
  await open(page, '/contacts');
  assert.equal(await told(page).count(), 0);
});
