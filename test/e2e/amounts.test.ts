import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { open, phone, setUp } from './browser.ts';

const world = setUp();

test('the amount of a deal looks alike on cards, in lists, on pages and at home', async (t) => {
  const company = await world.create('companies', { name: 'Even Ltd' });
  const deal = await world.create('deals', {
    name: 'Round sum',
    amount: '61000',
    currency: 'USD',
    company_id: company.id,
    owner_id: world.administrator.user_id,
    expected_close_on: new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10),
  });
  const { page } = await world.visit(t);
  const { page: small } = await world.visit(t, world.administrator, phone);
  const places: [where: string, path: string, on: Page][] = [
    ['the board of stages', '/deals', page],
    ['a board by a field', '/deals?layout=board&by=owner_id', page],
    ['the table', '/deals?layout=table', page],
    ['its page', `/deals/${deal.id}`, page],
    ['home', '/', page],
    ['a card on a phone', '/deals', small],
    ['a line on a phone', '/deals?layout=table', small],
    ['its page on a phone', `/deals/${deal.id}`, small],
  ];
  for (const [where, path, on] of places)
    await t.test(where, async () => {
      await open(on, path);
      await on.locator('#main').getByText('Round sum').first().waitFor();
      // With the sum of a column, which may be short, there are several.
      const amounts = on.locator('#main').getByText('$61,000.00', { exact: true });
      await amounts.first().waitFor({ timeout: 10_000 });
    });
  await page.goto(`/companies/${company.id}`);
  const related = page.getByRole('region', { name: 'Open deals' }).or(page.getByRole('region', { name: 'Deals' }));
  assert.match((await related.first().getByRole('listitem').first().textContent())!, /\$61,000\.00/);
});
