import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { accessTypes } from '../fixtures/access/app.ts';
import { kitTypes } from '../fixtures/kit/app.ts';
import { eventually } from '../harness/eventually.ts';
import { type RecordTypesApp, startWithRecordTypes } from '../harness/record-types.ts';
import { barriers, looksRight, open, type Person, setUp, textOf } from './browser.ts';
import { buildPageWith, serveTypes } from './types-page.ts';

/**
 * What the kit offers to record types, on the page: made from their contracts alone, for record types that no module
 * has.
 */
let app: RecordTypesApp;
let folder: string;
const start = async () => {
  app = await startWithRecordTypes({
    schema: kitTypes.schema + accessTypes.schema,
    rules: [...kitTypes.rules, ...accessTypes.rules],
    routes: (services) => [...kitTypes.routes(services), ...accessTypes.routes(services)],
  });
  return app;
};
const world = setUp(undefined, { start });
before(async () => {
  const declarations = ['kit', 'access'].map((name) => `../fixtures/${name}/page/records.ts`);
  folder = await buildPageWith(declarations.map((path) => fileURLToPath(new URL(path, import.meta.url))));
});
const plurals = ['leases', 'ledger-entries', 'readings', 'sittings', 'visits', 'changes'];
const served = (page: Page) => serveTypes(page, app, folder, plurals);

/** Somebody who may this and nothing else. */
async function personWith(name: string, rights: object): Promise<Person> {
  const { send } = world.administrator.session;
  const role = await send('POST', '/api/v1/roles', { name: `Role of ${name}`, rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const person = await world.person(name, 'viewer');
  const given = await send('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids: [role.body.id] });
  assert.equal(given.status, 200, JSON.stringify(given.body));
  return person;
}

test('a lease with exact figures, a duration and an address goes from state to state, by buttons and in words', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  // What a step needs and is left empty.
  expectRefusal(422);
  await served(page);
  await open(page, '/leases');
  await page.getByRole('button', { name: 'New lease' }).first().click();
  const form = page.getByRole('dialog', { name: 'New lease' });
  await form.getByLabel('Name').fill('Corner shop');
  await form.getByLabel('Room').fill('G 12');
  await form.getByLabel('From').fill('2026-01-01');
  await form.getByLabel('To', { exact: true }).fill('2026-12-31');
  await form.getByLabel('Share').fill('0.333333');
  await form.getByLabel('Notice').fill('72:30');
  await form.getByRole('button', { name: 'Create lease' }).click();
  const panel = page.getByRole('complementary', { name: 'Details of the lease' });
  await panel.getByRole('heading', { name: 'Corner shop' }).waitFor();
  await panel.getByRole('button', { name: /Open as a page/ }).click();
  await page.waitForURL(/\/leases\/[0-9a-f-]+$/);

  // Not one digit less than was typed.
  await page.getByRole('button', { name: 'Edit share' }).getByText('0.333333', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Edit notice' }).getByText('72 hr 30 min').waitFor();

  // The step asks for what it needs, and takes it along.
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  const asking = page.getByRole('dialog', { name: 'Submit' });
  await asking.getByText('Corner shop needs this first.').waitFor();
  await asking.getByRole('button', { name: 'Submit', exact: true }).click();
  await asking.getByText('This is required for this step').waitFor();
  await asking.getByLabel('Label 1').fill('Shop');
  await asking.getByLabel('Street 1').fill('Market 1');
  await asking.getByLabel('City 1').fill('Bremen');
  assert.deepEqual(await barriers(page), []);
  await asking.getByRole('button', { name: 'Submit', exact: true }).click();
  await page.getByText('changed status from Draft to Submitted').waitFor();
  await page.getByRole('button', { name: 'Edit sites' }).getByText('Market 1, Bremen').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Submit', exact: true }).count(), 0);

  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('changed status from Submitted to Approved').waitFor();
  for (const name of ['Approve', 'Reject', 'Withdraw'])
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
  await looksRight(page, 'lease');
});

test('whoever lacks the right to a step has no button for it', async (t) => {
  const lease = {
    name: 'Attic',
    room: 'A 1',
    valid_from: '2026-01-01',
    share: '1',
    notice: 'PT1H',
    sites: [{ label: null, city: 'Bonn' }],
  };
  const made = await app.types((await world.tenant.as('admin')).key)('POST', '/api/v1/leases', lease);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await app.types((await world.tenant.as('admin')).key)('POST', `/api/v1/leases/${made.body.id}/transitions`, {
    transition: 'submit',
  });
  // May change what stands under products, but no pipelines.
  const clerk = await personWith('Cleo Clerk', { product: { read: 'all', update: 'all' } });
  const { page } = await world.visit(t, clerk);
  await served(page);
  await open(page, `/leases/${made.body.id}`);
  await page.getByRole('button', { name: 'Withdraw', exact: true }).waitFor();
  for (const name of ['Approve', 'Reject'])
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
});

test('a list shows what holds on a day', async (t) => {
  const kit = app.types((await world.tenant.as('admin')).key);
  const made = async (name: string, valid_from: string, valid_to?: string) =>
    assert.equal(
      (await kit('POST', '/api/v1/leases', { name, room: `Room of ${valid_from}`, valid_from, valid_to })).status,
      201,
    );
  await made('Past', '2020-01-01', '2020-12-31');
  await made('Open end', '2020-06-01');
  const { page } = await world.visit(t);
  await served(page);
  await open(page, '/leases');
  const grid = page.getByRole('grid', { name: 'Leases' });
  await grid.getByText('Past').waitFor();
  await page.getByRole('button', { name: 'As of', exact: true }).click();
  await page.getByLabel('Day', { exact: true }).fill('2021-01-01');
  await page.keyboard.press('Enter');
  await eventually(async () => (await grid.getByText('Past').count()) === 0);
  await grid.getByText('Open end').waitFor();
  await page.getByRole('button', { name: 'As of Jan 1, 2021' }).waitFor();
  assert.deepEqual(await barriers(page), []);
  // The address says it, so that a link does too.
  await open(page, page.url().replace('2021-01-01', '2020-02-01'));
  await grid.getByText('Past').waitFor();
  assert.equal(await grid.getByText('Open end').count(), 0);
  await page.getByRole('button', { name: 'Show all days' }).click();
  await grid.getByText('Open end').waitFor();
});

test('a list has the layout that its product brings, and a record the tab that another one adds', async (t) => {
  const kit = app.types((await world.tenant.as('admin')).key);
  const lease = { name: 'Studio', room: 'Attic', valid_from: '2026-03-01' };
  const { status, body } = await kit('POST', '/api/v1/leases', lease);
  assert.equal(status, 201);
  const { page } = await world.visit(t);
  await served(page);
  await open(page, '/leases');
  await page.getByRole('link', { name: 'As a tree' }).click();
  await page.getByRole('button', { name: 'Attic: Studio' }).click();
  await page.getByRole('region', { name: 'Open lease' }).getByText('Studio').waitFor();
  assert.match(page.url(), /layout=tree/);
  // The layout shows the record itself.
  assert.equal(await page.getByRole('complementary').count(), 0);
  // A layout that there is not is a table.
  await open(page, '/leases?layout=spiral');
  await page.getByRole('grid', { name: 'Leases' }).waitFor();

  await open(page, `/leases/${body.id}`);
  await page.getByRole('tab', { name: 'Visits' }).click();
  await page.getByText('Nobody has visited Studio').waitFor();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await page.getByText('created the lease').waitFor();
});

test('a product that is switched off is as if it were not there', async (t) => {
  const kit = app.types((await world.tenant.as('admin')).key);
  const { status, body } = await kit('POST', '/api/v1/leases', {
    name: 'Cellar',
    room: 'C 1',
    valid_from: '2026-03-01',
  });
  assert.equal(status, 201);
  const { page } = await world.visit(t);
  await served(page);
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), features_off: ['access', 'sales'] } });
  });
  await open(page, '/');
  const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  await links.getByText('Leases').waitFor();
  const names = await links.allTextContents();
  for (const gone of ['Sittings', 'Visits', 'Deals', 'Products', 'Dashboard']) assert.ok(!names.includes(gone), gone);
  assert.equal(await page.getByText('Win rate this quarter').count(), 0);
  for (const path of ['/visits', `/visits/${body.id}`, '/deals', '/dashboard/rows']) {
    await open(page, path);
    await page.getByText('Page not found').waitFor();
  }
  await open(page, '/settings/pipelines');
  await page.getByText('Page not found').waitFor();
  // What the product adds to others goes with it.
  await open(page, `/leases/${body.id}`);
  await page.getByText('created the lease').waitFor();
  assert.equal(await page.getByRole('tab').count(), 0);
});

test('an entry that is only appended is reversed, not changed', async (t) => {
  const kit = app.types((await world.tenant.as('admin')).key);
  const entry = { account: 'Giro', quantity: '12.125', amount: '99.90', currency: 'EUR' };
  const made = await kit('POST', '/api/v1/ledger-entries', entry);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { page } = await world.visit(t);
  await served(page);
  await open(page, `/ledger-entries/${made.body.id}`);
  await page.getByRole('heading', { name: 'Giro' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Edit quantity' }).count(), 0);
  await page.getByRole('button', { name: 'Reverse', exact: true }).click();
  const asking = page.getByRole('alertdialog', { name: 'Reverse this entry?' });
  assert.deepEqual(await barriers(page), []);
  await asking.getByRole('button', { name: 'Reverse', exact: true }).click();
  await page.getByText('This entry is reversed').waitFor();
  await asking.waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('button', { name: 'Reverse', exact: true }).count(), 0);
  await page.getByRole('button', { name: 'Open the reversing one' }).click();
  await page.getByText('This entry offsets another one.').waitFor();
  await page.getByText('-12.125', { exact: true }).first().waitFor();
  await looksRight(page, 'reversing-entry');

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Copy link' }).waitFor();
  for (const name of ['Edit all fields', 'Delete entry'])
    assert.equal(await page.getByRole('menuitem', { name }).count(), 0, name);
});

test('who can read a comment is said before it is sent', async (t) => {
  const made = await app.types((await world.tenant.as('admin')).key)('POST', '/api/v1/leases', {
    name: 'Cellar',
    room: 'C',
    valid_from: '2026-01-01',
  });
  const { page } = await world.visit(t);
  await served(page);
  await open(page, `/leases/${made.body.id}`);
  await page.getByRole('button', { name: 'Comment', exact: true }).first().click();
  const audience = page.getByRole('group', { name: 'Who can read it' });
  assert.equal(await audience.getByRole('button', { name: 'Internal' }).getAttribute('aria-pressed'), 'true');
  await audience.getByRole('button', { name: 'Public' }).click();
  await page.getByText('Public: people outside your workspace').waitFor();
  await page.getByRole('textbox', { name: 'Comment' }).fill('Keys are at the desk');
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Send publicly' }).click();
  const comment = page.getByRole('listitem').filter({ hasText: 'Keys are at the desk' });
  await comment.getByText('Public', { exact: true }).waitFor();
  const { body } = await world.administrator.session.send(
    'GET',
    `/api/v1/comments?filter=${encodeURIComponent(JSON.stringify({ field: 'record_id', op: 'eq', value: made.body.id }))}`,
  );
  assert.deepEqual(
    body.data.map(({ audience }: { audience: string }) => audience),
    ['public'],
  );
});

test('a role says how far it reaches by every kind of row there is, and how much of a record it sees', async (t) => {
  const { page } = await world.visit(t);
  await served(page);
  await open(page, '/settings/roles');
  await page.getByRole('button', { name: 'New role' }).click();
  await page.getByLabel('Name').fill('Front desk');
  await page.getByRole('button', { name: 'See tasks: No' }).click();
  for (const name of ['Own', 'Team’s', 'Households they advise', 'Their locations', 'Where they take part'])
    await page.getByRole('menuitemcheckbox', { name }).waitFor();
  await page.getByRole('menuitemcheckbox', { name: 'Own' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Their locations' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'See tasks: Own or Their locations' }).waitFor();
  await page.getByRole('button', { name: 'Activities: only that they exist: No' }).click();
  await page.getByRole('menuitem', { name: 'All' }).click();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Save role' }).click();
  await page.getByText('Role saved').waitFor();
  const { body } = await world.administrator.session.send('GET', '/api/v1/roles?limit=200');
  const { rights } = body.data.find(({ name }: { name: string }) => name === 'Front desk');
  assert.deepEqual(rights, { task: { read: 'location+own' }, activity: { exists: 'all' } });
});

test('a record that is shown in part says so, and what is not shown', async (t) => {
  const admin = app.types((await world.tenant.as('admin')).key);
  const made = await admin('POST', '/api/v1/sittings', {
    held_on: '2026-05-04',
    subject: 'Merger',
    minutes: 'We agree',
    fee: 100,
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.shown, 'everything');
  const reader = await personWith('Rita Reader', { activity: { subject: 'all' }, user: { read: 'all' } });
  const { page } = await world.visit(t, reader);
  await served(page);
  await open(page, '/sittings');
  await page.getByRole('grid', { name: 'Sittings' }).getByText('Not shown to you').first().waitFor();
  await open(page, `/sittings/${made.body.id}`);
  await page.getByRole('heading', { name: 'Merger' }).waitFor();
  const note = page.getByRole('status').filter({ hasText: 'Shown in part' });
  assert.equal(await textOf(note), 'Shown in part: your role does not show you Minutes, Fee, and Location.');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Copy link' }).waitFor();
  assert.equal(await page.getByRole('menuitem', { name: 'Edit all fields' }).count(), 0);
  await page.keyboard.press('Escape');
  await looksRight(page, 'sitting-in-part');

  const knower = await personWith('Kim Knower', { activity: { exists: 'all' } });
  const { page: theirs } = await world.visit(t, knower);
  await served(theirs);
  await open(theirs, `/sittings/${made.body.id}`);
  await theirs.getByRole('heading', { name: 'Not shown to you' }).waitFor();
  await theirs.getByText('Shown in part').waitFor();

  // What the role does not know at all, and what is not there.
  for (const path of ['/leases', '/leases/0199aaaa-0000-7000-8000-000000000000']) {
    await open(theirs, path);
    await theirs.getByText('Your role does not let you see leases').waitFor();
  }
  const { page: mine, expectRefusal } = await world.visit(t);
  expectRefusal(404);
  await served(mine);
  await open(mine, '/leases/0199aaaa-0000-7000-8000-000000000000');
  await mine.getByText('This lease is not available').waitFor();
});

test('whoever has no right to anything is told so, and led nowhere', async (t) => {
  const customer = await world.person('Cora Customer', 'customer');
  const { page } = await world.visit(t, customer);
  await served(page);
  await open(page, '/');
  await page.getByText('Nothing has been shared with you yet.').waitFor();
  const places = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents();
  // The first is the logo.
  assert.deepEqual(places, ['', 'Home', 'Inbox', 'Settings']);
  await looksRight(page, 'nothing-shared');
  for (const path of ['/trash', '/duplicates', '/dashboard/rows', '/dashboard/rows?resource=deal_product']) {
    await open(page, path);
    await page.getByText('Your role does not let you see this').waitFor();
  }
});
