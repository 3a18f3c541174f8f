import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { desktop, open, phone, picture, setUp } from './browser.ts';

const number = '7731904428';

const world = setUp(async ({ administrator: { session } }) => {
  const made = async (path: string, body: object) => {
    const answer = await session.send('POST', `/api/v1/${path}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id as string;
  };
  const household_id = await made('households', { name: 'Okafor', status: 'active' });
  const account = { household_id, registration: 'individual', kind: 'managed', currency: 'USD' };
  await made('financial-accounts', { ...account, name: 'Depot', account_number: number });
  await made('financial-accounts', { ...account, name: 'Pension', account_number: '5520018812' });
});

/** What the browser keeps of a site: its address, its stores and its caches. */
const keptBy = (page: Page): Promise<string> =>
  page.evaluate(`(async () => {
    const kept = [location.href, history.state, { ...localStorage }, { ...sessionStorage }, document.cookie];
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const rows = db.transaction(store).objectStore(store);
        kept.push(name, store, await done(rows.getAll()), await done(rows.getAllKeys()));
      }
      db.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) kept.push(request.url, await (await cache.match(request)).text());
    }
    return JSON.stringify(kept);
  })()`);

for (const [name, device] of Object.entries({ desk: desktop, phone }))
  test(`an account is found by a part of its number and revealed, and the browser keeps nothing of it: ${name}`, async (t) => {
    const { page } = await world.visit(t, world.administrator, device);
    await open(page, '/financial-accounts');
    await page.getByText('Pension').first().waitFor();
    await page.getByRole('button', { name: 'Find by account number' }).click();
    const dialog = page.getByRole('dialog', { name: 'Find by account number' });
    await dialog.getByLabel('Account number').fill('19044');
    await dialog.getByRole('button', { name: 'Find' }).click();
    await dialog.getByText('•••• 4428').waitFor();
    assert.equal(await dialog.getByText('Pension').count(), 0);
    await picture(page, `sealed-search-${name}`);
    assert.doesNotMatch(await keptBy(page), /19044/);
    await dialog.getByRole('link', { name: 'Depot' }).click();
    await page.getByRole('heading', { name: 'Depot' }).waitFor();
    if (device === phone) await page.getByRole('tab', { name: 'Related' }).click();
    await page.getByRole('button', { name: 'Reveal account number' }).click();
    await page.getByLabel('Reason').fill('The client asks');
    await page.getByRole('dialog').getByRole('button', { name: 'Reveal' }).click();
    await page.getByText(number).waitFor();
    await picture(page, `sealed-revealed-${name}`);
    // What the page stores, it stores within seconds.
    await page.waitForTimeout(3_000);
    const kept = await keptBy(page);
    assert.match(kept, /Depot.*•••• 4428|•••• 4428.*Depot/, 'the browser keeps the account, with its mask');
    assert.doesNotMatch(kept, /7731904428|19044/);
  });
