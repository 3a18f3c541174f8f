import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { createPasswordLink, createSignInLink } from '../../src/kernel/identity/index.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { client, eventually } from '../harness/app.ts';
import { asOwner, goodPassword } from '../harness/identity.ts';
import { barriers, looksRight, open, phone, picture, session_cookie, setUp, textOf, typePassword } from './browser.ts';

const world = setUp();

const home = (page: Page) => page.getByRole('heading', { name: /^Good (morning|afternoon|evening)/ });

test('signing in by password, into the page one wanted, and out again', async (t) => {
  const { email } = await world.person('Paula Password', 'member');
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(401);
  await page.goto('/companies');
  await page.waitForURL('**/sign-in?next=*');
  await typePassword(page, email, goodPassword);
  await page.waitForURL('**/companies');
  await page.getByRole('heading', { name: 'Companies', level: 1 }).waitFor();

  const cookie = (await page.context().cookies()).find(({ name }) => name === session_cookie);
  assert.deepEqual(
    { httpOnly: cookie?.httpOnly, secure: cookie?.secure, sameSite: cookie?.sameSite, path: cookie?.path },
    { httpOnly: true, secure: true, sameSite: 'Lax', path: '/' },
  );

  const { body: company } = await world.administrator.session.send('POST', '/api/v1/companies', { name: 'Seen Ltd' });
  await open(page, `/companies/${company.id}`);
  await page.getByRole('textbox', { name: 'Note' }).click();
  await page.keyboard.type('Half a thought');

  const refused: string[] = [];
  page.on('response', (answer) => answer.status() === 401 && refused.push(answer.url()));
  // However long the next page takes: the one that is left asks for nothing as nobody.
  await page.route('**/sign-in', async (route) => {
    await new Promise((done) => setTimeout(done, 500));
    await route.continue();
  });
  await page.getByRole('button', { name: 'Account of Paula Password' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  assert.deepEqual(refused, []);
  assert.deepEqual(await page.context().cookies(), []);
  const kept = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
  assert.doesNotMatch(kept as string, /Seen Ltd|Half a thought/);
  await page.goto('/companies');
  await page.waitForURL('**/sign-in?next=*');
});

test('what is wrong with a sign-in is not told', async (t) => {
  const { email } = await world.person('Wanda Wrong', 'member');
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(401);
  const refused = async (address: string) => {
    await open(page, '/sign-in');
    await typePassword(page, address, 'not the password at all');
    return textOf(page.getByRole('alert'));
  };
  await open(page, '/sign-in');
  expectRefusal(422);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('This must not be empty').nth(1).waitFor({ timeout: 5_000 });
  const known = await refused(email);
  const unknown = await refused('nobody@people.example');
  assert.equal(known, unknown);
  assert.match(known, /e-mail|password/i);
});

test('a wrong code of the second factor is said at the code, and the next one signs in', async (t) => {
  const { email, session } = await world.person('Tom Totp', 'member');
  const { secret } = (await session.send('POST', '/api/v1/second-factor/setup', {})).body;
  const totp = new TOTP({ secret });
  const code = totp.generate({ timestamp: Date.now() - 30_000 });
  assert.equal((await session.send('POST', '/api/v1/second-factor/confirmation', { code })).status, 201);
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(401);
  await open(page, '/sign-in');
  await typePassword(page, email, goodPassword);
  const field = page.getByRole('textbox', { name: 'Six-digit code' });
  await field.fill('000000');
  await page.getByText('This code is not correct. Take the newest one').waitFor();
  assert.equal(await page.getByText(/password/i).count(), 0);
  await field.fill(totp.generate());
  await home(page).waitFor();
});

test('a recovery code that does not fit stays to be corrected', async (t) => {
  const { email, session } = await world.person('Rhea Recovery', 'member');
  const { secret } = (await session.send('POST', '/api/v1/second-factor/setup', {})).body;
  const code = new TOTP({ secret }).generate();
  const { body } = await session.send('POST', '/api/v1/second-factor/confirmation', { code });
  const [recovery] = body.recovery_codes as [string];
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(401);
  await open(page, '/sign-in');
  await typePassword(page, email, goodPassword);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  const field = page.getByRole('textbox', { name: 'Recovery code' });
  await field.fill(`${recovery}x`);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Check it, or take another one: each works once').waitFor();
  assert.equal(await field.inputValue(), `${recovery}x`);
  await field.fill(recovery);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await home(page).waitFor();
});

test('after signing in nobody is sent to another site', async (t) => {
  const { email } = await world.person('Rita Redirect', 'member');
  for (const next of ['%2F%09%2Fevil.example', '%2F%5Cevil.example', '%2F.%2F%2Fevil.example']) {
    const { page, expectRefusal } = await world.visit(t, null);
    expectRefusal(401);
    await open(page, `/sign-in?next=${next}`);
    await typePassword(page, email, goodPassword);
    await home(page).waitFor();
  }
});

test('a sign-in link works once', async (t) => {
  const { user_id } = await world.person('Lina Link', 'member');
  const actor = systemActor(world.tenant.tenant_id);
  const token = await withContext(world.app.app.services.db, actor, (ctx) => createSignInLink(ctx, user_id));
  const { page } = await world.visit(t, null);
  await page.goto(`/sign-in/link#${token}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await home(page).waitFor();

  const { page: second, expectRefusal } = await world.visit(t, null);
  expectRefusal(410);
  await second.goto(`/sign-in/link#${token}`);
  await second.getByRole('button', { name: 'Sign in' }).click();
  await second.getByRole('link', { name: 'Sign in another way' }).waitFor();
});

test('another address pasted into the same tab is another link', async (t) => {
  const { user_id } = await world.person('Nina Next', 'member');
  const actor = systemActor(world.tenant.tenant_id);
  const token = await withContext(world.app.app.services.db, actor, (ctx) => createSignInLink(ctx, user_id));
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(410);
  await page.goto('/sign-in/link');
  await page.getByRole('heading', { name: 'This link is incomplete' }).waitFor();
  await page.goto('/sign-in/link#cut-off');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Sign in another way' }).waitFor();
  await page.goto(`/sign-in/link#${token}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await home(page).waitFor();
});

test('a link that works no more is not called incomplete while the next page is loading', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(410);
  await page.goto('/sign-in/link#used-up');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const onward = page.getByRole('link', { name: 'Sign in another way' });
  await onward.waitFor();
  const held = Promise.withResolvers<void>();
  await page.route('**/assets/**', (route) => held.promise.then(() => route.continue()));
  await onward.click();
  await page.waitForURL('**/sign-in');
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  assert.equal(await page.getByRole('heading', { name: 'This link is incomplete' }).count(), 0);
  held.resolve();
  await page.getByRole('textbox', { name: 'Password' }).waitFor();
});

test('who comes with a link to set a password that works no more asks for a new one', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null);
  const { email } = await world.person('Nora New', 'member');
  const issue = () =>
    withContext(world.app.app.services.db, systemActor(world.tenant.tenant_id), (ctx) =>
      createPasswordLink(ctx, email),
    );
  await page.goto(`/password-reset#${await issue()}`);
  await page.getByText(`For ${email} in `).waitFor();
  const asked: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && asked.push(new URL(request.url()).pathname));
  await page.getByLabel('New password').fill(goodPassword);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('textbox', { name: 'E-mail' }).waitFor();
  assert.deepEqual(asked, ['/api/v1/password-resets/completion'], 'nothing asks for the link again, which is used up');
  expectRefusal(410);
  await page.goto(`/password-reset#${await issue()}`);
  await page.getByText(`For ${email} in `).waitFor();
  await page.goto('/password-reset#used-up');
  await page.getByLabel('New password').fill(goodPassword);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  await page.getByRole('heading', { name: 'Set a new password' }).waitFor();
  await page.getByRole('button', { name: 'Set the password' }).waitFor({ state: 'detached' });
});

test('a link whose address was not copied whole is called incomplete before anything is done with it', async (t) => {
  const { page } = await world.visit(t, null);
  for (const path of ['/sign-in/link', '/confirm-email', '/connect-account']) {
    await open(page, path);
    await page.getByRole('heading', { name: 'This link is incomplete' }).waitFor({ timeout: 5_000 });
    assert.equal(await page.getByRole('main').getByRole('button').count(), 0);
  }
  // A mail on its way is no failure.
  await open(page, '/sign-in?problem=confirmation_sent');
  await page.getByRole('status').getByText('We sent you a mail.').waitFor({ timeout: 5_000 });
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('a link is not called used up because the server could not answer just then', async (t) => {
  const problem = { title: 'Too many requests', status: 429, code: 'rate_limited', detail: 'Wait a little.' };
  for (const [path, address, button] of [
    ['/sign-in/link', 'sign-in/link', 'Sign in'],
    ['/confirm-email', 'email-confirmations', 'Confirm the address'],
    ['/connect-account', 'sign-in/identity-link', 'Connect the account'],
    ['/invitation', 'invitations/lookup', 'Try again'],
  ] as const) {
    const { page, expectRefusal } = await world.visit(t, null);
    expectRefusal(429);
    await page.route(`**/api/v1/${address}`, (route) =>
      route.fulfill({ status: 429, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await page.goto(`${path}#token`);
    const again = page.getByRole('button', { name: button, exact: true });
    await again.click();
    await page.getByRole('alert').getByText('Wait a little.').waitFor();
    await again.waitFor();
    // The token is none: that is final.
    await page.unrouteAll();
    for (const status of [404, 410]) expectRefusal(status);
    await again.click();
    await again.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Sign in/ }).waitFor();
  }
});

test('who may only make tasks writes down nothing else', async (t) => {
  const role = await world.create('roles', {
    name: 'Tasks only',
    rights: {
      ...Object.fromEntries(['contact', 'user', 'pipeline'].map((type) => [type, { read: 'all' }])),
      task: { read: 'all', create: 'all' },
    },
  });
  const { id } = await world.create('contacts', { given_name: 'Busy' });
  const tina = await world.person('Tina Tasks', 'viewer');
  const path = `/api/v1/users/${tina.user_id}/roles`;
  assert.equal((await world.administrator.session.send('PUT', path, { role_ids: [role.id] })).status, 200);
  const { page } = await world.visit(t, tina);
  await open(page, `/contacts/${id}`);
  const composer = page.getByRole('region', { name: 'Write something down' });
  await composer.getByRole('button', { name: 'Task', exact: true }).waitFor();
  await page.waitForLoadState('networkidle');
  assert.equal(await composer.getByRole('button').count(), 1);
});

test('someone is invited with a link, accepts, and is in', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite someone' });
  const explained = 'Changes contacts, companies, deals, and tasks. Sees products.';
  await dialog.getByRole('checkbox', { name: 'Member', exact: true, description: explained }).waitFor();
  await dialog.getByLabel('Name').fill('Ida Invited');
  await dialog.getByLabel('E-mail').fill('ida@people.example');
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const link = await textOf(page.getByRole('dialog', { name: 'Share this link' }).getByRole('code'));

  const { page: theirs } = await world.visit(t, null);
  const { pathname, hash } = new URL(link);
  await theirs.goto(pathname + hash);
  await theirs.getByRole('heading', { name: /^Join / }).waitFor();
  await theirs.getByLabel('Password', { exact: true }).fill(goodPassword);
  await theirs.getByRole('button', { name: 'Accept and sign in' }).click();
  await home(theirs).waitFor();
  const { body } = await world.administrator.session.send('GET', '/api/v1/users?limit=200');
  const ida = body.data.find(({ email }: { email: string }) => email === 'ida@people.example');
  assert.equal(ida.status, 'active');
  assert.deepEqual(
    ida.roles.map(({ name }: { name: string }) => name),
    ['Member'],
  );
});

test('a contractor is invited until a day, and the day is seen and changed', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/members');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite someone' });
  await dialog.getByLabel('Name').fill('Conny Contract');
  await dialog.getByLabel('E-mail').fill('conny@people.example');
  await dialog.getByRole('combobox', { name: 'Kind of account' }).click();
  await page.getByRole('option', { name: 'Contractor' }).click();
  const roles = dialog.getByRole('group', { name: 'Roles' });
  assert.deepEqual(await roles.locator('label').allTextContents(), ['ContractorChanges their own tasks.']);
  await dialog.getByLabel('Access until').fill('2031-05-04T12:00');
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('dialog', { name: 'Share this link' }).waitFor();
  await page.keyboard.press('Escape');
  const row = page.getByRole('listitem').filter({ hasText: 'Conny Contract' });
  await row.getByText('Contractor', { exact: true }).first().waitFor();
  await row.getByText('Access ends').waitFor();

  await row.getByRole('button', { name: 'More about Conny Contract' }).click();
  await page.getByRole('menuitem', { name: 'Change when access ends' }).click();
  const ending = page.getByRole('dialog', { name: 'Access of Conny Contract' });
  await ending.getByLabel('Access until').fill('2021-05-04T12:00');
  await ending.getByRole('button', { name: 'Save' }).click();
  await row.getByText('Access ended', { exact: true }).waitFor();
  assert.deepEqual(await barriers(page), []);
});

test('who was made without an invitation is not called invited, and is invited from the list', async (t) => {
  const { page } = await world.visit(t);
  const { send } = world.administrator.session;
  await send('POST', '/api/v1/users', { name: 'Nora Named', email: 'nora@people.example' });
  await open(page, '/settings/members');
  const row = page.getByRole('listitem').filter({ hasText: 'Nora Named' });
  await row.getByText('No open invitation').waitFor();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'members-not-invited');
  const more = row.getByRole('button', { name: 'More about Nora Named' });
  await more.click();
  assert.equal(await page.getByRole('menuitem', { name: 'Withdraw the invitation' }).count(), 0);
  await page.getByRole('menuitem', { name: 'Invite' }).click();
  await page.getByRole('dialog', { name: 'Share this link' }).getByRole('code').waitFor();
  await page.keyboard.press('Escape');
  await row.getByText('Invited', { exact: true }).waitFor();
  await more.click();
  await page.getByRole('menuitem', { name: 'Withdraw the invitation' }).click();
  await row.getByText('No open invitation').waitFor();
});

test('who may invite people but not change them invites, and withdraws what was sent', async (t) => {
  const { send } = world.administrator.session;
  const role = await world.create('roles', { name: 'Inviting', rights: { user: { read: 'all', create: 'all' } } });
  const inviting = await world.person('Ines Inviting', 'member');
  assert.equal((await send('PUT', `/api/v1/users/${inviting.user_id}/roles`, { role_ids: [role.id] })).status, 200);
  await send('POST', '/api/v1/users', { name: 'Waldo Waiting', email: 'waldo@people.example' });
  const { page } = await world.visit(t, inviting);
  await open(page, '/settings/members');
  const row = page.getByRole('listitem').filter({ hasText: 'Waldo Waiting' });
  const more = row.getByRole('button', { name: 'More about Waldo Waiting' });
  await more.click();
  await page.getByRole('menuitem', { name: 'Invite' }).waitFor();
  assert.equal(await page.getByRole('menuitem').count(), 1);
  await page.getByRole('menuitem', { name: 'Invite' }).click();
  await page.getByRole('dialog', { name: 'Share this link' }).getByRole('code').waitFor();
  await page.keyboard.press('Escape');
  await row.getByText('Invited', { exact: true }).waitFor();
  await more.click();
  await page.getByRole('menuitem', { name: 'Withdraw the invitation' }).click();
  await row.getByText('No open invitation').waitFor();
  assert.equal(await page.getByRole('button', { name: 'More about Ada Admin' }).count(), 0);
});

test('a viewer sees records but no way to change them, and is told where a role ends', async (t) => {
  const viewer = await world.person('Vera Viewer', 'viewer');
  const made = await world.administrator.session.send('POST', '/api/v1/contacts', { given_name: 'Hedy' });
  const { page, expectRefusal } = await world.visit(t, viewer);
  await open(page, '/contacts');
  await page.getByRole('row', { name: /Hedy/ }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'New contact' }).count(), 0);
  assert.equal(await page.getByRole('checkbox').count(), 0, 'nothing is selected that nothing can be done with');
  assert.equal(await page.getByRole('link', { name: 'Import' }).count(), 0);
  await open(page, `/contacts/${made.body.id}`);
  assert.equal(await page.getByRole('button', { name: 'Edit first name' }).count(), 0);
  assert.equal(await page.getByRole('region', { name: 'Write something down' }).count(), 0);

  await open(page, '/settings');
  assert.equal(await page.getByRole('link', { name: 'Audit log' }).count(), 0);
  await open(page, '/settings/audit');
  await page.getByRole('heading', { name: /^Your role does not let you/ }).waitFor();
  for (const path of ['/imports/new', '/imports', '/exports']) {
    await open(page, path);
    await page.getByRole('heading', { name: /^Your role does not let you/ }).waitFor();
    await page.waitForLoadState('networkidle');
  }
  expectRefusal(404);
  await open(page, '/contacts/01a00000-0000-7000-8000-000000000000');
  await page.getByRole('heading', { name: 'This contact is not available' }).waitFor();
});

test('a role of one’s own is made in the matrix and holds on the open page', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/roles');
  await page.getByRole('button', { name: 'New role' }).click();
  await page.getByLabel('Name').fill('Companies only');
  await page.getByRole('combobox', { name: 'See companies' }).click();
  await page.getByRole('option', { name: 'All', exact: true }).click();
  await page.getByRole('button', { name: 'Save role' }).click();
  await page.getByText('Companies only').waitFor();
  const { body } = await world.administrator.session.send('GET', '/api/v1/roles?limit=200');
  const role = body.data.find(({ name }: { name: string }) => name === 'Companies only');
  assert.equal(role.rights.company.read, 'all');

  const narrowed = await world.person('Nora Narrowed', 'member');
  const { page: theirs, expectRefusal } = await world.visit(t, narrowed);
  await open(theirs, '/');
  await theirs.getByRole('link', { name: 'Contacts' }).waitFor();
  // What the page shows at that moment it reads once more.
  expectRefusal(403);
  const path = `/api/v1/users/${narrowed.user_id}/roles`;
  assert.equal((await world.administrator.session.send('PUT', path, { role_ids: [role.id] })).status, 200);
  await theirs.getByRole('link', { name: 'Contacts' }).waitFor({ state: 'detached' });
  await theirs.getByRole('link', { name: 'Companies' }).waitFor();
});

test('a preset role is copied under a name of one’s own, and what was changed is not thrown away unasked', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/roles');
  await page.getByRole('listitem').filter({ hasText: 'Viewer' }).getByRole('button', { name: 'Edit rights' }).click();
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByLabel('Name').fill('Reader');
  const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await page.getByRole('button', { name: 'All roles' }).click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Name').inputValue(), 'Reader');
  await page.getByRole('button', { name: 'Save role' }).click();
  await page.getByText('Reader', { exact: true }).waitFor();
  assert.equal(await question.count(), 0, 'nothing is asked about what was saved');
  await page.getByRole('listitem').filter({ hasText: 'Reader' }).getByRole('button', { name: 'Edit rights' }).click();
  await page.getByLabel('Name').fill('Forgotten');
  await page.goBack();
  await question.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('Reader', { exact: true }).waitFor();
});

test('who may not change a task reads it in its dialog', async (t) => {
  const viewer = await world.person('Vito Viewer', 'viewer');
  const { session } = world.administrator;
  const task = { title: 'Look, do not touch', body: 'Behind glass', due_at: '2030-05-05T09:00:00Z', priority: 'high' };
  const made = await session.send('POST', '/api/v1/tasks', task);
  assert.equal(made.status, 201);
  const { page } = await world.visit(t, viewer);
  await open(page, '/tasks?view=all');
  await page.getByRole('button', { name: task.title }).click();
  const dialog = page.getByRole('dialog', { name: 'Task' });
  for (const text of [task.title, task.body, 'High']) await dialog.getByText(text).waitFor();
  assert.equal(await dialog.getByRole('textbox').count(), 0);
  assert.equal(await dialog.getByRole('button', { name: 'Save' }).count(), 0);
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'detached' });
});

test('an API key is shown once, works, and is refused once revoked', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/api-keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByLabel('Name').fill('Reports');
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: /Viewer/ }).click();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const shown = page.getByRole('dialog', { name: 'Save this key' });
  const key = await textOf(shown.getByRole('code'));
  const program = client(world.app.url, key);
  assert.equal((await program('GET', '/api/v1/contacts')).status, 200);
  assert.equal((await program('POST', '/api/v1/contacts', { given_name: 'No' })).status, 403);

  await shown.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByText('Reports').waitFor();
  assert.ok(!(await page.content()).includes(key));
  await page.getByRole('button', { name: 'Revoke Reports' }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText(/^“.*” is revoked$/).waitFor();
  await page.getByRole('button', { name: 'Revoke Reports' }).waitFor({ state: 'detached' });
  await eventually(async () => (await program('GET', '/api/v1/contacts')).status === 401);
});

test('whoever signed in a while ago confirms it before a key is made, and the key is made after that', async (t) => {
  const admin = await world.person('Cora Confirm', 'admin');
  const age = `update session set created_at = now() - interval '1 hour', confirmed_at = null where user_id = $1`;
  await asOwner(world.app, age, [admin.user_id]);
  const { page, expectRefusal } = await world.visit(t, admin);
  await open(page, '/settings/api-keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const form = page.getByRole('dialog', { name: 'New API key' });
  await form.getByLabel('Name').fill('Confirmed');
  await form.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: /Viewer/ }).click();
  expectRefusal(403);
  await form.getByRole('button', { name: 'Create key' }).click();
  const asked = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await asked.getByLabel('Password', { exact: true }).fill('not the password at all');
  await asked.getByRole('button', { name: 'Confirm' }).click();
  await asked.getByText('This is not your current password').waitFor();
  await looksRight(page, 'confirm-presence');

  // Given up, what was typed for the key stays.
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await asked.waitFor({ state: 'detached' });
  assert.equal(await form.getByLabel('Name').inputValue(), 'Confirmed');
  await form.getByText('You did not confirm your identity, so nothing was changed.').waitFor({ timeout: 5_000 });
  await form.getByRole('button', { name: 'Create key' }).click();
  await asked.getByLabel('Password', { exact: true }).fill(goodPassword);
  await page.keyboard.press('Enter');
  const shown = page.getByRole('dialog', { name: 'Save this key' });
  const program = client(world.app.url, await textOf(shown.getByRole('code')));
  assert.equal((await program('GET', '/api/v1/contacts')).status, 200);
  assert.equal(await asked.count(), 0);
});

test('a session ended on another device sends its page to sign in', async (t) => {
  const person = await world.person('Desi Devices', 'member');
  const { page: first } = await world.visit(t, person);
  const { page: other, expectRefusal } = await world.visit(t, null, phone);
  await open(other, '/sign-in');
  await typePassword(other, person.email, goodPassword);
  await home(other).waitFor();

  await open(first, '/settings/security');
  await first.getByRole('button', { name: 'Sign out', exact: true }).click();
  expectRefusal(401);
  // Unless the page has heard of it by now, and shows no links.
  await other
    .getByRole('link', { name: 'Contacts' })
    .click({ timeout: 2_000 })
    .catch(() => {});
  await other.waitForURL('**/sign-in?next=*');
});

test('what protects an account is not removed by one click', async (t) => {
  const person = await world.person('Sina Secured', 'member');
  const { secret } = (await person.session.send('POST', '/api/v1/second-factor/setup', {})).body;
  const code = new TOTP({ secret }).generate();
  assert.equal((await person.session.send('POST', '/api/v1/second-factor/confirmation', { code })).status, 201);
  await asOwner(
    world.app,
    `insert into passkey (tenant_id, user_id, name, credential_id, public_key)
      select tenant_id, id, 'Blue key', '\\x01', '\\x00' from user_account where name = 'Sina Secured'`,
  );
  const secondFactor = async () => (await person.session.send('GET', '/api/v1/second-factor')).body.totp;
  const passkeys = async () => (await person.session.send('GET', '/api/v1/passkeys')).body.data.length;
  const { page } = await world.visit(t, person);
  await open(page, '/settings/security');
  // What a browser says of a passkey is English, and for programmers.
  await page.evaluate(
    "navigator.credentials.create = () => Promise.reject(new DOMException('For programmers', 'InvalidStateError'))",
  );
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('This device already has a passkey for your account.').waitFor({ timeout: 10_000 });
  const question = page.getByRole('alertdialog');
  const ask = async (button: string, answer: string) => {
    await page.getByRole('button', { name: button }).click();
    await question.getByRole('button', { name: answer }).click();
    await question.waitFor({ state: 'detached' });
  };
  await ask('Remove Blue key', 'Cancel');
  await ask('Turn off', 'Cancel');
  assert.deepEqual([await passkeys(), await secondFactor()], [1, true]);
  await ask('Remove Blue key', 'Remove passkey');
  await eventually(async () => (await passkeys()) === 0);

  const { page: administrators } = await world.visit(t);
  await open(administrators, '/settings/members');
  await administrators.getByRole('button', { name: 'More about Sina Secured' }).click();
  await administrators.getByRole('menuitem', { name: 'Remove second factor' }).click();
  const removal = administrators.getByRole('alertdialog', { name: 'Remove the second factor of Sina Secured?' });
  assert.equal(await secondFactor(), true);
  await removal.getByRole('button', { name: 'Remove second factor' }).click();
  await administrators.getByText('Second factor removed').waitFor();
  assert.equal(await secondFactor(), false);
});

test('the page says what the browser may load, and where it leads nowhere', async (t) => {
  const { page } = await world.visit(t);
  const answer = await page.goto('/nothing/here');
  await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  const headers = answer?.headers() ?? {};
  const policy = headers['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  await page.getByRole('link', { name: 'Go home' }).click();
  await home(page).waitFor();
});

test('while the server is away its page says so in the middle, and goes on when it is back', async (t) => {
  // The page reports the answer in its console too, which fails a visit.
  const context = await world.browser.newContext({ baseURL: world.app.url.replace('127.0.0.1', 'localhost') });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.route('**/api/v1/session', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '' }));
  await page.goto('/');
  const said = page.getByRole('alert').getByText('The server does not answer. Try again in a moment.');
  const { x, width } = (await said.boundingBox())!;
  assert.ok(Math.abs(x + width / 2 - page.viewportSize()!.width / 2) < 2, `It stands at ${x}`);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.waitForURL('**/sign-in*');
});
