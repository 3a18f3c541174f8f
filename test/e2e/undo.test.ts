import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, open, phone, settled, setUp } from './browser.ts';

const world = setUp();
const everybody = 130;

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}
const filterOf = (source: string) => encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: source }));
const fair = (source: string) => send('GET', `contacts?limit=200&filter=${filterOf(source)}`);
const stripped = ({ version: _, updated_at: __, ...row }: Record<string, unknown>) => row;
const toast = (page: Page, text: string | RegExp) => page.getByRole('dialog').filter({ hasText: text });

test('all that match are assigned at once, and taken back at once', async (t) => {
  const other = await world.person('Olga Other', 'member');
  const data = Array.from({ length: everybody }, (_, n) => ({ given_name: `Visitor ${n}`, source: 'fair' }));
  await send('POST', 'contacts/bulk', { data });
  await send('POST', 'contacts', { given_name: 'Bystander', source: 'street' });
  const before = (await fair('fair')).data.map(stripped);
  const { page } = await world.visit(t);
  await open(page, `/contacts?filter=${filterOf('fair')}`);
  const list = page.getByRole('grid', { name: 'Contacts' });
  await list
    .getByRole('row', { name: /Visitor 0/ })
    .getByRole('checkbox')
    .click();
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByRole('button', { name: `Select all ${everybody} matching` }).click();
  await bar.getByText(`All ${everybody} selected`).waitFor();
  await bar.getByRole('button', { name: 'Assign' }).click();
  await page.getByRole('combobox', { name: 'Assign' }).fill('Olga');
  await page.getByRole('option', { name: 'Olga Other' }).click();
  const question = page.getByRole('alertdialog', { name: `Assign ${everybody} contacts to Olga Other?` });
  assert.deepEqual(await barriers(page), []);
  await question.getByRole('button', { name: 'Assign' }).click();
  await toast(page, `${everybody} contacts assigned to Olga Other`).waitFor();
  const assigned = (await fair('fair')).data;
  assert.ok(assigned.every((row: { owner_id: string }) => row.owner_id === other.user_id));
  assert.notEqual((await fair('street')).data[0].owner_id, other.user_id);

  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await toast(page, 'Undone').waitFor();
  assert.deepEqual((await fair('fair')).data.map(stripped), before);
  await list.getByRole('row', { name: /Visitor 0.*Ada Admin/ }).waitFor();
});

test('a field of several records is set, what is wrong is said in the dialog', async (t) => {
  await send('POST', 'contacts/bulk', {
    data: [
      { given_name: 'Left', source: 'edit' },
      { given_name: 'Right', source: 'edit' },
    ],
  });
  const { page, expectRefusal } = await world.visit(t);
  await open(page, `/contacts?filter=${filterOf('edit')}`);
  for (const name of [/Left/, /Right/]) await page.getByRole('row', { name }).getByRole('checkbox').click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit 2 contacts' });
  await dialog.getByRole('combobox', { name: 'Field' }).click();
  await page.getByRole('option', { name: 'E-mail', exact: true }).click();
  await dialog.getByLabel('New value').fill('nowhere');
  expectRefusal(422);
  await dialog.getByRole('button', { name: 'Change 2 contacts' }).click();
  await dialog.getByText('name@example.com').waitFor();
  await dialog.getByRole('textbox', { name: 'New value' }).and(page.locator('[aria-invalid="true"]')).waitFor();
  await dialog.getByRole('combobox', { name: 'Field' }).click();
  await page.getByRole('option', { name: 'City', exact: true }).click();
  await dialog.getByLabel('New value').fill('Lund');
  await dialog.getByRole('button', { name: 'Change 2 contacts' }).click();
  await toast(page, '2 contacts changed').waitFor();
  assert.deepEqual(
    (await fair('edit')).data.map(({ city }: { city: string }) => city),
    ['Lund', 'Lund'],
  );
});

test('all that match are tagged and deleted; a change under way says how far it is, and is stopped', async (t) => {
  const tag = await send('POST', 'tags', { name: 'Fair 2026' });
  await send('POST', 'contacts/bulk', {
    data: ['Ida', 'Jon', 'Kai'].map((given_name) => ({ given_name, source: 'tags' })),
  });
  const { page, expectRefusal } = await world.visit(t);
  // The list may read once more what is just being deleted.
  expectRefusal(404);
  await open(page, `/contacts?filter=${filterOf('tags')}`);
  const bar = page.getByRole('region', { name: 'Selection' });
  const select = async () => {
    await page.getByRole('row', { name: /Ida/ }).getByRole('checkbox').click();
    await bar.getByRole('button', { name: 'Select all 3 matching' }).click();
  };
  const tagging = async () => {
    await bar.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByRole('combobox', { name: 'Tag', exact: true }).fill('Fair');
    await page.getByRole('option', { name: 'Fair 2026' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Add tag' }).click();
  };
  await select();
  await tagging();
  await toast(page, '3 contacts tagged Fair 2026').waitFor();
  assert.ok((await fair('tags')).data.every(({ tags }: { tags: { id: string }[] }) => tags[0]?.id === tag.id));

  await select();
  await bar.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  const gone = toast(page, '3 contacts moved to the trash');
  await gone.waitFor();
  assert.equal((await fair('tags')).data.length, 0);
  await gone.getByRole('button', { name: 'Undo', exact: true }).click();
  await eventually(async () => (await fair('tags')).data.length === 3);

  // As if there were so many that it takes its time.
  let state = 'running';
  await page.route(/\/api\/v1\/changes(\/|$)/, async (route) => {
    if (route.request().url().endsWith('/cancellation')) state = 'cancelled';
    const change = {
      id: tag.id,
      kind: 'tag',
      resource: 'contact',
      of_change: null,
      state,
      total: 100_000,
      done: 25_000,
      changed: 0,
      unchanged: 0,
      skipped: 0,
      skipped_samples: [],
      error: null,
      reversal: null,
    };
    await route.fulfill({ status: 202, json: change });
  });
  await page.getByRole('row', { name: /Ida/ }).waitFor();
  await select();
  await tagging();
  const progress = toast(page, 'Adding the tag Fair 2026');
  await progress.getByText('25,000 of 100,000').waitFor();
  await progress.getByRole('button', { name: 'Stop' }).click();
  await toast(page, 'Stopped before the end').waitFor();
});

test('the history of a record takes one change back, leaves what came later and says so', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Long', family_name: 'Story', city: 'Rome' });
  await send('PATCH', `contacts/${id}`, { city: 'Bern', job_title: 'Clerk' });
  await send('PATCH', `contacts/${id}`, { job_title: 'Head' });
  const { page, expectRefusal } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const entry = page.getByRole('listitem').filter({ hasText: 'changed 2 fields' });
  await entry.getByRole('button', { name: 'Undo this change' }).click();
  await toast(page, 'Undone').getByText('Job title stays unchanged').waitFor();
  await entry.getByText('Undone').waitFor();
  const { city, job_title } = await send('GET', `contacts/${id}`);
  assert.deepEqual([city, job_title], ['Rome', 'Head']);
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Redo', exact: true }).click();
  await eventually(async () => (await send('GET', `contacts/${id}`)).city === 'Bern');

  const company = await send('POST', 'companies', { name: 'Needed Ltd' });
  const employee = await send('POST', 'contacts', { given_name: 'Needy', company_id: company.id });
  await open(page, `/companies/${company.id}`);
  const undo = page
    .getByRole('listitem')
    .filter({ hasText: 'created the company' })
    .getByRole('button', { name: 'Undo this change' });
  expectRefusal(409);
  await undo.click();
  await toast(page, 'Other records still refer to it: Needy (contact). Nothing was changed.').waitFor();
  await send('PATCH', `contacts/${employee.id}`, { company_id: null });
  expectRefusal(404);
  await undo.click();
  await page.getByRole('heading', { name: 'Companies', level: 1 }).waitFor();
  assert.equal((await world.administrator.session.send('GET', `/api/v1/companies/${company.id}`)).status, 404);

  await open(page, '/companies?create=true');
  const form = page.getByRole('dialog', { name: 'New company' });
  await form.getByLabel('Name').fill('Fleeting Ltd');
  await form.getByRole('button', { name: 'Create company' }).click();
  const panel = page.getByRole('complementary', { name: 'Details of the company' });
  await panel.getByRole('heading', { name: 'Fleeting Ltd' }).waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await toast(page, 'Undone: Company created').waitFor();
  await panel.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '');
});

test('what was deleted is found in the trash, taken back, and deleted for good', async (t) => {
  for (const name of ['Oops Ltd', 'Never again Ltd']) {
    const { id } = await send('POST', 'companies', { name });
    await send('DELETE', `companies/${id}`);
  }
  const { page } = await world.visit(t);
  await open(page, '/trash');
  const trash = page.getByRole('list', { name: 'Trash' });
  await trash.getByText('by Ada Admin').first().waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Restore Oops Ltd' }).click();
  await toast(page, '1 record restored from the trash').waitFor();
  await trash.getByText('Oops Ltd').waitFor({ state: 'detached' });
  await trash.getByRole('checkbox', { name: 'Select Never again Ltd' }).click();
  await page.getByRole('button', { name: 'Delete for good', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete for good' }).click();
  await toast(page, '1 record deleted for good').waitFor();
  await trash.getByText('Never again Ltd').waitFor({ state: 'detached' });
  const { data } = await send('GET', 'companies?limit=50');
  assert.deepEqual(
    data.map(({ name }: { name: string }) => name),
    ['Oops Ltd'],
  );
});

test('changes of many are taken back later too, on a phone as well', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/trash?view=changes');
  // What they were given is said too: several changes reach as many records.
  await page.getByRole('listitem').filter({ hasText: '130 contacts changed' }).getByText('Olga Other').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'contacts tagged' }).first().getByText('Fair 2026').waitFor();
  const entry = page.getByRole('listitem').filter({ hasText: '2 contacts changed' }).filter({ hasText: 'CityLund' });
  await entry.getByRole('button', { name: 'Undo', exact: true }).click();
  await entry.getByText('Undone').waitFor();
  assert.deepEqual(
    (await fair('edit')).data.map(({ city }: { city: string | null }) => city),
    [null, null],
  );
  await settled(page);
  assert.deepEqual(await barriers(page), []);
});

test('a look at what goes on that finds no server is not the end of it', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(503);
  let looks = 0;
  await page.route('**/api/v1/changes/*', (route) =>
    looks++ === 0 ? route.fulfill({ status: 503, contentType: 'text/html', body: 'Away' }) : route.continue(),
  );
  await open(page, `/contacts?filter=${filterOf('fair')}`);
  await page
    .getByRole('row', { name: /Visitor 0/ })
    .getByRole('checkbox')
    .click();
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByRole('button', { name: `Select all ${everybody} matching` }).click();
  await bar.getByRole('button', { name: 'Assign' }).click();
  await page.getByRole('combobox', { name: 'Assign' }).fill('Olga');
  await page.getByRole('option', { name: 'Olga Other' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Assign' }).click();
  await toast(page, `${everybody} contacts assigned to Olga Other`).waitFor();
  assert.ok(looks > 1);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await toast(page, 'Undone').waitFor();
});

test('more than fit into one request are taken back from the trash at once, and put there again', async (t) => {
  const many = 201;
  const data = Array.from({ length: many }, (_, n) => ({ given_name: `Gone ${n}`, source: 'gone' }));
  for (const part of [data.slice(1), data.slice(0, 1)]) await send('POST', 'contacts/bulk', { data: part });
  const filter = JSON.stringify({ field: 'source', op: 'eq', value: 'gone' });
  await send('POST', 'changes', { resource: 'contact', filter, action: { kind: 'delete' } });
  await eventually(async () => (await fair('gone')).data.length === 0);
  const { page } = await world.visit(t);
  await page.route(/\/api\/v1\/trash\?/, (route) => route.continue({ url: `${route.request().url()}&limit=200` }));
  await open(page, '/trash?kind=contact');
  const trash = page.getByRole('list', { name: 'Trash' });
  await page.getByRole('button', { name: 'Show older' }).click();
  await trash.getByText('Gone 0', { exact: true }).waitFor();
  await page.getByRole('checkbox', { name: 'Select all shown' }).click();
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await toast(page, `${many} records restored from the trash`).waitFor();
  assert.equal((await send('GET', `contacts?count=true&limit=1&filter=${filterOf('gone')}`)).total, many);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await toast(page, 'Undone').waitFor();
  assert.equal((await send('GET', `contacts?count=true&limit=1&filter=${filterOf('gone')}`)).total, 0);
});
