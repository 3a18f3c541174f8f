import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { barriers, open, picture, settled, setUp, walkTo } from './browser.ts';

const world = setUp();
const { create, read } = world;

test('a record that changes hands is in the list of its new owner, also in one that was read before', async (t) => {
  const former = await world.person('Fay Former', 'manager');
  const { id, version } = await create('contacts', { given_name: 'Handed', family_name: 'Over' }, former);
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  const row = page.getByRole('grid', { name: 'Contacts' }).getByRole('row', { name: /Handed Over/ });
  const views = page.getByRole('main');
  await views.getByRole('link', { name: 'Mine', exact: true }).click();
  await page.locator('a[aria-current]').getByText('Mine', { exact: true }).waitFor();
  await settled(page);
  await row.waitFor({ state: 'detached' });
  await views.getByRole('link', { name: 'All', exact: true }).click();
  await row.waitFor();

  const { user_id } = world.administrator;
  const handed = await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, {
    owner_id: user_id,
    job_title: 'Keeper',
  });
  assert.deepEqual([handed.status, handed.body.version], [200, version + 1]);
  await row.filter({ hasText: 'Keeper' }).waitFor();
  await views.getByRole('link', { name: 'Mine', exact: true }).click();
  await row.waitFor();
});

test('Enter takes what fits what was typed, not the first of what was found before', async (t) => {
  await create('companies', { name: 'Aardvark Press' });
  const early = await create('companies', { name: 'Beacon Press' });
  const bulk = { data: Array.from({ length: 20 }, (_, at) => ({ name: `Crowd ${at}` })) };
  assert.equal((await world.administrator.session.send('POST', '/api/v1/companies/bulk', bulk)).status, 201);
  const late = await create('companies', { name: 'Zeppelin Press' });
  const { id } = await create('contacts', { given_name: 'Typing', family_name: 'Fast' });
  const { page } = await world.visit(t);
  let answer = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/companies\?.*contains/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await open(page, `/contacts/${id}`);
  const edit = page.getByRole('button', { name: 'Edit company', exact: true });
  const box = page.getByRole('combobox', { name: 'Company' });
  const companyOf = async () => (await read(`contacts/${id}`)).company?.id;
  await edit.click();
  await page.getByRole('option', { name: 'Aardvark Press' }).waitFor();
  await box.pressSequentially('beac');
  await page.keyboard.press('Enter');
  await edit.getByText('Beacon Press').waitFor();
  assert.equal(await companyOf(), early.id);

  // Of what is not among those that were found before, nothing is taken until it was found.
  await edit.click();
  await page.getByRole('option', { name: 'Aardvark Press' }).waitFor();
  await box.pressSequentially('zepp');
  await page.keyboard.press('Enter');
  await page.getByText('Searching…').waitFor();
  assert.equal(await companyOf(), early.id);
  answer.resolve();
  await page.getByRole('option', { name: 'Zeppelin Press' }).waitFor();
  await page.keyboard.press('Enter');
  await edit.getByText('Zeppelin Press').waitFor();
  assert.equal(await companyOf(), late.id);
  answer = Promise.withResolvers();
});

test('what is corrected while it is being saved is saved too, and a refusal is said to whoever has gone on', async (t) => {
  const company = await create('companies', { name: 'Passing Ltd' });
  const { id } = await create('contacts', { given_name: 'Edited', family_name: 'Twice', job_title: 'Clerk' });
  const { page, expectRefusal } = await world.visit(t);
  let sent = Promise.withResolvers<void>();
  await page.route(`**/api/v1/contacts/${id}`, async (route) => {
    if (route.request().method() === 'PATCH') await sent.promise;
    await route.continue();
  });
  await open(page, `/contacts/${id}`);
  const jobTitle = page.getByRole('button', { name: 'Edit job title' });
  await jobTitle.click();
  await page.getByRole('textbox', { name: 'Job title' }).fill('Chief');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Job title' }).fill('Chief clerk');
  await page.keyboard.press('Tab');
  sent.resolve();
  await jobTitle.getByText('Chief clerk').waitFor();
  assert.equal((await read(`contacts/${id}`)).job_title, 'Chief clerk');

  expectRefusal(422);
  sent = Promise.withResolvers();
  await page.getByRole('button', { name: 'Edit company', exact: true }).click();
  await page.getByRole('combobox', { name: 'Company' }).fill('Passing');
  await page.getByRole('option', { name: 'Passing Ltd' }).click();
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Edit company', exact: true }).waitFor();
  await world.administrator.session.send('DELETE', `/api/v1/companies/${company.id}`);
  sent.resolve();
  await page.getByText('Company was not saved').waitFor();
  assert.equal((await read(`contacts/${id}`)).company, null);
});

test('a tag that is picked while a new one is being made stays', async (t) => {
  await create('tags', { name: 'Known' });
  const { id } = await create('contacts', { given_name: 'Tagged', family_name: 'Twice' });
  const { page } = await world.visit(t);
  const made = Promise.withResolvers<void>();
  await page.route('**/api/v1/tags', async (route) => {
    if (route.request().method() === 'POST') await made.promise;
    await route.continue();
  });
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'Edit tags' }).click();
  const box = page.getByRole('combobox', { name: 'Tags' });
  await box.fill('Fresh');
  await page.getByRole('option', { name: 'Create “Fresh”' }).click();
  await box.fill('Known');
  await page.getByRole('option', { name: 'Known' }).click();
  const names = async () => (await read(`contacts/${id}`)).tags.map(({ name }: { name: string }) => name).sort();
  await eventually(async () => (await names()).join() === 'Known');
  made.resolve();
  await eventually(async () => (await names()).join() === 'Fresh,Known');
});

test('in a menu or a dialog the letters are its own: they lead nowhere else, and open nothing over it', async (t) => {
  const { id } = await create('companies', { name: 'Lettered Ltd' });
  const { page } = await world.visit(t);
  await open(page, `/companies/${id}`);
  const menu = page.getByRole('menu');
  await page.getByRole('button', { name: 'More actions' }).click();
  await menu.waitFor();
  for (const key of ['?', '/', 'g', 't']) await page.keyboard.press(key);
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.equal(new URL(page.url()).pathname, `/companies/${id}`);
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.waitForURL('**/tasks*');
});

test('a text that looks like a day and is none is shown as it is', async (t) => {
  const { id } = await create('companies', { name: 'Misdated', external_id: '2024-30-11' });
  await world.administrator.session.send('PATCH', `/api/v1/companies/${id}`, { external_id: '2024-31-12' });
  const { page } = await world.visit(t);
  await open(page, `/companies/${id}`);
  await page
    .getByRole('listitem')
    .filter({ hasText: /2024-30-11.*2024-31-12/ })
    .waitFor();
});

test('a part of a record that breaks leaves the others, and is read and drawn again when one asks for it', async (t) => {
  const { id } = await create('companies', { name: 'Half Broken', industry: 'Glass' });
  const { page: whole } = await world.visit(t);
  await open(whole, '/companies');
  // What React has caught it writes into the console, where this test must not look.
  const page = await whole.context().newPage();
  await page.route(/\/timeline/, async (route) => {
    const answer = await route.fetch();
    const { data, ...rest } = await answer.json();
    const [entry] = data;
    await route.fulfill({ response: answer, json: { ...rest, data: [{ ...entry, kind: 'change', change: null }] } });
  });
  await open(page, `/companies/${id}`);
  const broken = page.getByRole('alert').filter({ hasText: 'Something went wrong in this part of the page' });
  await broken.waitFor();
  await page.getByRole('button', { name: 'Edit industry' }).getByText('Glass').waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.unrouteAll();
  await broken.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('listitem').filter({ hasText: 'created the company' }).waitFor();
});

const trouble = { title: 'Something went wrong', status: 500, code: 'internal', detail: 'It was written down.' };
const failing = { status: 500, contentType: 'application/problem+json', body: JSON.stringify(trouble) };

/**
 * What was made before may have it read again by itself just then: the button is gone, and nothing is left to press.
 */
const tryAgain = (part: Locator) =>
  part
    .getByRole('button', { name: 'Try again' })
    .click({ timeout: 2_000 })
    .catch(() => {});

test('a calendar of which a part could not be read says so, and so does a group', async (t) => {
  for (const family_name of ['One', 'Two']) await world.create('contacts', { given_name: 'Partly', family_name });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(500);
  // As if there were more than come at once.
  await page.route(/\/api\/v1\/contacts\?/, (route) => {
    const url = new URL(route.request().url());
    if (url.searchParams.get('cursor')) return route.fulfill(failing);
    url.searchParams.set('limit', '1');
    return route.continue({ url: url.href });
  });
  const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'eq', value: 'Partly' }));
  await page.goto(`/contacts?layout=calendar&by=created_at&filter=${filter}`);
  await page.getByText('Partly One').first().waitFor();
  const missing = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
  await missing.waitFor();
  await page.unrouteAll();
  await tryAgain(missing);
  await missing.waitFor({ state: 'detached' });
  await page.getByText('Partly Two').first().waitFor();

  await page.route(/\/api\/v1\/contacts\?.*filter=[^&]*lead_status/, (route) => route.fulfill(failing));
  await page.goto(`/contacts?group=lead_status&filter=${filter}`);
  const group = page.getByRole('region', { name: 'None' });
  await group.getByRole('alert').getByText('This could not be read.').waitFor();
  await page.unrouteAll();
  await tryAgain(group);
  await group.getByRole('button', { name: 'Partly One' }).waitFor();

  await page.route(/\/api\/v1\/contacts\?.*filter=[^&]*lead_status/, (route) => route.fulfill(failing));
  await page.goto(`/contacts?layout=board&by=lead_status&filter=${filter}`);
  await page.getByRole('alert').getByText('This could not be read.').first().waitFor();
  assert.equal(await page.getByText('Nothing here').count(), 0);
});

test('what is shown in full is not said to miss a part when it could not be read again', async (t) => {
  await world.create('contacts', { given_name: 'Fully', family_name: 'One' });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(500);
  const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'eq', value: 'Fully' }));
  for (const layout of ['layout=calendar&by=created_at', 'group=lead_status']) {
    await page.goto(`/contacts?${layout}&filter=${filter}`);
    await page.getByText('Fully One').first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.route(/\/api\/v1\/contacts\?/, (route) => route.fulfill(failing));
    const failed = page.waitForResponse((answer) => answer.status() === 500);
    await world.create('contacts', { given_name: 'Another' });
    await (await failed).finished();
    await page.waitForLoadState('networkidle');
    await page.getByText('Fully One').first().waitFor();
    assert.equal(await page.getByText(/could not be (read|loaded)/).count(), 0, layout);
    await page.unrouteAll();
  }
});

test('views and dashboards are read to the last', async (t) => {
  const { page } = await world.visit(t);
  for (const name of ['Aaa', 'Zzz']) {
    await world.create('saved-views', { resource: 'contact', name, layout: 'table' });
    await world.create('dashboards', { name });
  }
  // As if there were more than come at once.
  await page.route(/\/api\/v1\/(saved-views|dashboards)\?/, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set('limit', '1');
    return route.continue({ url: url.href });
  });
  for (const path of ['/contacts', '/dashboard']) {
    await open(page, path);
    await page.getByRole('main').getByRole('link', { name: 'Zzz' }).waitFor();
  }
});

test('a record that a field names and that could not be read is not said to be missing', async (t) => {
  const { id } = await world.create('companies', { name: 'Middle Men' });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(429);
  await page.route(`**/api/v1/companies/${id}`, (route) => route.fulfill({ ...failing, status: 429 }));
  const filter = encodeURIComponent(JSON.stringify({ field: 'company_id', op: 'eq', value: id }));
  await page.goto(`/contacts?filter=${filter}`);
  await page
    .getByRole('button', { name: /Could not be read/ })
    .first()
    .waitFor();
  assert.equal(await page.getByText('Deleted, or not visible to you').count(), 0);
});

test('recipients and targets that are still being read are not said to be none', async (t) => {
  const { page } = await world.visit(t);
  for (const [entry, path, none] of [
    ['Send by e-mail…', 'dashboard-mailings', 'No recipients yet.'],
    ['Targets…', 'sales-targets', 'No targets yet.'],
  ] as const) {
    const held = Promise.withResolvers<void>();
    await page.route(new RegExp(`/api/v1/${path}\\?`), async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.goto('/dashboard');
    await page.getByRole('button', { name: 'Dashboards' }).click();
    await page.getByRole('menuitem', { name: entry }).click();
    await page.getByRole('dialog').getByRole('status', { name: 'Loading' }).waitFor();
    assert.equal(await page.getByText(none).count(), 0);
    held.resolve();
    await page.getByRole('dialog').getByText(none).waitFor();
    await page.keyboard.press('Escape');
  }
});

test('the page of a record says how many tasks are open, and shows those beyond the first', async (t) => {
  const { id } = await create('contacts', { given_name: 'Busy', family_name: 'Bee' });
  const data = Array.from({ length: 22 }, (_, at) => ({ title: `Errand ${at}`, records: [{ type: 'contact', id }] }));
  assert.equal((await world.administrator.session.send('POST', '/api/v1/tasks/bulk', { data })).status, 201);
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const tasks = page.getByRole('region', { name: 'Open tasks' });
  await tasks.getByText('22', { exact: true }).waitFor();
  assert.equal(await tasks.getByText(/^Errand/).count(), 20);
  await tasks.getByRole('button', { name: 'Show more' }).click();
  await tasks
    .getByText(/^Errand/)
    .nth(21)
    .waitFor();
});

test('the page of a company leads to all of its deals, and adds people to it', async (t) => {
  const company = await world.create('companies', { name: 'Many Deals Ltd' });
  const data = Array.from({ length: 24 }, (_, n) => ({ name: `Deal ${n}`, company_id: company.id }));
  const { status } = await world.administrator.session.send('POST', '/api/v1/deals/bulk', { data });
  assert.equal(status, 201);
  const { page } = await world.visit(t);
  await open(page, `/companies/${company.id}`);
  const deals = page.getByRole('region', { name: 'Deals' });
  await deals.getByRole('button', { name: 'Show more' }).click();
  await deals.getByRole('link').nth(23).waitFor();
  const people = page.getByRole('region', { name: 'Contacts' });
  await people.getByRole('button', { name: 'New contact' }).click();
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').fill('Petra');
  assert.equal(await form.getByRole('combobox', { name: 'Owner' }).inputValue(), 'Ada Admin');
  await form.getByRole('button', { name: 'Create contact' }).click();
  await people.getByRole('link', { name: 'Petra' }).waitFor();

  await open(page, '/deals?create=true');
  const deal = page.getByRole('dialog', { name: 'New deal' });
  await deal.getByRole('combobox', { name: 'Contact' }).fill('Petra');
  await page.getByRole('option', { name: 'Petra' }).click();
  const employer = deal.getByRole('combobox', { name: 'Company' });
  await eventually(async () => (await employer.inputValue()) === 'Many Deals Ltd');
  await deal.getByLabel('Name').fill('For Petra');
  await deal.getByRole('button', { name: 'Create deal' }).click();
  await deal.waitFor({ state: 'detached' });
  const [made] = (await read('deals?sort=-created_at&limit=1')).data;
  assert.deepEqual([made.name, made.company_id], ['For Petra', company.id]);

  // Who is made for a deal works where it is made.
  await open(page, `/companies/${company.id}`);
  await deals.getByRole('button', { name: 'New deal' }).click();
  await deal.getByRole('combobox', { name: 'Contact' }).fill('Quentin');
  await page.getByRole('option', { name: 'Create “Quentin”' }).click();
  await page.getByText('Contact created').waitFor();
  const [contact] = (await read('contacts?sort=-created_at&limit=1')).data;
  assert.deepEqual([contact.name, contact.company_id], ['Quentin', company.id]);
});

test('the page of a product leads to the deals that it stands on', async (t) => {
  const product = await create('products', { name: 'Sold often', unit_price: '20.00', currency: 'USD' });
  const { id } = await create('deals', { name: 'Bought twice', currency: 'USD' });
  const lines = [{ product_id: product.id, quantity: '2' }];
  const { status } = await world.administrator.session.send('PUT', `/api/v1/deals/${id}/lines`, { lines });
  assert.equal(status, 200);
  const { page } = await world.visit(t);
  await open(page, `/products/${product.id}`);
  const deals = page.getByRole('region', { name: 'Deals' });
  await deals.getByText('$40.00').waitFor({ timeout: 5_000 });
  await deals.getByRole('link', { name: /Bought twice/ }).click();
  await page.waitForURL(new RegExp(`/deals/${id}`));
});

test('the focus stays where somebody has gone on to while a field is being saved', async (t) => {
  const { id } = await create('contacts', { given_name: 'Gone', family_name: 'On' });
  const { page } = await world.visit(t);
  const sent = Promise.withResolvers<void>();
  await page.route(`**/api/v1/contacts/${id}`, async (route) => {
    if (route.request().method() === 'PATCH') await sent.promise;
    await route.continue();
  });
  await open(page, `/contacts/${id}`);
  const jobTitle = page.getByRole('button', { name: 'Edit job title' });
  await jobTitle.click();
  await page.getByRole('textbox', { name: 'Job title' }).fill('Chief');
  const note = page.getByRole('textbox', { name: 'Note' });
  await note.click();
  await page.keyboard.type('Call ');
  sent.resolve();
  await jobTitle.getByText('Chief').waitFor();
  await page.keyboard.type('her back');
  assert.equal(await note.textContent(), 'Call her back');

  // Where nothing was changed, the edit ends at once.
  await jobTitle.click();
  await page.getByRole('textbox', { name: 'Job title' }).waitFor();
  await note.click();
  await jobTitle.waitFor();
  await note.and(page.locator(':focus')).waitFor({ timeout: 5_000 });
  await jobTitle.click();
  await page.keyboard.press('Escape');
  await jobTitle.and(page.locator(':focus')).waitFor();
});

const waysToLeave: Record<string, (page: Page) => Promise<unknown>> = {
  'the palette': async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search and commands' }).fill('Go to deals');
    await page.getByRole('option', { name: /^Go to deals/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/deals*');
  },
  'the Back key': (page) => page.goBack(),
};
for (const [way, leave] of Object.entries(waysToLeave))
  test(`a field that is being edited is saved when one leaves by ${way}`, async (t) => {
    const { id } = await create('contacts', { given_name: 'Left', family_name: 'Behind', job_title: 'Clerk' });
    const { page } = await world.visit(t);
    await open(page, '/contacts');
    await walkTo(page, `/contacts/${id}`);
    await page.getByRole('button', { name: 'Edit job title' }).click();
    await page.getByRole('textbox', { name: 'Job title' }).fill('Chief');
    await leave(page);
    await page.getByRole('textbox', { name: 'Job title' }).waitFor({ state: 'detached' });
    await page.getByText('Job title saved').waitFor({ timeout: 10_000 });
    assert.equal((await read(`contacts/${id}`)).job_title, 'Chief');
  });

test('a download that is refused leaves the page where it is', async (t) => {
  const { page } = await world.visit(t);
  const switchExports = async (exports: boolean) => {
    const { status } = await world.administrator.session.send('PATCH', '/api/v1/features', { exports });
    assert.equal(status, 200);
  };
  await open(page, '/companies');
  // After the page has asked for the last time whether it may.
  await page.route('**/api/v1/session', async (route) => {
    await switchExports(false);
    await route.continue();
  });
  const refused = page.waitForEvent('download', { timeout: 5_000 });
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Download as CSV' }).click();
  try {
    assert.notEqual(await (await refused).failure(), null);
  } finally {
    await switchExports(true);
  }
  await page.getByRole('heading', { name: 'Companies', level: 1 }).waitFor();
});

test('a tag that is not there yet is made by keyboard', async (t) => {
  const { id } = await create('contacts', { given_name: 'Tagged', family_name: 'By Hand' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'Edit tags' }).click();
  const box = page.getByRole('combobox', { name: 'Tags' });
  await box.fill('By hand');
  await page.getByText('Create “By hand”').waitFor();
  await page.keyboard.press('Enter');
  const names = async () => (await read(`contacts/${id}`)).tags.map(({ name }: { name: string }) => name).sort();
  await eventually(async () => (await names()).join() === 'By hand', 5_000);
  // And one goes on with the next.
  await box.and(page.locator(':focus')).and(page.locator('[value=""]')).waitFor();
  await page.keyboard.type('Know');
  await page.getByRole('option', { name: 'Known' }).waitFor();
  await page.keyboard.press('Enter');
  await eventually(async () => (await names()).join() === 'By hand,Known', 5_000);
});

test('several of a few are chosen by their names, one after the other', async (t) => {
  const options = ['Red', 'Green', 'Blue'];
  await create('custom-fields', {
    resource: 'contact',
    key: 'colours',
    label: 'Colours',
    type: 'multi_select',
    options,
  });
  const { id } = await create('contacts', { given_name: 'Coloured' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'Edit colours' }).click();
  const box = page.getByRole('group', { name: 'Colours' });
  const chosen = async () => (await read(`contacts/${id}`)).custom.colours?.join();
  await box.getByText('Red').click();
  await eventually(async () => (await chosen()) === 'Red', 5_000);
  await box.getByText('Blue').click();
  await eventually(async () => (await chosen()) === 'Red,Blue', 5_000);
});

test('a date of which a part was taken away stays until it is whole again', async (t) => {
  const company = await create('companies', { name: 'Of Dates' });
  const { id } = await create('deals', { name: 'Dated', expected_close_on: '2031-03-09', company_id: company.id });
  const { page } = await world.visit(t);
  await open(page, `/companies/${company.id}`);
  await page.getByRole('link', { name: 'Dated' }).click();
  const edit = page.getByRole('button', { name: 'Edit expected close' });
  const date = page.getByLabel('Expected close', { exact: true }).and(page.locator('input'));
  const closes = async () => (await read(`deals/${id}`)).expected_close_on;
  await edit.click();
  await date.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('It is not complete yet.').waitFor({ timeout: 5_000 });
  assert.equal(await closes(), '2031-03-09');
  await page.keyboard.type('04');
  await page.keyboard.press('Enter');
  await edit.waitFor();
  assert.equal(await closes(), '2031-04-09');
  await edit.click();
  await date.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Backspace');
  await page.goBack();
  await page.getByText('Expected close was not saved').waitFor();
  assert.equal(await closes(), '2031-04-09');
});

test('a note and a call are corrected where they stand, and a long text is read to its end', async (t) => {
  const id = (await create('contacts', { given_name: 'Correct' })).id;
  const said = Array.from({ length: 30 }, (_, line) => `Line ${line + 1}`).join('\n');
  await world.create('notes', { body: '<p>Wants <b>tree</b></p>', records: [{ type: 'contact', id: id }] });
  await world.create('activities', {
    kind: 'call',
    direction: 'out',
    subject: 'First cal',
    body: said,
    records: [{ type: 'contact', id }],
  });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'More about this note' }).click();
  await page.getByRole('menuitem', { name: 'Edit note' }).click();
  const entry = page.getByRole('listitem').filter({ hasText: 'wrote a note' });
  const editor = entry.getByRole('textbox', { name: 'Note' });
  await editor.press('ControlOrMeta+End');
  await page.keyboard.type(' offers');
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('ControlOrMeta+Enter');
  await editor.waitFor({ state: 'detached' });
  await entry.getByText('tree offers').waitFor();

  const call = page.getByRole('listitem').filter({ hasText: 'Ada Admin called' });
  await call.getByRole('button', { name: 'Show all of it' }).click();
  await call.getByRole('button', { name: 'Show less' }).waitFor();
  await picture(page, 'entries');
  await page.getByRole('button', { name: 'More about this entry' }).click();
  await page.getByRole('menuitem', { name: 'Edit entry' }).click();
  const form = call.locator('form');
  await form.getByLabel('Subject').fill('First call');
  await form.getByLabel('Minutes').fill('12');
  await form.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('called for 12 min').waitFor();
  const { data } = await world.read(`activities?limit=1`);
  assert.deepEqual([data[0].subject, data[0].duration_minutes, data[0].body], ['First call', 12, said]);
});

test('words of a note become a link to an address that is asked for', async (t) => {
  const id = (await create('contacts', { given_name: 'Linked' })).id;
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const editor = page.getByRole('textbox', { name: 'Note' });
  await editor.focus();
  await page.keyboard.type('our offer');
  await page.keyboard.press('ControlOrMeta+a');
  await page.getByRole('button', { name: 'Link', exact: true }).click();
  const form = page.getByRole('dialog', { name: 'Add a link' });
  await form.getByLabel('Web address').fill('the site');
  await page.keyboard.press('Enter');
  await form.getByText('Write an address such as').waitFor();
  await form.getByLabel('Web address').fill('example.com/offer');
  await picture(page, 'link');
  await page.keyboard.press('Enter');
  await form.waitFor({ state: 'detached' });
  await page.keyboard.press('ControlOrMeta+Enter');
  const link = page.getByRole('listitem').getByRole('link', { name: 'our offer' });
  await link.waitFor();
  assert.equal(await link.getAttribute('href'), 'https://example.com/offer');
});

test('beside its timeline an address breaks at its sign, not within a word', async (t) => {
  const { id } = await create('contacts', { given_name: 'Nadia', email: 'nadia.gauthier@domain.example' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('link', { name: 'nadia.gauthier@domain.example' }).first().waitFor();
  // Of each part of the text, on how many lines it stands.
  const parts = await page.evaluate(`(() => {
    const texts = document.createTreeWalker(document.querySelector('a[href^="mailto:nadia"]'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      found.push([range.toString(), new Set([...range.getClientRects()].map(({ bottom }) => bottom)).size]);
    }
    return found;
  })()`);
  assert.deepEqual(parts, [
    ['nadia.gauthier@', 1],
    ['domain.example', 1],
  ]);
});
