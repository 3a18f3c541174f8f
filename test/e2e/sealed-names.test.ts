import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOwner } from '../harness/identity.ts';
import { sealTenant } from '../harness/sealing.ts';
import { barriers, open, picture, setUp } from './browser.ts';

const world = setUp();

test('people whose names are sealed are found and picked, and lists that are too long say their order', async (t) => {
  const { session } = world.administrator;
  await world.create('contacts', { given_name: 'Wilhelmine', family_name: 'Kirschholz' });
  await world.create('contacts', { given_name: 'Adalbert', family_name: 'Zwetschgenbaum' });
  await sealTenant(world.app, session.send);
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/contacts');
  const rows = page.getByRole('row');
  await rows.nth(2).waitFor();
  assert.match((await rows.nth(1).textContent()) ?? '', /Adalbert Zwetschgenbaum/);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('kirsch');
  await page.getByRole('option', { name: 'Wilhelmine Kirschholz' }).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('wi');
  await page.getByRole('option', { name: 'Wilhelmine Kirschholz' }).waitFor();
  await page.getByText('Type three letters to find a part of a name', { exact: false }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'palette-sealed-names');
  expectRefusal(422);
  // The page asks again while names are read, which takes longer where others keep the processors busy.
  expectRefusal(503);
  await asOwner(
    world.app,
    `insert into contact (tenant_id, given_name) select $1, 'Number ' || n from generate_series(1, 20001) n`,
    [world.tenant.tenant_id],
  );
  await open(page, '/contacts');
  await page.getByText('too many to sort by name. The newest come first.', { exact: false }).waitFor();
  await rows.nth(2).waitFor();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'list-sealed-names');
});
