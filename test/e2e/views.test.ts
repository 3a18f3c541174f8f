import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { open, settled, setUp, textOf } from './browser.ts';

const world = setUp(async ({ administrator }) => {
  const create = async (path: string, body: object) => {
    const made = await administrator.session.send('POST', `/api/v1/${path}`, body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  const bank = await create('companies', { name: 'Bank of Rome', industry: 'Banking' });
  const mill = await create('companies', { name: 'Paper Mill', industry: 'Paper' });
  await create('deals', { name: 'Vault doors', company_id: bank.id, amount: '9000.00' });
  await create('contacts', { given_name: 'Livia', company_id: bank.id });
  await create('contacts', { given_name: 'Otto', company_id: mill.id });
});

test('contacts of companies in an industry, kept as a view for everybody', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await grid.getByText('Otto').waitFor();

  await page.getByRole('combobox', { name: 'Filter', exact: true }).click();
  await page.getByRole('combobox', { name: 'Filter by' }).fill('Company');
  await page.getByRole('option', { name: 'Company related' }).click();
  const editor = page.getByRole('dialog', { name: 'Edit the filter' });
  await editor.getByRole('button', { name: 'Condition' }).click();
  await editor.getByRole('combobox', { name: 'Field' }).click();
  await page.getByRole('option', { name: 'Industry' }).click();
  await editor.getByRole('combobox', { name: 'Condition' }).click();
  await page.getByRole('option', { name: 'is', exact: true }).click();
  await editor.getByRole('textbox', { name: 'Value' }).fill('Banking');
  await grid.getByText('Otto').waitFor({ state: 'detached' });
  await grid.getByText('Livia').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^company Industry is Banking/i }).waitFor();

  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save as a new view…' }).click();
  const form = page.getByRole('dialog', { name: 'Save this list of contacts' });
  await form.getByLabel('Name').fill('Bankers');
  await form.getByRole('switch', { name: 'Share with everyone in the workspace' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  const tab = page.getByRole('main').getByRole('link', { name: 'Bankers' });
  await tab.waitFor();
  await page.waitForURL(/view=/);
  await page.getByRole('button', { name: /^company Industry is Banking/i }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('filter'), null, 'the view holds the filter now');
  assert.equal(await grid.getByText('Otto').count(), 0);
  await page.getByText('“Bankers” is saved').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await tab.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Redo' }).click();
  await tab.waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await grid.getByText('Otto').waitFor();
  await tab.click();
  await grid.getByText('Otto').waitFor({ state: 'detached' });

  const colleague = await world.person('Bea Colleague', 'member');
  const other = await world.visit(t, colleague);
  await open(other.page, '/dashboard');
  const beside = other.page.getByRole('navigation').getByRole('link', { name: 'Bankers' });
  await beside.click({ timeout: 5_000 });
  const current = other.page.getByRole('navigation').locator('a[aria-current="page"]');
  await current.filter({ hasText: 'Bankers' }).waitFor();
  assert.deepEqual(await current.allTextContents(), ['Bankers']);
  // Folded away, it leaves the list to say where one is.
  const heading = other.page.getByRole('navigation').getByRole('button', { name: 'Saved views' });
  await heading.click();
  assert.deepEqual(await current.allTextContents(), ['Contacts']);
  await heading.click();
  await other.page.getByRole('grid', { name: 'Contacts' }).getByText('Livia').waitFor();
  assert.equal(await other.page.getByRole('grid', { name: 'Contacts' }).getByText('Otto').count(), 0);
  await other.page.getByRole('button', { name: 'View', exact: true }).click();
  assert.equal(await other.page.getByRole('menuitem', { name: 'Delete the view' }).count(), 0);

  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Delete the view' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete view' }).click();
  await tab.waitFor({ state: 'detached' });
  await grid.getByText('Otto').waitFor();
  const deleted = page.getByRole('dialog', { name: '“Bankers” is deleted', exact: true });
  await deleted.getByRole('button', { name: 'Undo' }).click();
  await tab.click();
  await grid.getByText('Otto').waitFor({ state: 'detached' });
});

test('favourites stand above the saved views in one’s own order, called as their records are now', async (t) => {
  const [anna, bert, cleo] = await Promise.all(
    ['Anna', 'Bert', 'Cleo'].map((given_name) => world.create('contacts', { given_name })),
  );
  const task = await world.create('tasks', { title: 'Water the plants' });
  const view = await world.create('saved-views', { resource: 'company', name: 'Mills', layout: 'table' });
  const send = (method: string, path: string, body?: object) =>
    world.administrator.session.send(method, `/api/v1/${path}`, body);
  const { page, expectRefusal } = await world.visit(t);
  const beside = page.getByRole('navigation', { name: 'Main' });
  const section = beside.getByRole('region', { name: 'Favourites' });
  const shows = (...names: string[]) =>
    eventually(async () => (await section.getByRole('link').allTextContents()).join() === names.join());
  const star = page.getByRole('main').getByRole('button', { name: 'Add to favourites' });

  await open(page, `/contacts/${anna.id}`);
  assert.equal(await section.count(), 0);
  expectRefusal(409);
  const refusal = { title: 'Full', detail: 'There is no room for more.', status: 409, code: 'conflict' };
  const refuse = (route: Route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', json: refusal });
  await page.route('**/favourite', refuse, { times: 1 });
  await star.press('Enter');
  await page.getByText('There is no room for more.').waitFor();
  await section.waitFor({ state: 'detached' });
  // Shown before it is saved: to leave the page would break that off.
  const saved = async (mark: Promise<void>) => {
    const answer = page.waitForResponse(/\/favourite$/);
    await mark;
    await answer;
  };
  await saved(star.press('Enter'));
  await section.getByRole('link', { name: 'Anna' }).waitFor();
  const pressed = page.getByRole('main').getByRole('button', { name: 'Remove from favourites', pressed: true });
  await pressed.waitFor();
  await open(page, '/contacts');
  await page.getByRole('grid', { name: 'Contacts' }).getByText('Bert').click();
  await saved(page.getByRole('complementary').getByRole('button', { name: 'Add to favourites' }).click());
  await shows('Anna', 'Bert');
  await open(page, `/tasks?task=${task.id}`);
  await saved(page.getByRole('dialog').getByRole('button', { name: 'Add to favourites' }).click());
  await page.keyboard.press('Escape');
  await open(page, `/companies?view=${view.id}`);
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Add to favourites' }).click();
  await shows('Anna', 'Bert', 'Water the plants', 'Mills');
  assert.match(await textOf(beside), /Favourites.*Saved views/);

  await section.getByRole('link', { name: 'Mills' }).focus();
  await page.keyboard.press('Shift+ArrowUp');
  await shows('Anna', 'Bert', 'Mills', 'Water the plants');
  const stillFocused = () => section.locator('a:focus', { hasText: 'Mills' }).waitFor();
  await stillFocused();
  await page.keyboard.press('Shift+ArrowUp');
  await beside.getByText('Mills is number 2 of 4').waitFor({ state: 'attached' });
  await shows('Anna', 'Mills', 'Bert', 'Water the plants');
  await stillFocused();
  await section.getByRole('link', { name: 'Water the plants' }).dragTo(section.getByRole('link', { name: 'Anna' }));
  await shows('Water the plants', 'Anna', 'Mills', 'Bert');
  await section.getByRole('button', { name: 'More for Anna' }).click();
  await page.getByRole('menuitem', { name: 'Move down' }).click();
  await shows('Water the plants', 'Mills', 'Anna', 'Bert');
  const kept = async () => (await world.read('favourites')).data.map(({ name }: { name: string }) => name);
  await eventually(async () => (await kept()).join() === 'Water the plants,Mills,Anna,Bert');

  await send('PATCH', `contacts/${anna.id}`, { given_name: 'Annika' });
  await shows('Water the plants', 'Mills', 'Annika', 'Bert');
  await send('DELETE', `contacts/${bert.id}`);
  await shows('Water the plants', 'Mills', 'Annika');
  await send('POST', `contacts/${bert.id}/restoration`);
  await shows('Water the plants', 'Mills', 'Annika', 'Bert');
  await send('PUT', `contacts/${cleo.id}/favourite`);
  await shows('Water the plants', 'Mills', 'Annika', 'Bert', 'Cleo');

  await section.getByRole('button', { name: 'More for Mills' }).click();
  await page.getByRole('menuitem', { name: 'Remove from favourites' }).click();
  await shows('Water the plants', 'Annika', 'Bert', 'Cleo');
  await page.keyboard.press('ControlOrMeta+k');
  const found = page.getByRole('group', { name: 'Favourites' });
  await found.getByRole('option', { name: 'Annika' }).click();
  await page.waitForURL(`**/contacts/${anna.id}`);
  await pressed.click();
  await star.waitFor();
  await shows('Water the plants', 'Bert', 'Cleo');
});

test('a view is saved with the columns as they stand at that moment', async (t) => {
  const { id } = await world.create('saved-views', { resource: 'contact', name: 'Short', layout: 'table' });
  const { page } = await world.visit(t);
  await open(page, `/contacts?view=${id}`);
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await grid.getByText('Livia').waitFor();
  await grid.getByRole('button', { name: 'Phone: column options' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Hide column' }).press('Enter');
  const phone = grid.getByRole('columnheader', { name: 'Phone' });
  await phone.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save changes to “Short”' }).click();
  await page.getByText('“Short” is saved').waitFor();
  await settled(page);
  const { columns } = await world.read(`saved-views/${id}`);
  assert.deepEqual([columns.hidden.includes('phone'), await phone.count()], [true, 0]);
});

test('a filter knows periods of one’s own calendar', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/companies');
  const grid = page.getByRole('grid', { name: 'Companies' });
  await grid.getByText('Paper Mill').waitFor();
  await page.getByRole('combobox', { name: 'Filter', exact: true }).click();
  await page.getByRole('combobox', { name: 'Filter by' }).fill('Created');
  await page.getByRole('option', { name: 'Created', exact: true }).click();
  const editor = page.getByRole('dialog', { name: 'Edit the filter' });
  await editor.getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name: 'last year' }).click();
  await page.getByRole('heading', { name: 'No companies match' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Created is within last year/ }).click();
  await page.getByRole('dialog', { name: 'Edit the filter' }).getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name: 'today' }).click();
  await grid.getByText('Paper Mill').waitFor();
});

test('a period gives way to a day, which is meant to its end', async (t) => {
  const { page } = await world.visit(t);
  const within = encodeURIComponent(JSON.stringify({ field: 'created_at', op: 'within', value: 'this_month' }));
  await open(page, `/companies?filter=${within}`);
  await page.getByRole('button', { name: /Created is within this month/ }).click();
  const editor = page.getByRole('dialog', { name: 'Edit the filter' });
  await editor.getByRole('combobox', { name: 'Condition' }).click();
  await page.getByRole('option', { name: 'is on or before' }).click();
  const today = (await page.evaluate(`new Date().toLocaleDateString('sv')`)) as string;
  await editor.getByLabel('Value').fill(today);
  await page.waitForURL((url) => url.search.includes('59.999999Z'));
  await settled(page);
  await page.getByRole('grid', { name: 'Companies' }).getByText('Paper Mill').waitFor();
  assert.equal(await editor.getByLabel('Value').inputValue(), today);
});

test('the sum at the foot of a list is that of all that match', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/deals?view=all&layout=table');
  await page.getByText(/Amount: \$9,000/).waitFor();
  const filter = encodeURIComponent(JSON.stringify({ and: [{ field: 'name', op: 'eq', value: 'nothing' }] }));
  await open(page, `/deals?view=all&layout=table&filter=${filter}`);
  await page.getByText(/Amount: \$0/).waitFor();
});

test('a list whose filter is refused leads back to the list without it', async (t) => {
  const { send } = world.administrator.session;
  const field = { resource: 'company', key: 'former', label: 'Former name', type: 'text' };
  const { body } = await send('POST', '/api/v1/custom-fields', field);
  assert.equal((await send('DELETE', `/api/v1/custom-fields/${body.id}`)).status, 204);
  const filter = { field: 'custom.bygone', op: 'eq', value: 'x' };
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await page.goto(`/companies?filter=${encodeURIComponent(JSON.stringify(filter))}`);
  await page.getByRole('heading', { name: 'The companies could not be read' }).waitFor();
  await page.getByText('uses a field that is retired or not visible to you').waitFor({ timeout: 5_000 });
  await page.getByRole('button', { name: 'Unknown field' }).waitFor({ timeout: 5_000 });
  await page.getByRole('link', { name: 'Clear the filter' }).click({ timeout: 5_000 });
  await page.getByRole('grid', { name: 'Companies' }).getByText('Paper Mill').waitFor();

  await page.goto(`/companies?filter=${encodeURIComponent(JSON.stringify({ ...filter, field: 'custom.former' }))}`);
  await page.getByRole('button', { name: 'Former name (retired)' }).click({ timeout: 5_000 });
  await page.getByRole('dialog', { name: 'Edit the filter' }).getByText('Remove the condition').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove the filter' }).click();
  await page.getByRole('grid', { name: 'Companies' }).getByText('Paper Mill').waitFor();

  // Groups go as deep as the server takes them.
  await page.getByRole('combobox', { name: 'Filter', exact: true }).click();
  await page.getByRole('button', { name: 'Any or all of several' }).click();
  const editor = page.getByRole('dialog', { name: 'Edit the filter' });
  const groups = editor.getByRole('button', { name: 'Group', exact: true });
  const goDeeper = async () => {
    const before = await groups.count();
    await groups.first().click();
    return (await groups.count()) > before;
  };
  while (await goDeeper());
  await editor.getByRole('button', { name: 'Condition', exact: true }).first().click();
  for (const value of await editor.getByRole('textbox', { name: 'Value' }).all()) await value.fill('Paper Mill');
  await settled(page);
  await page.getByRole('grid', { name: 'Companies' }).getByText('Paper Mill').waitFor();
});

test('of the views of a page the one that is shown, and no other, is said to be current', async (t) => {
  const { page } = await world.visit(t);
  const shown = { '/tasks': 'My day', '/tasks?view=calendar&who=all': 'Calendar', '/inbox': 'Unread', '/inbox?view=all': 'All',
    '/trash': 'Deleted', '/duplicates': 'Contacts', '/duplicates?of=company': 'Companies', '/dashboard': 'Overview', '/contacts': 'All',
    '/contacts?view=mine': 'Mine' }; // biome-ignore format: a table
  for (const [path, view] of Object.entries(shown)) {
    await open(page, path);
    const said = page.locator('main header').first().locator('a[aria-current="page"]:not([aria-label])');
    assert.deepEqual(await said.allTextContents(), [view], path);
  }
});

test('a link to a view by a field that one may not see shows no rows in its place', async (t) => {
  const { send } = world.administrator.session;
  const field = { resource: 'contact', key: 'salary', label: 'Salary', type: 'integer', visible_to: [] };
  assert.equal((await send('POST', '/api/v1/custom-fields', field)).status, 201);
  const filter = { field: 'custom.salary', op: 'gt', value: 1 };
  const view = { resource: 'contact', name: 'Well paid', shared: true, layout: 'table', filter };
  const { body } = await send('POST', '/api/v1/saved-views', view);
  const colleague = await world.person('Cora Colleague', 'member');
  const { page } = await world.visit(t, colleague);
  await open(page, `/contacts?view=${body.id}`);
  await page.getByRole('heading', { name: 'This view is not available to you' }).waitFor();
  assert.equal(await page.getByText('Livia').count(), 0);
  assert.doesNotMatch((await page.locator('body').textContent())!, /salary|Well paid/i);
  await page.getByRole('link', { name: 'Show all contacts' }).click();
  await page.getByRole('grid', { name: 'Contacts' }).getByText('Livia').waitFor();
});

test('a view by an option that was removed shows the rest of its rows, and says which option is gone', async (t) => {
  const { send } = world.administrator.session;
  const field = { resource: 'company', key: 'tier', label: 'Tier', type: 'select', options: ['Gold', 'Bronze'] };
  const tier = await send('POST', '/api/v1/custom-fields', field);
  assert.equal(tier.status, 201, JSON.stringify(tier.body));
  await send('POST', '/api/v1/companies', { name: 'Golden Gate', custom: { tier: 'Gold' } });
  const filter = { field: 'custom.tier', op: 'in', value: ['Gold', 'Bronze'] };
  const view = { resource: 'company', name: 'Tiers', shared: true, layout: 'table', filter };
  const { body } = await send('POST', '/api/v1/saved-views', view);
  assert.equal((await send('PATCH', `/api/v1/custom-fields/${tier.body.id}`, { options: ['Gold'] })).status, 200);
  const { page } = await world.visit(t);
  await open(page, `/companies?view=${body.id}`);
  await page.getByRole('grid', { name: 'Companies' }).getByText('Golden Gate').waitFor();
  await page.getByRole('button', { name: 'Tier is any of Gold, Bronze (removed)' }).click();
  const editor = page.getByRole('dialog', { name: 'Edit the filter' });
  await editor.getByRole('checkbox', { name: 'Bronze (removed)' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Tier is any of Gold', exact: true }).waitFor();

  const board = {
    resource: 'company',
    name: 'By tier',
    shared: true,
    layout: 'board',
    arrangement: { by: 'custom.tier' },
  };
  const byTier = (await send('POST', '/api/v1/saved-views', board)).body;
  assert.equal((await send('DELETE', `/api/v1/custom-fields/${tier.body.id}`)).status, 204);
  await open(page, `/companies?view=${byTier.id}`);
  await page.getByRole('heading', { name: 'This view is arranged by a field that is not available' }).waitFor();
  await page.getByRole('combobox', { name: 'By which field' }).click();
  const other = page.getByRole('option', { name: /^By / }).first();
  const name = await textOf(other);
  await other.click();
  await page.getByRole('region', { name, exact: true }).waitFor();
});

test('a view that is sorted by a field that was retired shows its rows in the usual order', async (t) => {
  const { send } = world.administrator.session;
  const field = { resource: 'contact', key: 'rank', label: 'Rank', type: 'integer' };
  const rank = await send('POST', '/api/v1/custom-fields', field);
  assert.equal(rank.status, 201, JSON.stringify(rank.body));
  const view = { resource: 'contact', name: 'By rank', layout: 'table', sort: '-custom.rank' };
  assert.equal((await send('POST', '/api/v1/saved-views', view)).status, 201);
  assert.equal((await send('DELETE', `/api/v1/custom-fields/${rank.body.id}`)).status, 204);
  const { page } = await world.visit(t);
  // What no list of contacts can be sorted by is passed over as well.
  await open(page, '/contacts?sort=nonsense');
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await grid.getByText('Livia').waitFor();
  await settled(page);
  await page.locator('#main').getByRole('link', { name: 'By rank' }).click();
  await page.waitForURL(/view=/);
  await settled(page);
  await grid.getByText('Livia').waitFor();
  await grid.getByRole('columnheader', { name: 'Name' }).waitFor();
});

test('who creates for a colleague what they may not see is told so, and stays where they are', async (t) => {
  const own = { read: 'own', create: 'all', update: 'own' };
  const rights = { contact: own, company: { read: 'all' }, user: { read: 'all' }, tag: { read: 'all' } };
  const role = await world.administrator.session.send('POST', '/api/v1/roles', { name: 'Intake', rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const { page } = await world.visit(t, await world.person('Ida Intake', role.body.key));
  await open(page, '/contacts?create=true');
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').fill('Theirs');
  await form.getByRole('combobox', { name: 'Owner' }).fill('Bea');
  await page.getByRole('option', { name: /Bea/ }).click();
  await form.getByRole('button', { name: 'Create contact' }).click();
  await page.getByText('You cannot see it, because it belongs to somebody else.').waitFor();
  await form.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).searchParams.get('open'), null);
});
