import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { asOwner } from '../harness/identity.ts';
import { open, setUp, textOf, walkTo } from './browser.ts';

const world = setUp();
const conflict = 'Somebody changed this in the meantime.';

const change = async (path: string, body: object) =>
  assert.equal((await world.administrator.session.send('PATCH', `/api/v1/${path}`, body)).status, 200);
const read = (page: Page, path: string) =>
  page.waitForResponse((answer) => answer.request().method() === 'GET' && answer.url().includes(`/api/v1/${path}`));

test('the workspace is saved after a feature was switched, and after somebody else changed it, with what was typed', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/settings/workspace');
  const exports = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Exports' });
  await exports.waitFor();
  const name = page.getByRole('textbox', { name: 'Name' });
  const save = page.getByRole('button', { name: 'Save workspace' });
  const saved = page.getByText('Workspace saved');
  await name.fill('North');
  const switched = read(page, 'tenant');
  await page.getByRole('checkbox', { name: 'Exports' }).press(' ');
  await switched;
  await page.getByRole('checkbox', { name: 'Exports', checked: false }).and(page.locator(':focus')).waitFor();
  await exports.waitFor({ state: 'detached', timeout: 5_000 });
  await save.click();
  await saved.first().waitFor();
  assert.equal((await world.read('tenant')).title, 'North');

  await change('tenant', { default_currency: 'CHF' });
  await name.fill('South');
  expectRefusal(412);
  await save.click();
  await page.getByText(conflict).waitFor();
  await page.getByRole('combobox', { name: 'Currency' }).getByText('CHF').waitFor();
  assert.equal(await name.inputValue(), 'South');
  const again = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await save.click();
  assert.equal((await again).status(), 200);
  const { title, default_currency } = await world.read('tenant');
  assert.deepEqual([title, default_currency], ['South', 'CHF']);

  // What is read again meanwhile does not hide that somebody changed the very name.
  await name.fill('West');
  await change('tenant', { title: 'East' });
  const reread = page.waitForResponse(
    (answer) => answer.url().endsWith('/tenant') && answer.request().method() === 'GET',
  );
  await page.getByRole('checkbox', { name: 'Exports' }).press(' ');
  await (await reread).finished();
  await page.getByRole('checkbox', { name: 'Exports', checked: true }).waitFor();
  await save.click();
  await page.getByText(conflict).waitFor({ timeout: 5_000 });
  assert.equal((await world.read('tenant')).title, 'East');
  const third = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await save.click();
  assert.equal((await third).status(), 200);
  assert.equal((await world.read('tenant')).title, 'West');
});

test('a form says that somebody else saved meanwhile, rather than overwriting it; saving again replaces it', async (t) => {
  const { user_id } = await world.person('Mia Member', 'member');
  const { stages } = await world.create('pipelines', { name: 'Sales' });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);

  const forms = [
    {
      address: '/settings/members',
      path: `users/${user_id}`,
      list: 'users',
      edit: async () => {
        await page.getByRole('button', { name: 'More about Mia Member' }).click();
        await page.getByRole('menuitem', { name: 'Change name or e-mail' }).click();
      },
    },
    {
      address: '/settings/pipelines',
      path: `stages/${stages[0].id}`,
      list: 'pipelines',
      edit: () => page.getByRole('button', { name: `Edit ${stages[0].name}` }).click(),
    },
  ];
  for (const { address, path, list, edit } of forms) {
    await open(page, address);
    await edit();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Mine');
    const arrived = read(page, list);
    await change(path, { name: 'Theirs' });
    await arrived;
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(conflict).waitFor();
    assert.equal((await world.read(path)).name, 'Theirs');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await world.read(path)).name, 'Mine');
  }
});

test('a field that somebody else changed meanwhile is looked at again before it gets another type', async (t) => {
  const body = { resource: 'company', key: 'floor', label: 'Floor', type: 'integer' };
  const { id } = await world.create('custom-fields', body);
  await world.create('companies', { name: 'Attic', custom: { floor: 7 } });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);
  await open(page, '/settings/custom-fields');
  await page.getByRole('button', { name: 'More for Floor' }).click();
  await page.getByRole('menuitem', { name: 'Change the type…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the type of “Floor”' });
  const look = dialog.getByRole('button', { name: 'Show what would change' });
  const save = dialog.getByRole('button', { name: 'Change type' });
  await look.click();
  await save.waitFor();
  await change(`custom-fields/${id}`, { label: 'Storey' });
  await save.click();
  await dialog.getByText(conflict).waitFor();
  await look.click();
  await dialog.getByText('1 value fits').waitFor();
  assert.equal(await dialog.getByText(conflict).count(), 0);
  await save.click();
  await dialog.waitFor({ state: 'detached' });
  const { label, type } = await world.read(`custom-fields/${id}`);
  assert.equal(label, 'Storey');
  assert.notEqual(type, 'integer');
});

test('a won stage that becomes open starts with the usual percentage, which is shown', async (t) => {
  const { id: pipeline_id } = await world.create('pipelines', { name: 'Repairs' });
  const stage = await world.create('stages', { pipeline_id, name: 'Repaired', kind: 'won' });
  assert.equal(stage.probability_percent, 100);
  const { page } = await world.visit(t);
  await open(page, '/settings/pipelines');
  await page.getByRole('button', { name: 'Edit Repaired' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit stage' });
  await dialog.getByRole('combobox', { name: 'Deals in this stage are' }).click();
  await page.getByRole('option', { name: 'Open' }).click();
  assert.equal(await dialog.getByLabel('How likely they are won, in %').inputValue(), '50');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const { kind, probability_percent } = await world.read(`stages/${stage.id}`);
  assert.deepEqual([kind, probability_percent], ['open', 50]);
});

test('a job is seen to end by who looks at it', async (t) => {
  // Soon enough to be looked at, and too late to run during the test.
  const [job] = await asOwner(
    world.app,
    `insert into job (tenant_id, kind, state, run_at) values ($1, 'export.make', 'scheduled', now() + interval '55 seconds') returning id`,
    [world.tenant.tenant_id],
  );
  const { page } = await world.visit(t);
  await open(page, '/settings/jobs');
  const exporting = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').filter({ hasText: 'Export' });
  await exporting.getByText('Scheduled').waitFor();
  await asOwner(world.app, `update job set state = 'done', finished_at = now() where id = $1`, [
    (job as { id: string }).id,
  ]);
  await exporting.getByText('Completed').waitFor();
});

test('who only reads the rules for duplicates is not told that their pairs are counted', async (t) => {
  const { page } = await world.visit(t, await world.person('Rita Reader', 'member'));
  await open(page, '/settings/duplicates');
  await page.getByRole('listitem', { name: 'Rule 1' }).first().waitFor();
  assert.equal(await page.getByText('Counting the pairs').count(), 0);
  await page.getByText('Your role lets you see this, not change it.').waitFor();
});

test('rules for duplicates that somebody else saved meanwhile are replaced only by saving again', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);
  await open(page, '/settings/duplicates');
  const contacts = page.getByRole('region', { name: 'Contacts' });
  const rule = contacts.getByRole('listitem', { name: 'Rule 1' });
  await rule.getByRole('checkbox', { name: 'Warn and list' }).press(' ');
  const theirs = [{ when: [{ field: 'phone', compare: 'same' }], suspects: true, imports: false }];
  const place = '/api/v1/duplicate-rules/contact';
  assert.equal((await world.administrator.session.send('PUT', place, { rules: theirs })).status, 200);
  const rules = async () => (await world.read('duplicate-rules')).data[0].rules;
  await contacts.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody changed this in the meantime.').waitFor({ timeout: 10_000 });
  assert.deepEqual(await rules(), theirs);
  await contacts.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The rules are saved').waitFor();
  assert.equal((await rules()).length, 4);
});

test('stages that have the same position are put in order', async (t) => {
  const { id, stages } = await world.create('pipelines', { name: 'Renewals' });
  for (const stage of stages) await change(`stages/${stage.id}`, { position: 0 });
  const { page } = await world.visit(t);
  await open(page, '/settings/pipelines');
  const card = page.getByRole('region', { name: 'Renewals', exact: true });
  const names = async () => (await world.read(`pipelines/${id}`)).stages.map(({ name }: { name: string }) => name);
  const [first, second, ...others] = await names();
  await card.getByRole('button', { name: `Move ${first} down` }).click();
  await page.getByText('Stages reordered').waitFor();
  assert.deepEqual(await names(), [second, first, ...others]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(async () => (await names())[0] === first);
  // The page hears of it a moment later.
  await card.getByRole('button', { name: `Move ${first} up`, disabled: true }).waitFor();
  // What can no longer be pressed, or goes, leaves the focus beside it.
  await card.getByRole('button', { name: `Move ${second} up` }).press('Enter');
  await card
    .getByRole('button', { name: `Move ${second} down` })
    .and(page.locator(':focus'))
    .waitFor();
  await card.getByRole('button', { name: `Delete ${second}` }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete stage' }).press('Enter');
  await page.getByText('Stage deleted').waitFor();
  await card
    .getByRole('button', { name: `Move ${first} down` })
    .and(page.locator(':focus'))
    .waitFor();
});

test('roles that somebody else changed meanwhile are not given back', async (t) => {
  const { user_id } = await world.person('Rolf Roles', 'member');
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);
  await open(page, '/settings/members');
  await page.getByRole('button', { name: 'More about Rolf Roles' }).click();
  await page.getByRole('menuitem', { name: 'Change roles' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Save roles' }).waitFor();
  const { session } = world.administrator;
  const roles = (await session.send('GET', '/api/v1/roles?limit=200')).body.data;
  const viewer = roles.find(({ key }: { key: string }) => key === 'viewer').id;
  const put = await session.send('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [viewer] });
  assert.equal(put.status, 200);
  await dialog.getByRole('button', { name: 'Save roles' }).click();
  await dialog.getByText(conflict).waitFor();
  assert.deepEqual(
    (await world.read(`users/${user_id}`)).roles.map(({ key }: { key: string }) => key),
    ['viewer'],
  );
});

test('of many members one is found by name, address or role, and who fits nothing is said so', async (t) => {
  const hanna = await world.person('Hanna Hidden', 'viewer');
  const { page } = await world.visit(t);
  await open(page, '/settings/members');
  const rows = page.getByRole('list', { name: 'Members' }).getByRole('listitem');
  const search = page.getByRole('searchbox', { name: 'Search people' });
  const isAlone = () => eventually(async () => (await rows.count()) === 1 && /Hanna Hidden/.test(await textOf(rows)));
  await rows.nth(1).waitFor();
  await search.fill('hanna hid');
  await isAlone();
  await search.fill(hanna.email.toUpperCase());
  await isAlone();
  await page.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Administrator' }).click();
  await page.getByRole('heading', { name: 'No members match' }).waitFor();
  await page.getByRole('button', { name: 'Show all members' }).click();
  await rows.nth(1).waitFor();
  assert.equal(await search.inputValue(), '');

  // Taken out of a team by one click, somebody is put back by one.
  const team = await world.create('teams', { name: 'Small team' });
  await world.administrator.session.send('PUT', `/api/v1/teams/${team.id}/members/${hanna.user_id}`);
  const isMember = async () => (await world.read(`teams/${team.id}`)).members.length === 1;
  await walkTo(page, '/settings/teams');
  await page.getByRole('button', { name: 'Remove Hanna Hidden from Small team' }).click();
  await page.getByText('Hanna Hidden is no longer in Small team').waitFor();
  assert.equal(await isMember(), false);
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(isMember);

  // Every change is said, and the focus stays beside what went, or after the last one with what makes another.
  const hasFocus = (name: string) => page.getByRole('button', { name }).and(page.locator(':focus')).waitFor();
  await page.getByRole('button', { name: 'Remove Hanna Hidden from Small team' }).press('Enter');
  await hasFocus('Add a member to Small team');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('combobox', { name: 'Member' }).fill('Hanna');
  await page.getByRole('option', { name: 'Hanna Hidden' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add member' }).click();
  await page.getByText('Hanna Hidden is now in Small team').waitFor();
  await page.getByRole('button', { name: 'Edit Small team' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Region' }).fill('North');
  await page.keyboard.press('Enter');
  await page.getByText('Saved', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete Small team' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete team' }).press('Enter');
  await page.getByText('“Small team” is deleted').waitFor();
  await hasFocus('New team');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Large team');
  await page.keyboard.press('Enter');
  await page.getByText('Team created').waitFor();
});

test('while the workspace is being saved its button keeps the focus and saves no second time, and what is typed stays', async (t) => {
  const { page } = await world.visit(t);
  const sent = Promise.withResolvers<void>();
  let saves = 0;
  await page.route('**/api/v1/tenant', async (route) => {
    if (route.request().method() === 'PATCH') {
      saves++;
      await sent.promise;
    }
    await route.continue();
  });
  await open(page, '/settings/workspace');
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('East');
  const save = page.getByRole('button', { name: 'Save workspace' });
  await save.press('Enter');
  await page.locator('button[aria-busy="true"]').waitFor();
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Save workspace', 'the focus is lost');
  await page.keyboard.press('Enter');
  await name.fill('East and West');
  await name.press('Enter');
  sent.resolve();
  await page.getByText('Workspace saved').first().waitFor();
  assert.equal(await name.inputValue(), 'East and West');
  assert.equal((await world.read('tenant')).title, 'East');
  assert.equal(saves, 1);
});

test('a profile that is saved keeps what an administrator changed of it meanwhile', async (t) => {
  const renamed = await world.person('Rena Renamed', 'member');
  const { page } = await world.visit(t, renamed);
  await open(page, '/settings/profile');
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
  await change(`users/${renamed.user_id}`, { name: 'Rena Married' });
  await page.getByRole('combobox', { name: 'Time zone' }).click();
  await page.getByRole('option', { name: 'Europe/Zurich' }).click();
  await page.getByRole('button', { name: 'Save profile' }).click();
  await page.getByText('Profile saved').waitFor();
  const { name, time_zone } = await world.read(`users/${renamed.user_id}`);
  assert.deepEqual([name, time_zone], ['Rena Married', 'Europe/Zurich']);
});

test('a role that somebody else changed meanwhile is replaced by saving again', async (t) => {
  const { id } = await world.create('roles', { name: 'Sorter', rights: { contact: { read: 'all' } } });
  const { page, expectRefusal } = await world.visit(t);
  for (const status of [412, 422]) expectRefusal(status);
  await open(page, '/settings/roles');
  await page.getByRole('listitem').filter({ hasText: 'Sorter' }).getByRole('button', { name: 'Edit rights' }).click();
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('x'.repeat(101));
  await page.getByRole('button', { name: 'Save role' }).click();
  await page.getByRole('textbox', { name: 'Name', description: 'Write at most 100 characters' }).waitFor();
  await name.fill('Sorter of mail');
  await change(`roles/${id}`, { name: 'Somebody else’s' });
  await page.getByRole('button', { name: 'Save role' }).click();
  await page.getByText(conflict).waitFor();
  await page.getByRole('button', { name: 'Save role' }).click();
  await page.getByText('Role saved').waitFor({ timeout: 5_000 });
  assert.equal((await world.read(`roles/${id}`)).name, 'Sorter of mail');
});

test('a role has an address, which Back leaves for the list, and is not deleted by one click', async (t) => {
  const short_lived = `Short-lived${'W'.repeat(89)}`;
  const { id } = await world.create('roles', { name: short_lived, rights: { contact: { read: 'all' } } });
  const { page } = await world.visit(t);
  await open(page, '/settings/roles');
  const row = page.getByRole('listitem').filter({ hasText: 'Short-lived' });
  const name = page.getByRole('textbox', { name: 'Name' });
  await row.getByRole('button', { name: 'Edit rights' }).click();
  await name.waitFor();
  await page.goBack();
  await row.waitFor();
  await page.goForward();
  await page.reload();
  assert.equal(await name.inputValue(), short_lived);
  const question = page.getByRole('alertdialog', { name: `Delete the role “${short_lived}”?` });
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const fits = (element: unknown) => (element as { scrollWidth: number }).scrollWidth;
  assert.ok((await question.evaluate(fits)) < 450, 'the name stands within the question');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  assert.equal((await world.read(`roles/${id}`)).name, short_lived);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await question.getByRole('button', { name: 'Delete role' }).click();
  await page.getByText('Role deleted').waitFor();
  await row.waitFor({ state: 'detached' });
});

test('a member is disabled only after a question, which says what that means', async (t) => {
  const { user_id } = await world.person('Dora Disabled', 'member');
  const { page } = await world.visit(t);
  await open(page, '/settings/members');
  const ask = async () => {
    await page.getByRole('button', { name: 'More about Dora Disabled' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
  };
  const question = page.getByRole('alertdialog', { name: 'Disable Dora Disabled?' });
  await ask();
  await question.getByRole('button', { name: 'Cancel' }).click({ timeout: 10_000 });
  await question.waitFor({ state: 'detached' });
  assert.equal((await world.read(`users/${user_id}`)).status, 'active');
  await ask();
  await question.getByRole('button', { name: 'Disable' }).click();
  await page.getByText('Dora Disabled is disabled').waitFor();
  assert.equal((await world.read(`users/${user_id}`)).status, 'disabled');
});

test('what is wrong with a form of the settings is said at its field, in the words of the page', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  const told = (field: string, words: string) =>
    page.getByRole('textbox', { name: field, description: words }).waitFor({ timeout: 10_000 });
  await open(page, '/settings/sign-in');
  await page.getByRole('button', { name: 'New provider' }).click();
  await page.getByRole('textbox', { name: 'Client id' }).fill('holdfast');
  await page.getByRole('textbox', { name: 'E-mail domains' }).fill('north.example\nsouth');
  await page.getByRole('button', { name: 'Create provider' }).click();
  await told('E-mail domains', 'Entry 2: Write a domain such as example.com');

  await open(page, '/settings/members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const invite = page.getByRole('dialog', { name: 'Invite someone' });
  await invite.getByLabel('Name').fill('Ines');
  await invite.getByLabel('E-mail').fill('ines@people.example');
  await invite.getByRole('checkbox', { name: 'Member', exact: true }).click();
  await invite.getByRole('button', { name: 'Invite' }).click();
  await invite.getByText('At least one is needed', { exact: true }).waitFor({ timeout: 10_000 });

  await open(page, '/settings/custom-fields');
  await page.getByRole('button', { name: 'New field' }).click();
  const field = page.getByRole('dialog', { name: 'New field' });
  await field.getByRole('textbox', { name: 'Name' }).fill('Short');
  await field.getByRole('textbox', { name: 'Characters at least' }).fill('5');
  await field.getByRole('textbox', { name: 'Characters at most' }).fill('3');
  await field.getByRole('button', { name: 'Create field' }).click();
  await told('Characters at most', 'This must not be below the minimum');
  await field.getByRole('textbox', { name: 'Characters at most' }).fill('9');
  await field.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'Web address' }).click();
  await field.getByRole('combobox', { name: 'Written as' }).waitFor({ state: 'detached' });
  assert.equal(await field.getByText('This must not be below the minimum').count(), 0, 'it was put right');

  await open(page, '/settings/scoring');
  await page.getByRole('button', { name: 'New rule' }).click();
  const rule = page.getByRole('dialog', { name: 'New rule' });
  await rule.getByRole('textbox', { name: 'Name' }).fill('Nobody');
  await rule.getByRole('button', { name: 'Create rule' }).click();
  await rule
    .getByText('A condition has exactly field, op and value')
    .or(rule.locator('[data-invalid]'))
    .first()
    .waitFor();
  assert.equal(await rule.getByText('A condition has exactly').count(), 0);

  await open(page, '/settings/webhooks');
  await page.getByRole('button', { name: 'New webhook' }).click();
  await page.getByRole('textbox', { name: 'Address' }).fill('hello');
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await told('Address', 'Write an address such as https://example.com/hook');

  await open(page, '/settings/workspace');
  await page.getByRole('textbox', { name: 'Name' }).fill('');
  await page.getByRole('button', { name: 'Save workspace' }).click();
  await told('Name', 'This must not be empty');
});

test('a form that is left with something typed asks first', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/tags');
  const form = page.getByRole('dialog', { name: 'New tag' });
  const name = form.getByRole('textbox', { name: 'Name' });
  const asked = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await page.getByRole('button', { name: 'New tag' }).first().click();
  await name.fill('Half a tag');
  await page.keyboard.press('Escape');
  await asked.getByRole('button', { name: 'Cancel' }).click({ timeout: 5_000 });
  await asked.waitFor({ state: 'detached' });
  assert.equal(await name.inputValue(), 'Half a tag');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await asked.getByRole('button', { name: 'Discard' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'New tag' }).first().click();
  await name.waitFor();
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
});

test('dialogs with conditions, lines and reasons ask too before what was typed in them is lost', async (t) => {
  const company = await world.create('companies', { name: 'Asked Ltd' });
  const contact = await world.create('contacts', { given_name: 'Asked' });
  await world.create(`contacts/${contact.id}/positions`, { company_id: company.id, role: 'Clerk' });
  const deal = await world.create('deals', { name: 'Asked' });
  const { page } = await world.visit(t);
  const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
  const dialogs = [
    { address: '/settings/webhooks', opens: 'New webhook', title: 'New webhook', field: 'Name', typed: 'Half a hook' },
    { address: '/settings/scoring', opens: 'New rule', title: 'New rule', field: 'Name', typed: 'Half a rule' },
    {
      address: `/contacts/${contact.id}`,
      opens: 'Edit the position at Asked Ltd',
      title: 'Edit position',
      field: 'Role',
      typed: 'Chief',
    },
    { address: `/deals/${deal.id}`, opens: 'Edit products', title: 'Products', field: 'Unit price', typed: '12' },
    { address: `/deals/${deal.id}`, opens: 'Lost', title: 'Mark the deal as lost', field: 'Note', typed: 'Too dear' },
  ];
  const asked = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  for (const { address, opens, title, field, typed } of dialogs) {
    await open(page, address);
    await button(opens).click();
    const dialog = page.getByRole('dialog', { name: title, exact: true });
    const input = dialog.getByRole('textbox', { name: field });
    await input.waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await button(opens).click();
    await input.fill(typed);
    await page.keyboard.press('Escape');
    await asked.getByRole('button', { name: 'Cancel' }).click({ timeout: 5_000 });
    await asked.waitFor({ state: 'detached' });
    assert.equal(await input.inputValue(), typed);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await asked.getByRole('button', { name: 'Discard' }).click();
    await dialog.waitFor({ state: 'detached' });
  }
});

test('while new API keys are switched off, none is offered, and the page says so', async (t) => {
  t.after(() => change('features', { api_keys: true }));
  await change('features', { api_keys: false });
  const { page } = await world.visit(t);
  await open(page, '/settings/api-keys');
  await page.getByText('New keys are switched off in this workspace.').waitFor({ timeout: 10_000 });
  assert.equal(await page.getByRole('button', { name: 'New key' }).count(), 0);
});

test('who may not see contacts sees a company without them, rather than a part that could not be read', async (t) => {
  const { id } = await world.create('companies', { name: 'Nobody Ltd' });
  const role = await world.create('roles', { name: 'Companies only', rights: { company: { read: 'all' } } });
  const cora = await world.person('Cora Companies', 'viewer');
  const given = await world.administrator.session.send('PUT', `/api/v1/users/${cora.user_id}/roles`, {
    role_ids: [role.id],
  });
  assert.equal(given.status, 200);
  const { page, expectRefusal } = await world.visit(t, cora);
  expectRefusal(403);
  await open(page, `/companies/${id}`);
  await page.getByText('created the company').waitFor();
  await page.waitForLoadState('networkidle');
  assert.equal(await page.getByText('This could not be read.').count(), 0);
});

test('who sees the audit log but no people, or people but no roles, is offered nothing that would be refused', async (t) => {
  const everything = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  for (const [name, rights, section, heading] of [
    ['Aude Audit', { audit: everything }, 'audit', 'Audit log'],
    ['Pia People', { user: everything }, 'members', 'Members'],
  ] as const) {
    const { id } = await world.create('roles', { name, rights });
    const person = await world.person(name, 'viewer');
    const given = await world.administrator.session.send('PUT', `/api/v1/users/${person.user_id}/roles`, {
      role_ids: [id],
    });
    assert.equal(given.status, 200);
    const { page } = await world.visit(t, person);
    await open(page, `/settings/${section}`);
    await page.getByRole('heading', { name: heading, level: 2 }).waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(await page.getByRole('combobox', { name: 'Who' }).count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Invite' }).count(), 0);
  }
});

test('the audit log is narrowed to days, and leads to the record and to all that happened to it', async (t) => {
  const { id } = await world.create('companies', { name: 'Audited Ltd' });
  const { page } = await world.visit(t);
  await open(page, '/settings/audit');
  const event = page.getByRole('button', { name: /created a company Audited Ltd/ });
  await event.click();
  const opened = page.getByRole('listitem').filter({ has: event });
  assert.equal(await opened.getByText('[]').count(), 0);
  const earlier = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('To', { exact: true }).fill(earlier);
  await page.getByText('No events match these filters.').waitFor();
  await page.getByLabel('To', { exact: true }).fill('');
  await page.getByLabel('From', { exact: true }).fill(earlier);
  await event.click();
  await opened.getByRole('link', { name: 'All events of this record' }).click();
  await page.waitForURL(new RegExp(`record_id=${id}`));
  await page.getByRole('link', { name: 'Of one record' }).waitFor();
  await event.click();
  await opened.getByRole('link', { name: 'Open the record' }).click();
  await page.getByRole('heading', { name: 'Audited Ltd' }).waitFor();
});
