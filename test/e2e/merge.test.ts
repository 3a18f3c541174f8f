import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers, open, phone, setUp } from './browser.ts';

const world = setUp();

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}
const stripped = ({ version: _, updated_at: __, ...row }: Record<string, unknown>) => row;

test('two companies are merged side by side, with all that hangs on them, and taken apart again', async (t) => {
  const kept = await send('POST', 'companies', { name: 'Acme', city: 'Rome' });
  const other = await send('POST', 'companies', { name: 'Acme Inc', city: 'Oslo', domain: 'acme.example' });
  const person = await send('POST', 'contacts', { given_name: 'Pia', company_id: other.id });
  const deal = await send('POST', 'deals', { name: 'Anvils', company_id: other.id });
  const rows = [`companies/${kept.id}`, `companies/${other.id}`, `contacts/${person.id}`, `deals/${deal.id}`];
  const all = async () => (await Promise.all(rows.map((path) => send('GET', path)))).map(stripped);
  const before = await all();

  const { page } = await world.visit(t);
  await open(page, '/companies');
  for (const name of [/Acme(?! Inc)/, /Acme Inc/]) await page.getByRole('row', { name }).getByRole('checkbox').click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Merge' }).click();
  const dialog = page.getByRole('dialog', { name: 'Merge 2 companies' });
  await dialog
    .getByRole('radio', { name: /^Keep / })
    .and(page.locator(':focus'))
    .waitFor();
  await dialog.getByRole('radio', { name: /^Keep Acme, / }).check();
  await dialog.getByText('1 contact, 1 deal will move').waitFor();
  assert.ok(
    await dialog.getByRole('radio', { name: 'Domain of Acme Inc: acme.example' }).isChecked(),
    'what is filled is proposed',
  );
  await dialog.getByRole('radio', { name: 'City of Acme Inc: Oslo' }).check();
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByRole('dialog').filter({ hasText: '1 company merged into Acme' }).waitFor();
  await page.getByRole('row', { name: /Acme Inc/ }).waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /Acme/ }).locator(':focus').waitFor();
  const merged = await send('GET', `companies/${kept.id}`);
  assert.deepEqual([merged.name, merged.city, merged.domain], ['Acme', 'Oslo', 'acme.example']);
  assert.equal((await send('GET', `deals/${deal.id}`)).company_id, kept.id);

  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('dialog').filter({ hasText: 'Undone' }).waitFor();
  assert.deepEqual(await all(), before);
});

test('the choice has the focus also where the list behind is drawn anew before the records have come', async (t) => {
  const some = [await send('POST', 'companies', { name: 'Bolt' }), await send('POST', 'companies', { name: 'Washer' })];
  const { page } = await world.visit(t);
  await open(page, '/companies');
  for (const name of [/Bolt/, /Washer/]) await page.getByRole('row', { name }).getByRole('checkbox').click();
  const held = Promise.withResolvers<void>();
  for (const { id } of some)
    await page.route(`**/api/v1/companies/${id}`, (route) => held.promise.then(() => route.continue()));
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Merge' }).click();
  const dialog = page.getByRole('dialog', { name: 'Merge 2 companies' });
  await dialog.waitFor();
  await send('POST', 'companies', { name: 'Nut' });
  await page.getByRole('row', { name: /Nut/, includeHidden: true }).waitFor();
  held.resolve();
  await dialog
    .getByRole('radio', { name: /^Keep Bolt, / })
    .and(page.locator(':focus'))
    .waitFor();
});

test('a record is merged from its own page, also on a phone, and leads on from its old address', async (t) => {
  const kept = await send('POST', 'contacts', {
    given_name: 'Ann',
    family_name: 'Kept',
    email: 'ann@work.example',
    email_label: 'Work',
    city: 'Wien',
    address_label: 'Work',
  });
  const other = await send('POST', 'contacts', {
    given_name: 'Ann',
    family_name: 'Gone',
    email: 'ann@example.com',
    email_label: 'Home',
    city: 'Oslo',
    address_label: 'Home',
    consent_email: 'denied',
  });
  await send('POST', 'contacts', {
    given_name: 'Pat', email: 'pat@work.example', other_emails: [{ label: 'Home', value: 'pat@further.example' }],
  }); // biome-ignore format: one record
  const { page, expectRefusal } = await world.visit(t, world.administrator, phone);
  await open(page, `/contacts/${kept.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Merge with…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Merge contact' });
  const another = dialog.getByRole('combobox', { name: 'Another contact to merge' });
  for (const [typed, found] of [
    ['@further', /^Pat.*pat@further\.example$/],
    ['ann@exam', /^Ann Gone.*ann@example\.com$/],
  ] as const) {
    await another.fill(typed);
    await page.getByRole('option', { name: found }).waitFor({ timeout: 5_000 });
  }
  await another.fill('Gone');
  await page.getByRole('option', { name: /Ann Gone/ }).click();
  const both = page.getByRole('dialog', { name: 'Merge 2 contacts' });
  await both.getByRole('radio', { name: /^Keep Ann Kept/ }).waitFor();
  assert.equal(await both.getByRole('radio', { name: /label/ }).count(), 0, 'labels go with their values');
  await both.getByRole('radio', { name: 'E-mail of Ann Gone: ann@example.com' }).check();
  const consent = (name: string) => both.getByRole('radio', { name: `Email consent of ${name}` });
  assert.ok(await consent('Ann Gone: Denied').isChecked(), 'who wants no e-mails gets none');
  await consent('Ann Kept: Not asked').check();
  assert.deepEqual(await barriers(page), []);
  await both.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByRole('dialog').filter({ hasText: '1 contact merged into Ann' }).waitFor();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await page.getByText('merged Ann Gone into this').waitFor();
  const { email, email_label, other_emails, city, other_addresses } = await send('GET', `contacts/${kept.id}`);
  assert.deepEqual([email, email_label, city], ['ann@example.com', 'Home', 'Wien']);
  assert.deepEqual(other_emails, [{ label: 'Work', value: 'ann@work.example' }]);
  assert.deepEqual(
    other_addresses.map((each: { label: string; city: string }) => [each.label, each.city]),
    [['Home', 'Oslo']],
  );
  expectRefusal(404);
  await open(page, `/contacts/${other.id}`);
  await page.getByRole('link', { name: 'Open that contact' }).click();
  await page.getByRole('heading', { name: 'Ann Kept' }).waitFor();

  // Whoever merges away what they look at goes on with what stays.
  const stays = await send('POST', 'contacts', { given_name: 'Ann', family_name: 'Stays' });
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Merge with…' }).click();
  await another.fill('Stays');
  await page.getByRole('option', { name: /Ann Stays/ }).click();
  await both.getByRole('radio', { name: /^Keep Ann Stays/ }).check();
  await both.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByRole('heading', { name: 'Ann Stays' }).waitFor();
  assert.match(page.url(), new RegExp(`/contacts/${stays.id}`));
});

test('while one types a new contact, those that may be the same are named and can be opened', async (t) => {
  const known = await send('POST', 'contacts', { given_name: 'Kim', family_name: 'Known', email: 'kim@known.example' });
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  await page.getByRole('button', { name: 'New contact' }).click();
  const dialog = page.getByRole('dialog', { name: 'New contact' });
  await dialog.getByLabel('First name').fill('Kimberly');
  await dialog.getByLabel('E-mail').fill('KIM@known.example');
  const link = dialog.getByRole('link', { name: /Kim Known/ });
  await link.waitFor();
  await dialog.getByText('Same e-mail address').waitFor();
  assert.equal(await link.getAttribute('href'), `/contacts/${known.id}`);
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Create contact' }).click();
  await page.getByRole('dialog').filter({ hasText: 'Contact created' }).waitFor();
});

test('suspects stand on a page of their own, where one is merged and another dismissed', async (t) => {
  for (const name of ['Twin', 'Pair'])
    for (const city of ['Bern', 'Lund'])
      await send('POST', 'companies', { name: `${name} ${city}`, city, domain: `${name}.example` });
  const { page } = await world.visit(t);
  await open(page, '/duplicates?of=company');
  await page.getByRole('button', { name: 'Search now' }).click();
  const list = page.getByRole('list', { name: 'companies that look alike' });
  const twins = list.getByRole('listitem').filter({ hasText: 'Twin' });
  await twins.getByText('Same domain').waitFor();
  assert.deepEqual(await barriers(page), []);
  await twins.getByRole('button', { name: 'Merge' }).click();
  await page
    .getByRole('dialog', { name: 'Merge 2 companies' })
    .getByRole('button', { name: 'Merge', exact: true })
    .click();
  await page.getByRole('dialog').filter({ hasText: '1 company merged into Twin' }).waitFor();
  await twins.waitFor({ state: 'detached' });
  const pair = list.getByRole('listitem').filter({ hasText: 'Pair' });
  await pair.getByRole('link', { name: /^Pair/ }).first().and(page.locator(':focus')).waitFor();
  await pair.getByRole('button', { name: 'Not a duplicate' }).click();
  await pair.waitFor({ state: 'detached' });
  await page
    .getByRole('dialog')
    .filter({ hasText: 'Not a duplicate' })
    .getByRole('button', { name: 'Undo' })
    .click({ timeout: 5_000 });
  await pair.getByRole('button', { name: 'Not a duplicate' }).click();
  await page.getByRole('heading', { name: 'No companies that look alike' }).waitFor();
  await page.locator('main:focus').waitFor();
});

test('a merge that is refused for a value of its own says so', async (t) => {
  const top = await send('POST', 'companies', { name: 'Loop One' });
  const between = await send('POST', 'companies', { name: 'Between', parent_id: top.id });
  await send('POST', 'companies', { name: 'Loop Two', parent_id: between.id });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await open(page, '/companies');
  for (const name of [/Loop One/, /Loop Two/]) await page.getByRole('row', { name }).getByRole('checkbox').click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Merge' }).click();
  const dialog = page.getByRole('dialog', { name: 'Merge 2 companies' });
  await dialog.getByRole('radio', { name: /^Keep Loop One, / }).check();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await dialog.getByRole('alert').getByText('A company cannot be its own parent').waitFor({ timeout: 5_000 });
});

test('a look at the suspects that fails leaves the merge open that one is about to make', async (t) => {
  for (const city of ['Bern', 'Lund'])
    await send('POST', 'companies', { name: `Kept ${city}`, city, domain: 'kept-open.example' });
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/duplicates?of=company');
  await page.getByRole('button', { name: 'Search now' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Kept' }).getByRole('button', { name: 'Merge' }).click();
  const dialog = page.getByRole('dialog', { name: 'Merge 2 companies' });
  await dialog.getByRole('radio', { name: 'City of Kept Lund: Lund' }).check();
  expectRefusal(503);
  await page.route('**/api/v1/duplicates?*', (route) => route.fulfill({ status: 503, body: '' }));
  await page.waitForResponse((answer) => answer.url().includes('/api/v1/duplicates?') && answer.status() === 503);
  await page.unroute('**/api/v1/duplicates?*');
  await page.waitForResponse((answer) => answer.url().includes('/api/v1/duplicates?') && answer.ok());
  assert.ok(await dialog.getByRole('radio', { name: 'City of Kept Lund: Lund' }).isChecked({ timeout: 5_000 }));
});

test('what is chosen between is read out as it is shown', async (t) => {
  await send('POST', 'custom-fields', { resource: 'contact', key: 'budget', label: 'Budget', type: 'money' });
  const [one, two] = [
    await send('POST', 'contacts', {
      given_name: 'Spoken',
      lifecycle_stage: 'former',
      custom: { budget: { amount: '1200.00', currency: 'EUR' } },
    }),
    await send('POST', 'contacts', { given_name: 'Spoken', lifecycle_stage: 'lead' }),
  ];
  const { page } = await world.visit(t);
  await open(page, `/contacts/${one.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Merge with…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Merge/ });
  await dialog.getByRole('combobox').fill('Spoken');
  await page
    .getByRole('option', { name: /Spoken/ })
    .first()
    .click();
  await dialog.getByRole('radio', { name: 'Lifecycle of Spoken: Former customer' }).waitFor({ timeout: 5_000 });
  await dialog.getByRole('radio', { name: 'Budget of Spoken: 1200.00 EUR' }).waitFor({ timeout: 5_000 });
  await dialog.getByRole('radio', { name: 'Budget of Spoken: empty' }).waitFor({ timeout: 5_000 });
  assert.notEqual(two.id, one.id);
});

test('on a phone, long values that are chosen between are there to be read as a whole', async (t) => {
  const long = 'Donaudampfschifffahrtsgesellschaft Oberösterreich mit beschränkter Haftung';
  const short = await send('POST', 'companies', { name: 'Donau', industry: 'Ships', domain: 'donau.example' });
  await send('POST', 'companies', { name: long, industry: long, domain: `${'donau'.repeat(11)}.example` });
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, `/companies/${short.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Merge with…' }).click();
  await page.getByRole('combobox', { name: 'Another company to merge' }).fill('Donaudampf');
  await page.getByRole('option', { name: /Donaudampf/ }).click();
  const both = page.getByRole('dialog', { name: 'Merge 2 companies' });
  await both.getByRole('radio', { name: new RegExp(`^Industry of .*: ${long}$`) }).waitFor();
  const edge = page.viewportSize()!.width;
  const ends = await both.locator('label bdi').evaluateAll((texts) =>
    texts.map((text) => {
      const { right } = (text as unknown as { getBoundingClientRect(): { right: number } }).getBoundingClientRect();
      return right;
    }),
  );
  assert.ok(ends.length >= 8, String(ends));
  assert.deepEqual(
    ends.filter((end) => end > edge - 20),
    [],
  );
});
