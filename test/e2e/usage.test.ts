import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { barriers, open, setUp, textOf } from './browser.ts';

const world = setUp();

test('an administrator sees who uses what, sorted as wished and as a file', async (t) => {
  const member = await world.person('Bea Member', 'member');
  for (let i = 0; i < 5; i++) await member.session.send('GET', '/api/v1/products');
  // Counted in memory, written every few seconds.
  const { session } = world.administrator;
  const today = new Date().toISOString().slice(0, 10);
  const timingsToday = `/api/v1/usage/timings?from=${today}&to=${today}`;
  await eventually(async () => JSON.stringify((await session.send('GET', timingsToday)).body).includes('/products'));
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/settings/usage');
  const timings = page.getByRole('region', { name: 'API timings' });
  await timings.getByRole('row', { name: /GET \/products/ }).waitFor();
  await timings.getByRole('button', { name: 'Route' }).click();
  await timings.getByRole('columnheader', { name: 'Route' }).and(page.locator('[aria-sort="ascending"]')).waitFor();
  const people = page.getByRole('region', { name: 'People' });
  assert.match(await textOf(people.getByRole('row', { name: /Bea Member/ })), /Bea Member115Products/);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    people.getByRole('button', { name: 'People as CSV' }).click(),
  ]);
  assert.match(await readFile(await file.path(), 'utf8'), /Bea Member,1,1,5,Products/);
  await page.getByRole('button', { name: '7 days' }).click();
  await people.getByRole('row', { name: /Bea Member/ }).waitFor();
  assert.deepEqual(await barriers(page), []);
  expectRefusal(500);
  await page.route('**/api/v1/usage/people?*', (route) => route.fulfill({ status: 500 }));
  await page.getByRole('button', { name: '90 days' }).click();
  await page.getByRole('heading', { name: '“People” could not be read' }).waitFor();
});

test('a rule made in the page scores deals, each with its reason; edited and deleted, the score follows', async (t) => {
  const { send } = world.administrator.session;
  const company = (await send('POST', '/api/v1/companies', { name: 'Programs', industry: 'Software' })).body;
  const deal = (await send('POST', '/api/v1/deals', { name: 'Found us', company_id: company.id })).body;
  const score = async () => (await send('GET', `/api/v1/deals/${deal.id}/score`)).body;
  const reasonsAre = (...reasons: string[]) =>
    eventually(async () => {
      const said = ((await score()).reasons ?? []).map(({ text }: { text: string }) => text);
      return JSON.stringify(said) === JSON.stringify(reasons);
    });
  const { page } = await world.visit(t);
  await open(page, '/settings/scoring');
  await page
    .getByText(/Not enough history/i)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'New rule' }).click();
  const form = page.getByRole('dialog', { name: 'New rule' });
  await form.getByLabel('Name').fill('Makes software');
  await form.getByRole('group', { name: 'Which' }).getByRole('combobox', { name: 'Filter' }).click();
  await page.getByRole('combobox', { name: 'Filter by' }).pressSequentially('industry');
  await page.getByRole('option', { name: 'Company: Industry' }).and(page.locator('[data-highlighted]')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Value' }).fill('soft');
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: /^Company Industry contains soft$/ }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await form.getByRole('button', { name: 'Create rule' }).click();
  const rule = page.getByRole('list', { name: 'Scoring rules' }).getByRole('listitem');
  await rule.filter({ hasText: 'Makes software' }).waitFor();
  await reasonsAre('Makes software: +10');

  await rule.getByRole('button', { name: 'Edit the rule Makes software' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit rule' });
  await edit.getByLabel('Points').fill('-5');
  await edit.getByRole('button', { name: 'Save' }).click();
  await reasonsAre('Makes software: −5');
  await open(page, `/deals/${deal.id}`);
  await page.getByRole('button', { name: /of 100/ }).click();
  await page.getByText('Makes software').waitFor();

  await open(page, '/settings/scoring');
  await rule.getByRole('button', { name: 'Delete the rule Makes software' }).click();
  await page.getByRole('heading', { name: 'No rules yet' }).waitFor();
  await reasonsAre();
});

test('others are told that they may not', async (t) => {
  const member = await world.person('Carl Member', 'member');
  const { page } = await world.visit(t, member);
  await open(page, '/settings/usage');
  assert.match(await textOf(page.locator('main')), /role/i);
  assert.equal(await page.getByRole('region', { name: 'API timings' }).count(), 0);
});
