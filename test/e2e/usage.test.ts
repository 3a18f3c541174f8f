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

test('others are told that they may not', async (t) => {
  const member = await world.person('Carl Member', 'member');
  const { page } = await world.visit(t, member);
  await open(page, '/settings/usage');
  assert.match(await textOf(page.locator('main')), /role/i);
  assert.equal(await page.getByRole('region', { name: 'API timings' }).count(), 0);
});
