import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/app.ts';
import { barriers, desktop, open, phone, picture, settled, setUp } from './browser.ts';

const world = setUp();
const { create, read } = world;

/** The first record of a noun that this filter finds. */
async function find(path: string, field: string, value: string) {
  const filter = encodeURIComponent(JSON.stringify({ field, op: field === 'records' ? 'has' : 'eq', value }));
  const { body } = await world.administrator.session.send('GET', `/api/v1/${path}?filter=${filter}`);
  return body.data[0];
}

test('a board without deals says so and offers the first', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/deals?layout=board');
  await page.getByRole('heading', { name: 'No deals yet' }).waitFor();
  await page.locator('main').getByRole('button', { name: 'New deal' }).last().click();
  const form = page.getByRole('dialog', { name: 'New deal' });
  await form.getByLabel('Name').fill('The very first');
  await form.getByRole('combobox', { name: 'Currency' }).getByText('USD · US dollars').waitFor();
  await form.getByRole('button', { name: 'Create deal' }).click();
  await page.getByRole('region', { name: 'Deals by stage' }).getByText('The very first').waitFor();
});

test('a new contact: what is wrong stands at its field, and once right it is in the list', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  const focused = () => page.evaluate('document.activeElement.name || document.activeElement.textContent');
  await open(page, '/contacts');
  const button = page.getByRole('button', { name: 'New contact' }).first();
  await button.press('Enter');
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').waitFor();
  assert.equal(await focused(), 'given_name');
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
  assert.equal(await focused(), 'New contact', 'the focus does not go back to what opened the form');
  await button.click();
  await form.getByLabel('First name').fill('Grace');
  await form.getByLabel('Last name').fill('Hopper');
  const email = form.getByLabel('E-mail');
  await email.fill('grace at example.com');

  expectRefusal(422);
  await form.getByRole('button', { name: 'Create contact' }).click();
  await form.getByText('name@example.com').waitFor();
  assert.equal(await email.getAttribute('aria-invalid'), 'true');
  await email.and(page.locator(':focus')).waitFor();
  assert.equal(await form.getByLabel('First name').getAttribute('aria-invalid'), null);
  assert.equal(await find('contacts', 'family_name', 'Hopper'), undefined);

  await email.fill('grace@example.com');
  await form.getByRole('button', { name: 'Create contact' }).click();
  await form.waitFor({ state: 'detached' });
  await page
    .getByRole('grid', { name: 'Contacts' })
    .getByRole('row', { name: /Grace Hopper/ })
    .waitFor();
  assert.equal((await find('contacts', 'family_name', 'Hopper')).email, 'grace@example.com');
});

test('a value is changed where it stands, and the change taken back', async (t) => {
  const { id } = await create('contacts', { given_name: 'Mary', job_title: 'Engineer' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'Edit job title' }).click();
  await page.getByRole('textbox', { name: 'Job title' }).fill('Astronomer');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Edit job title' }).getByText('Astronomer').waitFor();
  assert.equal((await read(`contacts/${id}`)).job_title, 'Astronomer');

  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('button', { name: 'Edit job title' }).getByText('Engineer').waitFor();
  await eventually(async () => (await read(`contacts/${id}`)).job_title === 'Engineer');
});

test('what others change and make appears without a reload', async (t) => {
  const { id } = await create('contacts', { given_name: 'Annie', family_name: 'Easley' });
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  const list = page.getByRole('grid', { name: 'Contacts' });
  await list.getByRole('row', { name: /Annie Easley/ }).waitFor();
  page.on('load', () => assert.fail('the page was loaded again'));

  const other = await world.person('Omar Other', 'manager');
  const changed = await other.session.send('PATCH', `/api/v1/contacts/${id}`, { phone: '+49 30 901820' });
  assert.equal(changed.status, 200);
  await list.getByRole('row', { name: /Annie Easley.*901820/ }).waitFor();
  await create('contacts', { given_name: 'Ada', family_name: 'Yonath' }, other);
  await list.getByRole('row', { name: /Ada Yonath/ }).waitFor();
});

test('a page that is left holds no connection, and shows what changed once one comes back to it', async (t) => {
  const { id } = await create('contacts', { given_name: 'Left', family_name: 'Behind' });
  const { page } = await world.visit(t);
  const streamed = page.waitForRequest(/\/api\/v1\/events/);
  await open(page, `/contacts/${id}`);
  const stream = await streamed;
  const ended = page.waitForEvent('requestfailed', (request) => request === stream);
  const turn = (kind: string) =>
    page.evaluate(`dispatchEvent(new PageTransitionEvent('${kind}', { persisted: true }))`);
  await turn('pagehide');
  await ended;
  const { session } = await world.person('Otto Other', 'manager');
  assert.equal((await session.send('PATCH', `/api/v1/contacts/${id}`, { job_title: 'Found again' })).status, 200);
  await turn('pageshow');
  await page.getByText('Found again').first().waitFor();
});

test('who edits what somebody else has just changed is told so and loses nothing', async (t) => {
  const { id } = await create('contacts', { given_name: 'Rosalind', job_title: 'Chemist' });
  const { page, expectRefusal } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'Edit job title' }).click();
  const editor = page.getByRole('textbox', { name: 'Job title' });
  await editor.fill('Crystallographer');
  const other = await world.person('Olga Other', 'manager');
  assert.equal((await other.session.send('PATCH', `/api/v1/contacts/${id}`, { job_title: 'Director' })).status, 200);

  expectRefusal(412);
  await page.keyboard.press('Enter');
  await page
    .getByRole('alert')
    .getByText(/changed/)
    .waitFor();
  assert.equal(await editor.inputValue(), 'Crystallographer');
  assert.equal((await read(`contacts/${id}`)).job_title, 'Director');

  // To look around is not to replace it.
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'PATCH' && sent.push(request.url()));
  await page.getByRole('heading', { name: 'Rosalind' }).first().click();
  await page.locator('body:not(:has(input:focus))').waitFor();
  assert.equal(await editor.inputValue(), 'Crystallographer');
  assert.deepEqual(sent, []);

  await editor.focus();
  await page.keyboard.press('Enter');
  await editor.waitFor({ state: 'detached' });
  assert.equal((await read(`contacts/${id}`)).job_title, 'Crystallographer');
});

test('what changes after a page was read and before it listens is shown all the same', async (t) => {
  const { id } = await create('contacts', { given_name: 'Before', job_title: 'Clerk' });
  const { page } = await world.visit(t);
  const streams: (() => void)[] = [];
  await page.route('**/api/v1/events?*', async (route) => {
    await new Promise<void>((resolve) => streams.push(resolve));
    await route.continue();
  });
  await page.goto(`/contacts/${id}`);
  await page.getByText('Clerk', { exact: true }).first().waitFor();
  await eventually(async () => streams.length === 1);
  const changed = await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, { job_title: 'Captain' });
  assert.equal(changed.status, 200);
  // Those who listen have heard of it by then.
  await page.waitForTimeout(1_000);
  await page.getByText('Clerk', { exact: true }).first().waitFor();
  for (const go of streams) go();
  await page.getByText('Captain', { exact: true }).first().waitFor();
});

test('the palette finds a record and opens it by keyboard alone', async (t) => {
  const { id } = await create('companies', { name: 'Zeppelin Werft GmbH' });
  const { page } = await world.visit(t);
  await open(page, '/');
  const button = page.getByRole('button', { name: 'Search' }).first();
  const search = page.getByRole('combobox', { name: 'Search and commands' });
  await button.press('Enter');
  await search.waitFor();
  await page.keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });
  assert.match(await page.evaluate('document.activeElement.textContent'), /^Search/, 'the focus does not go back');
  await page.keyboard.press('Control+k');
  await search.fill('eppelin');
  await page.getByRole('option', { name: /Zeppelin Werft/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/companies/${id}`);
  await page.getByRole('heading', { name: 'Zeppelin Werft GmbH', level: 1 }).waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL('**/deals*');
  await page.keyboard.press('Control+k');
  await page.getByRole('group', { name: 'Recent' }).getByRole('option', { name: 'Zeppelin Werft GmbH' }).waitFor();
  const colour = (selector: string) => page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`);
  assert.equal(
    await colour('[role="option"]'),
    await colour('body'),
    'what can be chosen does not look as if it could not',
  );
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/companies/${id}`);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Create a record in this list').waitFor();
});

test('Esc closes a record and c creates one, also after a select was used', async (t) => {
  await create('companies', { name: 'Quiet Ltd' });
  const { page } = await world.visit(t);
  await open(page, '/companies');
  await page.getByRole('combobox', { name: 'Group' }).click();
  await page.getByRole('option', { name: 'Group by: none' }).waitFor();
  await page.keyboard.press('Escape');
  await page
    .getByRole('gridcell', { name: /Quiet Ltd/ })
    .first()
    .click();
  const panel = page.getByRole('complementary').filter({ hasText: 'Quiet Ltd' });
  await panel.waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: 'New company' }).waitFor();
});

test('a filter narrows the list and stays in the address', async (t) => {
  await create('companies', { name: 'Filter Mills', industry: 'Textiles' });
  await create('companies', { name: 'Filter Dairy', industry: 'Food' });
  const { page } = await world.visit(t);
  await open(page, '/companies');
  const list = page.getByRole('grid', { name: 'Companies' });
  await list.getByRole('row', { name: /Filter Dairy/ }).waitFor();

  await page.getByRole('combobox', { name: 'Filter' }).click();
  await page.getByRole('combobox', { name: 'Filter by' }).pressSequentially('Industry');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Value' }).fill('texti');
  await list.getByRole('row', { name: /Filter Dairy/ }).waitFor({ state: 'detached' });
  await list.getByRole('row', { name: /Filter Mills/ }).waitFor();

  await page.reload();
  await settled(page);
  await list.getByRole('row', { name: /Filter Mills/ }).waitFor();
  assert.equal(await list.getByRole('row', { name: /Filter Dairy/ }).count(), 0);
});

test('a field of the company is found by its name when deals are filtered', async (t) => {
  const { id: company_id } = await create('companies', { name: 'Loom Works', industry: 'Textiles' });
  await create('deals', { name: 'Looms', company_id });
  await create('deals', { name: 'Nothing woven' });
  const { page } = await world.visit(t);
  await open(page, '/deals?layout=table&view=all');
  const list = page.getByRole('grid', { name: 'Deals' });
  await list.getByRole('row', { name: /Nothing woven/ }).waitFor();
  await page.getByRole('combobox', { name: 'Filter', exact: true }).click();
  await page.getByRole('combobox', { name: 'Filter by' }).pressSequentially('industry');
  await page.getByRole('option', { name: 'Company: Industry' }).and(page.locator('[data-highlighted]')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Value' }).fill('texti');
  await list.getByRole('row', { name: /Nothing woven/ }).waitFor({ state: 'detached' });
  await list.getByRole('row', { name: /Looms/ }).waitFor();
});

test('a note is written on a record, stands in its timeline, and is printed with all of the record', async (t) => {
  const { id } = await create('contacts', { given_name: 'Lise' });
  const { page } = await world.visit(t, world.administrator, { ...desktop, colorScheme: 'dark' });
  await open(page, `/contacts/${id}`);
  await page.getByRole('textbox', { name: 'Note' }).click();
  assert.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
  await page.keyboard.type('Prefers mornings');
  await page.getByRole('button', { name: 'Save note' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Prefers mornings' }).waitFor();
  assert.equal((await find('notes', 'records', id)).body, '<p>Prefers mornings</p>');
  await page.emulateMedia({ media: 'print' });
  await page.locator('html[data-theme="light"]').waitFor();
  assert.equal(await page.getByRole('navigation', { name: 'Main' }).isVisible(), false);
  const [main, window] = await page.evaluate<[number, number]>(
    `[document.querySelector('main').offsetHeight, innerHeight]`,
  );
  assert.ok(main > window, 'what the window has no room for is cut off on paper');
  await page.emulateMedia({ media: null });
  await page.locator('html[data-theme="dark"]').waitFor();
});

test('what a change of an amount or a choice was is said as fields say it', async (t) => {
  const { id } = await create('deals', { name: 'Priced', amount: '3680000', currency: 'EUR' });
  await world.administrator.session.send('PATCH', `/api/v1/deals/${id}`, { amount: '4250000.5' });
  const { page } = await world.visit(t);
  await open(page, `/deals/${id}`);
  await page
    .getByRole('listitem')
    .filter({ hasText: /€3,680,000\.00.*€4,250,000\.50/ })
    .waitFor();
});

test('a call is logged, the timeline shows the kind one asks for, one follows a record and sees who else is here', async (t) => {
  const { id } = await create('contacts', { given_name: 'Hedy' });
  const onlooker = await world.person('Otto Onlooker', 'member');
  assert.equal((await onlooker.session.send('PUT', `/api/v1/contacts/${id}/presence`)).status, 200);
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('img', { name: 'Also here: Otto Onlooker' }).waitFor();

  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.getByLabel('Subject').fill('Asked for radios');
  await page.getByLabel('Minutes').fill('12');
  await page.getByRole('button', { name: 'Log call' }).click();
  const entry = page.getByRole('listitem').filter({ hasText: 'Asked for radios' });
  await entry.waitFor();
  const { kind, direction, duration_minutes } = await find('activities', 'records', id);
  assert.deepEqual([kind, direction, duration_minutes], ['call', 'out', 12]);
  const shown = page.getByRole('group', { name: 'Show' });
  await shown.getByRole('button', { name: 'Notes' }).click();
  await entry.waitFor({ state: 'detached' });
  await shown.getByRole('button', { name: 'Activities' }).click();
  await entry.waitFor();

  const { following } = await read(`contacts/${id}/followers`);
  const follow = page.getByRole('button', { name: following ? /^Stop following/ : /^Follow\./ });
  await follow.click();
  await follow.waitFor({ state: 'detached' });
  assert.equal((await read(`contacts/${id}/followers`)).following, !following);
});

test('a task is ticked off', async (t) => {
  const { id } = await create('tasks', { title: 'Call Emmy back', assignee_id: world.administrator.user_id });
  const { page } = await world.visit(t);
  await open(page, '/tasks');
  await page.getByRole('checkbox', { name: 'Mark “Call Emmy back” as done' }).click();
  // Once it is done, the list of open tasks may have been read again without it.
  await eventually(async () => (await read(`tasks/${id}`)).status === 'done');
  await page.getByRole('link', { name: 'Done' }).click();
  await page.getByRole('checkbox', { name: 'Open “Call Emmy back” again' }).waitFor();
});

test('a task that somebody else changed meanwhile says so and is saved at the second try', async (t) => {
  const { id } = await create('tasks', { title: 'Water the plants', assignee_id: world.administrator.user_id });
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/tasks');
  await page.getByRole('button', { name: 'Water the plants', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Task', exact: true });
  await dialog.getByLabel('Title').fill('Water all plants');
  const other = await world.person('Tara Other', 'admin');
  assert.equal((await other.session.send('PATCH', `/api/v1/tasks/${id}`, { priority: 'high' })).status, 200);

  expectRefusal(412);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/changed/)
    .waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const { title, priority } = await read(`tasks/${id}`);
  assert.deepEqual({ title, priority }, { title: 'Water all plants', priority: 'high' });
});

test('deleting the record one looks at leads back to its list, without a word in the console', async (t) => {
  const { id } = await create('contacts', { given_name: 'Ephemera' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete contact' }).click();
  await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor();
  // What happened before this has come through the stream too.
  await create('contacts', { given_name: 'Aftermath' });
  const list = page.getByRole('grid', { name: 'Contacts' });
  await list.getByRole('row', { name: /Aftermath/ }).waitFor();
  assert.equal(await list.getByRole('row', { name: /Ephemera/ }).count(), 0);
  // Beside the list, the keyboard goes on in the list.
  for (const given_name of ['Afterglow', 'Afterlife']) await create('contacts', { given_name });
  await open(page, `/contacts?sort=name&filter={"field":"name","op":"starts_with","value":"After"}`);
  const cell = (name: string) => page.getByRole('gridcell', { name }).and(page.locator(':focus'));
  const panel = page.getByRole('complementary', { name: 'Details of the contact' });
  const next = panel.getByRole('button', { name: 'Next contact' });
  await page.getByRole('gridcell', { name: 'Afterglow' }).click();
  await panel.getByRole('heading', { name: 'Afterglow' }).waitFor();
  await next.press('Enter');
  await panel.getByRole('heading', { name: 'Afterlife' }).waitFor();
  await next.and(page.locator(':focus')).waitFor({ timeout: 5_000 });
  await panel.getByRole('button', { name: 'Close' }).press('Enter');
  await cell('Afterglow').waitFor({ timeout: 5_000 });
  await page.keyboard.press('Enter');
  await panel.getByRole('heading', { name: 'Afterglow' }).waitFor();
  await panel.getByRole('button', { name: 'More actions' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Delete contact' }).press('Enter');
  await cell('Afterlife').waitFor({ timeout: 5_000 });
});

test('what is being read of a record is not waited for when it is deleted', async (t) => {
  const { id } = await create('contacts', { given_name: 'Fleeting' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const deleted = Promise.withResolvers<void>();
  const isTimeline = (request: { url(): string }) => request.url().includes(`${id}/timeline`);
  const read = Promise.race([
    page.waitForEvent('requestfinished', isTimeline),
    page.waitForEvent('requestfailed', isTimeline),
  ]);
  await page.route(/\/timeline/, async (route) => {
    await deleted.promise;
    // Unless the page has given it up.
    await route.continue().catch(() => undefined);
  });
  await page.route(`**/api/v1/contacts/${id}`, async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue();
    const response = await route.fetch();
    deleted.resolve();
    await read;
    await route.fulfill({ response });
  });
  const reading = page.waitForRequest(isTimeline);
  await create('notes', { body: 'Read as it goes', records: [{ type: 'contact', id: id }] });
  await reading;
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete contact' }).click();
  await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor();
  await page.unrouteAll({ behavior: 'wait' });
});

test('what could not be read is not said to be empty', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(500);
  const problem = { title: 'Something went wrong', status: 500, code: 'internal', detail: 'It was written down.' };
  await page.route(/\/api\/v1\/(tasks|companies)/, (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  );
  await page.goto('/');
  await page.getByRole('region', { name: 'Tasks' }).getByRole('alert').waitFor();
  await page.goto('/companies');
  await page.getByRole('alert').getByText('It was written down.').waitFor();
  assert.equal(await page.getByText('No companies yet').count(), 0);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await page.getByRole('grid', { name: 'Companies' }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.id'), 'main', 'the focus is lost with the button');
});

async function board() {
  const [pipeline] = (await read('pipelines')).data;
  const { columns } = await read(`pipelines/${pipeline.id}/board`);
  return columns as { stage: { id: string; name: string; kind: string }; cards: { id: string }[] }[];
}

const stageOf = async (deal: string) =>
  (await board()).find(({ cards }) => cards.some(({ id }) => id === deal))?.stage.name;

test('a deal is moved on the board, by keyboard and by mouse', async (t) => {
  const { id } = await create('deals', { name: 'Bridge over the Elbe' });
  const [first, second, third] = (await board()).map(({ stage }) => stage.name) as [string, string, string];
  const { page } = await world.visit(t);
  await open(page, '/deals?layout=board');
  const card = (stage: string) =>
    page.getByRole('region', { name: stage, exact: true }).getByRole('button', { name: /Bridge over the Elbe/ });

  await card(first).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await card(second).and(page.locator(':focus')).waitFor();
  await eventually(async () => (await stageOf(id)) === second);

  await card(second).dragTo(page.getByRole('region', { name: third, exact: true }));
  await card(third).waitFor();
  await eventually(async () => (await stageOf(id)) === third);
  await page.reload();
  await card(third).waitFor();
});

test('a deal is closed with a reason and stands as won', async (t) => {
  const { id } = await create('deals', { name: 'Harbour crane', amount: '99000.00', currency: 'EUR' });
  const reason = await create('close-reasons', { name: 'Best service', outcome: 'won' });
  const { page } = await world.visit(t);
  await open(page, `/deals/${id}`);
  await page.getByRole('button', { name: 'Won', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Mark the deal as won' });
  await dialog.getByRole('combobox', { name: 'Reason' }).click();
  await page.getByRole('option', { name: 'Best service' }).click();
  await dialog.getByRole('button', { name: 'Mark as won' }).click();
  await page.getByRole('button', { name: 'Reopen' }).waitFor();
  const deal = await read(`deals/${id}`);
  assert.equal(deal.status, 'won');
  assert.equal(deal.close_reason_id, reason.id);
});

const good_rows = Array.from({ length: 11 }, (_, row) => `Import ${row},Person,person${row}@import.example`);
const people = ['First name,Last name,E-mail', ...good_rows, 'Import 11,Person,not an address'].join('\n');

async function importedCount(): Promise<number> {
  const filter = encodeURIComponent(JSON.stringify({ field: 'family_name', op: 'eq', value: 'Person' }));
  return (await read(`contacts?count=true&filter=${filter}`)).total;
}

test('a file is imported step by step, reported on, and taken back', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/imports/new');
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(people) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await page.getByRole('heading', { name: 'What we found' }).waitFor();
  await page.getByRole('combobox', { name: 'What each row of people.csv is' }).getByText('Contacts').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Columns', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('combobox', { name: 'When a value does not fit its field' }).click();
  await page.getByRole('option', { name: 'Leave out the row' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('heading', { name: 'This is what would happen' }).waitFor();
  assert.equal(await importedCount(), 0);

  await page.getByRole('button', { name: 'Import 11 rows' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  await page.getByText('11 created, 0 updated, 0 unchanged').waitFor();
  await page.getByRole('link', { name: 'Problem rows as CSV' }).waitFor();
  assert.equal(await importedCount(), good_rows.length);

  await page.getByRole('button', { name: 'Revert' }).click();
  await page.getByRole('button', { name: 'Revert import' }).click();
  await page.getByRole('heading', { name: 'The import was reverted' }).waitFor();
  assert.equal(await importedCount(), 0);
});

test('a contact has several labelled e-mails, of which one is made the first, a birthday, and positions at companies', async (t) => {
  const acme = await create('companies', { name: 'Acme Works' });
  const made = await create('contacts', {
    given_name: 'Hedy',
    family_name: 'Lamarr',
    email: 'hedy@work.example',
    email_label: 'Work',
    other_addresses: [{ label: 'Home', street: 'Ring 1', city: 'Wien' }],
    sites: [{ value: 'https://lamarr.example/' }],
  });
  const contact = () => read(`contacts/${made.id}`);
  const { page } = await world.visit(t);
  await open(page, `/contacts/${made.id}`);
  await page.getByRole('button', { name: 'Edit e-mails' }).click();
  const emails = page.getByRole('group', { name: 'E-mails' });
  await emails.getByRole('button', { name: 'Add another' }).click();
  await emails.getByLabel('Label 2').fill('Home');
  await emails.getByLabel('E-mails 2').fill('hedy@home.example');
  await emails.getByRole('button', { name: 'Make 2 primary' }).click();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'contact-emails');
  await emails.getByLabel('E-mails 1').press('Control+Enter');
  await eventually(async () => (await contact()).email === 'hedy@home.example');
  const { email_label, other_emails } = await contact();
  assert.deepEqual([email_label, other_emails], ['Home', [{ label: 'Work', value: 'hedy@work.example' }]]);

  await page.getByRole('button', { name: 'Edit birthday' }).click();
  const birthday = page.getByRole('group', { name: 'Birthday' });
  await birthday.getByLabel('Day').fill('9');
  await birthday.getByRole('combobox', { name: 'Month' }).click();
  await page.getByRole('option', { name: 'November' }).click();
  await birthday.getByLabel('Day').press('Enter');
  await page.getByRole('button', { name: 'Edit birthday' }).getByText('November 9').waitFor();
  assert.equal((await contact()).birthday, '--11-09');

  const form = page.getByRole('dialog', { name: 'Edit contact' });
  const year = form.getByPlaceholder('Year', { exact: true });
  const edit = async () => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Edit all fields' }).click();
  };
  await edit();
  await year.fill('14');
  await page.reload();
  await edit();
  assert.equal(await year.inputValue(), '14');
  await form.getByRole('button', { name: 'Discard' }).click();
  await form.getByRole('button', { name: 'Discard' }).waitFor({ state: 'detached' });
  const parts = [year, form.getByLabel('Day', { exact: true })];
  assert.deepEqual(await Promise.all(parts.map((part) => part.inputValue())), ['', '9']);
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Add a position' }).click();
  const dialog = page.getByRole('dialog', { name: 'New position' });
  await dialog.getByRole('combobox', { name: 'Company' }).fill('Acme W');
  await page.getByRole('option', { name: 'Acme Works' }).click();
  await dialog.getByLabel('Role').fill('Inventor');
  await dialog.getByLabel('From').fill('1941-06-10');
  await dialog.getByLabel('To').fill('1942-08-11');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page
    .getByRole('region', { name: 'Companies' })
    .getByText(/Former · Inventor · .*1941/)
    .waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByText('Work: hedy@work.example').waitFor();
  await picture(page, 'contact-page');
  await open(page, `/companies/${acme.id}`);
  await page
    .getByRole('region', { name: 'Contacts' })
    .getByText(/Former · Inventor/)
    .waitFor();
  await picture(page, 'company-people');

  const small = await world.visit(t, world.administrator, { ...phone, viewport: { width: 360, height: 740 }, colorScheme: 'dark' }); // biome-ignore format: one call
  await open(small.page, `/contacts/${made.id}`);
  await small.page.getByRole('button', { name: 'Edit addresses' }).click();
  const town = small.page.getByRole('group', { name: 'Addresses' }).getByLabel('City 1');
  assert.equal(await town.inputValue(), 'Wien');
  await town.scrollIntoViewIfNeeded();
  await picture(small.page, 'contact-phone');
  assert.deepEqual(await barriers(small.page), []);
  const width = await small.page.evaluate<number>('document.documentElement.scrollWidth');
  assert.ok(width <= 360, `${width} px`);
});
