import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Scene } from './scenes.ts';
import { inSentence, said } from './words.ts';
import type { Workspace } from './workspaces.ts';

/** Without a network, with what was seen before, and with what was changed meanwhile. */
export const offlineScenes: Scene[] = [
  { name: 'offline-contacts', path: '/contacts', states: ['offline'] },
  { name: 'offline-contact', path: '/contacts/$id', states: ['offline'] },
  { name: 'offline-deals', path: '/deals?layout=board', states: ['offline'] },
  { name: 'offline-never-seen', path: '/contacts', act: goTo('/settings/audit'), states: ['offline'] },
  { name: 'offline-changed', path: '/contacts/$id', act: change, states: ['offline'] },
  { name: 'offline-changed-list', path: '/contacts', act: changeInList, states: ['offline'] },
  { name: 'offline-waiting', path: '/contacts/$id', act: showWaiting, states: ['offline'] },
  { name: 'offline-conflict', path: '/contacts/$id', act: meetConflict, states: ['offline'] },
];

function goTo(path: string) {
  return async (page: Page) => {
    await page.goto(path);
  };
}

async function setField(page: Page, label: string, value: string): Promise<void> {
  const button = page.getByRole('button', { name: said('Edit {field}', { field: inSentence(label) }) });
  await button.click();
  await page.getByRole('textbox', { name: label, exact: true }).fill(value);
  await page.keyboard.press('Enter');
  await button.getByText(value).waitFor();
}

async function show(page: Page, name: string): Promise<void> {
  const tab = page.getByRole('tab', { name });
  if (await tab.isVisible()) await tab.click();
}

/** A phone shows the fields of a record and its timeline one at a time. */
async function change(page: Page): Promise<void> {
  await show(page, said('Timeline'));
  await page.getByRole('textbox', { name: said('Note') }).fill('Calls back after the shutdown in week 31.');
  await page.getByRole('button', { name: said('Save note') }).click();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'after the shutdown' })
    .getByText(said('Waiting to be sent'))
    .waitFor();
  await show(page, said('Details'));
  await setField(page, said('Job title'), 'Head of maintenance and utilities');
}

const contact = {
  new: said('New contact'),
  create: said('Create {type}', { type: inSentence(said('Contact')) }),
};

async function changeInList(page: Page): Promise<void> {
  await page.getByRole('button', { name: contact.new }).first().click();
  const form = page.getByRole('dialog', { name: contact.new });
  await form.getByLabel(said('First name')).fill('Marguerite');
  await form.getByLabel(said('Last name')).fill('Okonkwo-Hallgrímsdóttir');
  await form.getByRole('button', { name: contact.create }).click();
  await page.getByRole('heading', { name: /Marguerite/ }).waitFor();
}

async function showWaiting(page: Page): Promise<void> {
  await change(page);
  await openWaiting(page);
}

const waitingDialog = (page: Page) => page.getByRole('dialog', { name: said('Pending changes') });

async function openWaiting(page: Page): Promise<void> {
  await page
    .getByRole('status')
    .getByRole('button', { name: said('{count, plural, one {Show it} other {Show them}}', { count: 2 }) })
    .click();
  await waitingDialog(page).waitFor();
}

const titles = ['Plant manager, North and East', 'Head of operations'];

/** Somebody else has changed the same meanwhile, and the note is not taken. */
async function meetConflict(page: Page, { session, ids }: Workspace): Promise<void> {
  await change(page);
  const path = `/api/v1/contacts/${ids.contacts}`;
  const { body } = await session.send('GET', path);
  const job_title = titles.find((title) => title !== body.job_title);
  const { status } = await session.send('PATCH', path, { job_title });
  assert.equal(status, 200);
  const refusal = { title: 'Write at most 20 characters', status: 422, code: 'validation_failed' };
  await page.route('**/api/v1/notes', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify(refusal) })
      : route.continue(),
  );
  await page.context().setOffline(false);
  const undecided =
    '{count, plural, one {# change was not accepted and needs your decision.} other {# changes are waiting, some for your decision.}}';
  await page
    .getByRole('status')
    .filter({ hasText: said(undecided, { count: 2 }) })
    .waitFor();
  await openWaiting(page);
  await waitingDialog(page).getByRole('radio').first().waitFor();
}
