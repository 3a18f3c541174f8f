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
  await eventually(
    async () => JSON.stringify((await session.send('GET', timingsToday)).body).includes('/products'),
    20_000,
  );
  const { page } = await world.visit(t);
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
});

test('a rule of the workspace scores deals, each with its reason; without history there is no model, and it is said', async (t) => {
  const { send } = world.administrator.session;
  const deal = (await send('POST', '/api/v1/deals', { name: 'Found us', source: 'Web' })).body;
  const { page } = await world.visit(t);
  await open(page, '/settings/scoring');
  await page
    .getByText(/Not enough history/i)
    .first()
    .waitFor();
  const filter = { field: 'source', op: 'eq', value: 'Web' };
  const rule = { name: 'Came by the web', resource: 'deal', filter, points: 20, active: true };
  assert.equal((await send('POST', '/api/v1/scoring-rules', rule)).status, 201);
  await page.reload();
  await page.getByRole('list', { name: 'Scoring rules' }).getByText('Came by the web').waitFor();
  const score = async () => (await send('GET', `/api/v1/deals/${deal.id}/score`)).body;
  await eventually(async () => JSON.stringify((await score()).reasons ?? '').includes('Came by the web'), 20_000);
  await open(page, `/deals/${deal.id}`);
  await page.getByRole('button', { name: /of 100/ }).click();
  await page.getByText('Came by the web').waitFor();
});

test('others are told that they may not', async (t) => {
  const member = await world.person('Carl Member', 'member');
  const { page } = await world.visit(t, member);
  await open(page, '/settings/usage');
  assert.match(await textOf(page.locator('main')), /role/i);
  assert.equal(await page.getByRole('region', { name: 'API timings' }).count(), 0);
});
