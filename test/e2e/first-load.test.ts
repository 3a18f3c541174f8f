import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { desktop, open, setUp } from './browser.ts';

const world = setUp();
const dist = resolve(import.meta.dirname, '../../web/dist');
/** Less was not seen. */
const kilobytes_min = 100;

/** A browser fetches six scripts at a time: many small ones take longer than a few large ones. */
for (const { path, visitor, kilobytes_max, scripts_max } of [
  { path: '/', visitor: 'Home Visitor', kilobytes_max: 235, scripts_max: 10 },
  { path: '/sign-in', visitor: null, kilobytes_max: 250, scripts_max: 10 },
  // With what its next click will want, and the record types of all products.
  { path: '/contacts', visitor: 'List Visitor', kilobytes_max: 370, scripts_max: 30 },
])
  test(`what ${path} needs before it shows is small, and comes in few pieces`, async (t) => {
    const { page, expectRefusal } = await world.visit(
      t,
      visitor === null ? null : await world.person(visitor, 'member'),
      desktop,
    );
    expectRefusal(401);
    const scripts = new Set<string>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await open(page, path);
    const sizes = [...scripts].map((script) => statSync(join(dist, `${script}.gz`)).size / 1024);
    const kilobytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(kilobytes >= kilobytes_min && kilobytes <= kilobytes_max, `${Math.round(kilobytes)} KB`);
    assert.ok(scripts.size <= scripts_max, [...scripts].join(' '));
    // What a product says of its record types comes with the first of their lists.
    const details = [...scripts].filter((script) => script.startsWith('/assets/records-'));
    assert.equal(details.length > 0, path === '/contacts', details.join(' '));
  });

test('files travel compressed, stay as long as their names, and one that is gone is no page', async (t) => {
  const { page } = await world.visit(t, null);
  const answers = new Map<string, Record<string, string>>();
  page.on('response', async (response) => answers.set(new URL(response.url()).pathname, await response.allHeaders()));
  await open(page, '/sign-in');
  const [entry] = [...answers].find(([path]) => path.startsWith('/assets/first-')) ?? [];
  assert.ok(entry);
  assert.equal(answers.get(entry)?.['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(answers.get(entry)?.['content-encoding'], 'br');
  assert.equal(answers.get('/sign-in')?.['cache-control'], 'no-cache');
  for (const file of ['/sw.js', '/manifest.webmanifest']) {
    const answer = await page.request.get(file);
    assert.equal(answer.status(), 200);
    assert.equal(answer.headers()['cache-control'], 'no-cache');
  }
  assert.equal((await page.request.get('/assets/index-gone.js')).status(), 404);
});
