import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, setUp } from './browser.ts';

const world = setUp();

test('a list stays where more of it, or a later look at it, cannot be read', async (t) => {
  const rows = Array.from({ length: 101 }, (_, n) => ({ title: `To do ${n}`, due_at: '2026-01-01T08:00:00Z' }));
  const { session } = world.administrator;
  for (const data of [rows.slice(0, 51), rows.slice(51)])
    assert.equal((await session.send('POST', '/api/v1/tasks/bulk', { data })).status, 201);
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/tasks?view=all');
  const tasks = page.getByText(/^To do \d+$/);
  await tasks.nth(99).waitFor();
  // What they are told of when all these tasks came has been looked at.
  await page.waitForLoadState('networkidle');
  expectRefusal(502);
  // As a proxy answers while the server is started anew.
  const refuse = (url: URL) => url.pathname === '/api/v1/tasks';
  await page.route(refuse, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('This could not be read.').waitFor({ timeout: 5_000 });
  assert.equal(await tasks.count(), 100);
  await page.unroute(refuse);
  const more = page.getByRole('button', { name: 'Show more' });
  // It may have looked again by itself meanwhile.
  const again = page.getByRole('button', { name: 'Try again' });
  await again.click({ timeout: 5_000 }).catch(() => more.waitFor());
  await more.click();
  await tasks.nth(100).waitFor();
  await page.route(refuse, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  const looked = page.waitForResponse((response) => refuse(new URL(response.url())));
  await world.create('tasks', { title: 'Another' });
  await looked;
  await page.waitForLoadState('networkidle');
  assert.equal(await tasks.count(), 101);
});

test('of many deals of a company all can be seen beside it', async (t) => {
  const { id } = await world.create('companies', { name: 'Busy' });
  const rows = Array.from({ length: 21 }, (_, n) => ({ name: `Deal ${n}`, company_id: id }));
  assert.equal((await world.administrator.session.send('POST', '/api/v1/deals/bulk', { data: rows })).status, 201);
  const { page } = await world.visit(t);
  await open(page, `/companies/${id}`);
  const deals = page.getByRole('region', { name: 'Deals' });
  await deals.getByRole('link').nth(19).waitFor();
  await deals.getByRole('button', { name: 'Show more' }).click({ timeout: 5_000 });
  await deals.getByRole('link').nth(20).waitFor();
});

test('the figures of the quarter stay where a later look at them fails', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/');
  const figures = page.getByText('Win rate this quarter');
  await figures.waitFor();
  await page.waitForLoadState('networkidle');
  expectRefusal(502);
  const refuse = (url: URL) => url.pathname.startsWith('/api/v1/analytics/');
  await page.route(refuse, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  const looked = page.waitForResponse((response) => refuse(new URL(response.url())));
  await world.create('deals', { name: 'Another' });
  await looked;
  await page.waitForLoadState('networkidle');
  assert.equal(await figures.count(), 1);
});
