import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { startBranchApp } from '../fixtures/branch/app.ts';
import { eventually } from '../harness/app.ts';
import { systemClient } from '../harness/identity.ts';
import { barriers, open, type Person, settled, setUp } from './browser.ts';
import { installed, isWrittenDown, keysIn, notice, seenIn, waitingIn, workerIsReady } from './offline.ts';

/** What somebody reaches through a group for a time leaves their browser when that time is over. */
let owner: Awaited<ReturnType<typeof systemClient>>;
const world = setUp(undefined, {
  start: async () => {
    const app = await startBranchApp();
    owner = await systemClient(app);
    const stop = async () => {
      await owner.end();
      await app.stop();
    };
    return { ...app, stop };
  },
});

/** Long enough to look whether all is still there. */
const grant_s = 6;
const [north, south] = [randomUUID(), randomUUID()];

/** Somebody who reads and changes the clients of the branches at which they advise, and what is about them. */
async function advising(name: string, ...branches: string[]): Promise<Person> {
  const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const role = await world.create('roles', {
    name: `Role of ${name}`,
    rights: {
      contact: { read: 'location', update: 'location' },
      ...Object.fromEntries(['note', 'comment', 'task', 'saved_view'].map((resource) => [resource, all])),
      ...Object.fromEntries(['tenant', 'user', 'file', 'pipeline'].map((resource) => [resource, { read: 'all' }])),
    },
  });
  const person = await world.person(name, 'viewer');
  const path = `/api/v1/users/${person.user_id}/roles`;
  assert.equal((await world.administrator.session.send('PUT', path, { role_ids: [role.id] })).status, 200);
  for (const branch of branches)
    await owner.query('insert into branch_adviser (tenant_id, user_id, branch_id) values ($1, $2, $3)', [
      world.tenant.tenant_id,
      person.user_id,
      branch,
    ]);
  return person;
}

/** A client of these branches, whom a note, a comment and a task are about. */
async function clientOf(name: string, ...branches: string[]): Promise<string> {
  const { id } = await world.create('contacts', {
    given_name: name,
    family_name: 'Quast',
    source: `Source of ${name}`,
  });
  const records = [{ type: 'contact', id }];
  await world.create('notes', { records, body: `<p>Noted of ${name}</p>` });
  await world.create('comments', { record_id: id, body: `<p>Said of ${name}</p>` });
  await world.create('tasks', { records, title: `Planned for ${name}` });
  for (const branch of branches)
    await owner.query('insert into branch_client (tenant_id, contact_id, branch_id) values ($1, $2, $3)', [
      world.tenant.tenant_id,
      id,
      branch,
    ]);
  return id;
}

/** From now on the database alone knows that the advice at this branch ends, and when. */
const endsSoon = ({ user_id }: Person, branch: string, seconds = grant_s) =>
  owner.query(
    `update branch_adviser set until_at = clock_timestamp() + make_interval(secs => $3) where user_id = $1 and branch_id = $2`,
    [user_id, branch, seconds],
  );

/** The pages of a client and the list, read from the server and written down. */
async function readsAll(page: Page, id: string): Promise<void> {
  await open(page, '/contacts');
  await isWrittenDown(page, '["contact","list"');
  await open(page, '/tasks?view=all');
  await open(page, `/contacts/${id}`);
  for (const part of ['one', 'timeline']) await isWrittenDown(page, `["contact","${part}","${id}"`);
}

test('when a grant ends, by its date alone, what it opened leaves the open pages and the browser', async (t) => {
  const adviser = await advising('Gerda Granted', north, south);
  const [kept, leaving] = [await clientOf('Lina', north), await clientOf('Leander', north)];
  const inBoth = await clientOf('Bodo', north, south);
  const { page, expectOffline, expectRefusal } = await world.visit(t, adviser, installed);
  // The last one stays open; of the others only copies are left.
  for (const id of [inBoth, kept, leaving]) await readsAll(page, id);
  await workerIsReady(page);
  const list = await page.context().newPage();
  await open(list, '/contacts');
  const row = (name: string) => list.getByRole('gridcell', { name: `${name} Quast` });
  for (const name of ['Leander', 'Lina', 'Bodo']) await row(name).waitFor();
  for (const name of ['Leander', 'Lina'])
    for (const text of [`${name} Quast`, `Noted of ${name}`, `Said of ${name}`, `Planned for ${name}`])
      assert.ok((await seenIn(page)).includes(text), text);

  expectRefusal(404);
  await endsSoon(adviser, north);
  const { status } = await adviser.session.send('GET', `/api/v1/contacts/${leaving}`);
  assert.equal(status, 200, 'until then nothing has changed');
  await page.getByText('Noted of Leander').waitFor();

  const gone = page.getByRole('heading', { name: 'This contact is not available' });
  await gone.waitFor();
  await row('Leander').waitFor({ state: 'detached' });
  await row('Bodo').waitFor();
  await eventually(async () => !/Leander|Lina/.test(await seenIn(page)));
  assert.ok((await keysIn(page, 'holdfast-seen')).every((key) => !key.includes(leaving) && !key.includes(kept)));
  assert.match(await seenIn(page), /Noted of Bodo/, 'who is a client elsewhere too stays');
  for (const one of [page, list]) assert.equal(await one.getByText(/Leander|Lina/).count(), 0);

  // The list of those who are left takes the place of what was kept.
  await isWrittenDown(list, '["contact","list"');
  expectOffline();
  await page.context().setOffline(true);
  await open(page, '/contacts');
  await page.getByRole('gridcell', { name: 'Bodo Quast' }).waitFor();
  assert.equal(await page.getByText(/Leander|Lina/).count(), 0);
  for (const id of [leaving, kept]) {
    await page.goto(`/contacts/${id}`);
    await settled(page);
    assert.equal(await page.getByText(/Leander|Lina/).count(), 0);
  }
  await page.goto(`/contacts/${inBoth}`);
  await page.getByText('Noted of Bodo').waitFor();
});

test('a change that waited for a network while its grant ended is refused by name, and the copies go', async (t) => {
  const adviser = await advising('Wim Waiting', north);
  const id = await clientOf('Winnie', north);
  const { page, expectOffline, expectRefusal } = await world.visit(t, adviser, installed);
  await readsAll(page, id);
  await workerIsReady(page);
  expectOffline();
  expectRefusal(404);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Edit job title' }).click();
  await page.getByRole('textbox', { name: 'Job title' }).fill('Late');
  await page.keyboard.press('Enter');
  await notice(page).filter({ hasText: '1 change is waiting' }).waitFor();
  assert.match(await waitingIn(page), /Source of Winnie/);
  await endsSoon(adviser, north, 0);

  await page.context().setOffline(false);
  await notice(page).filter({ hasText: 'your decision' }).getByRole('button', { name: 'Show it' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pending changes' });
  await dialog.getByText('Winnie Quast').waitFor();
  await dialog.getByText('There is no such contact, or you cannot see it.').waitFor();
  assert.deepEqual(await barriers(page), []);
  await eventually(async () => !/Winnie/.test(await seenIn(page)));
  assert.doesNotMatch(await waitingIn(page), /Source of Winnie/, 'the change names its record and says no more of it');
  await dialog.getByRole('button', { name: 'Discard it' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard it' }).click();
  await dialog.getByText('Everything has been sent').waitFor();
  assert.doesNotMatch(await waitingIn(page), /Winnie/);
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'This contact is not available' }).waitFor();
  assert.equal((await world.read(`contacts/${id}`)).job_title, null);
});
