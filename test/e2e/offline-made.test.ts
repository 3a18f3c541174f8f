import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { open, setUp } from './browser.ts';
import { installed, isWrittenDown, workerIsReady } from './offline.ts';

const world = setUp();

/** A page with the list of contacts that has lost its network since. */
async function offline(t: TestContext): Promise<Page> {
  const { page, expectOffline } = await world.visit(t, world.administrator, installed);
  await open(page, '/contacts');
  await workerIsReady(page);
  await isWrittenDown(page, '["contact","list"');
  expectOffline();
  await page.context().setOffline(true);
  return page;
}

async function makeContact(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New contact' }).first().click();
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').fill(name);
  await form.getByRole('button', { name: 'Create contact' }).click();
}

test('files chosen for a note on a record made offline are there when one looks elsewhere after it has arrived', async (t) => {
  const page = await offline(t);
  await makeContact(page, 'Filed');
  await page.getByRole('tab', { name: 'Timeline' }).click();
  const plan = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('A plan') };
  await page.getByLabel('Files to attach').setInputFiles([plan]);
  const chosen = page.getByRole('button', { name: 'Leave out plan.txt' });
  await chosen.waitFor();
  await page.context().setOffline(false);
  await eventually(async () => !page.url().includes('new-'));
  await page.getByText('Waiting to be sent').first().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Comment', exact: true }).first().click();
  await page.getByRole('textbox', { name: 'Comment' }).waitFor();
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await chosen.waitFor({ timeout: 5_000 });
  await page.getByRole('textbox', { name: 'Note' }).fill('With a plan');
  await page.getByRole('button', { name: 'Save note' }).click();
  await page.getByRole('link', { name: /plan\.txt/ }).waitFor();
});

test('a record made offline has its name in every window, and after the page was loaded anew', async (t) => {
  const page = await offline(t);
  await makeContact(page, 'Everywhere');
  await page.getByRole('heading', { name: 'Everywhere' }).waitFor();
  const made = new URL(page.url()).searchParams.get('open');
  assert.match(String(made), /^new-/);
  const other = await page.context().newPage();
  await other.goto(`/contacts/${made}`);
  await other.getByRole('heading', { name: 'Everywhere' }).waitFor();
  const nowhere = await page.context().newPage();
  await nowhere.goto(`/contacts/${made}`);
  await nowhere.getByRole('heading', { name: 'Everywhere' }).waitFor();
  await nowhere.goto('about:blank');
  // One of them sends it.
  await page.context().setOffline(false);
  for (const window of [page, other]) {
    await eventually(async () => !window.url().includes('new-'));
    await window.getByRole('heading', { name: 'Everywhere' }).waitFor();
    await window.getByText('Waiting to be sent').first().waitFor({ state: 'detached' });
  }
  await other.getByRole('button', { name: 'Edit job title' }).click();
  await other.getByRole('textbox', { name: 'Job title' }).fill('Traveller');
  await other.keyboard.press('Enter');
  const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'eq', value: 'Everywhere' }));
  const found = async () =>
    (await world.administrator.session.send('GET', `/api/v1/contacts?filter=${filter}`)).body.data;
  await eventually(async () => (await found())[0]?.job_title === 'Traveller');
  const [contact, ...others] = await found();
  assert.deepEqual(others, []);
  await open(nowhere, `/contacts/${made}`);
  await nowhere.getByRole('heading', { name: 'Everywhere' }).waitFor({ timeout: 10_000 });
  await open(nowhere, '/');
  const recent = nowhere.getByRole('region', { name: 'Recently opened' }).getByRole('link', { name: 'Everywhere' });
  assert.deepEqual(
    await recent.evaluateAll((links) => links.map((link) => (link as unknown as { pathname: string }).pathname)),
    [`/contacts/${contact.id}`],
  );
  await open(nowhere, '/contacts/new-00000000-0000-4000-8000-000000000000');
  await nowhere.getByText('This contact is not available').waitFor({ timeout: 10_000 });
});
