import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { setUp } from './browser.ts';

const world = setUp();
/** Of this origin, and no page that asks for anything by itself. */
const still = '/manifest.webmanifest';
let used: BrowserContext;

const kept = `Promise.all([navigator.permissions.query({ name: 'geolocation' }), indexedDB.databases()])
  .then(([{ state }, databases]) => [localStorage.length, sessionStorage.length, document.cookie, databases.length, state])`;

test('a test leaves much in its browser', async (t) => {
  const { page } = await world.visit(t);
  used = page.context();
  await page.goto(still);
  await page.evaluate(`new Promise((done) => {
    localStorage.setItem('left', '1');
    sessionStorage.setItem('left', '1');
    document.cookie = 'left=1';
    indexedDB.open('left').onsuccess = done;
  }).then(() => {})`);
  await used.grantPermissions(['geolocation']);
  assert.deepEqual(await page.evaluate(kept), [1, 1, 'left=1', 1, 'granted']);
  await used.newPage();
  await used.setOffline(true);
});

test('and the next, which has the same one, finds nothing of it', async (t) => {
  const { page } = await world.visit(t, null);
  assert.equal(page.context(), used);
  assert.equal(used.pages().length, 2, 'the one that stays, and its own');
  assert.deepEqual(await used.cookies(), []);
  await page.goto(still);
  assert.deepEqual(await page.evaluate(kept), [0, 0, '', 0, 'denied']);
});
