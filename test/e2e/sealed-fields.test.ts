import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectAsSystem } from '../../src/operations/connection.ts';
import { finishSwitches } from '../../src/operations/personal-sealing/finish.ts';
import { barriers, open, setUp, textOf } from './browser.ts';

const world = setUp();

/** The worker of tests does not know the role that owns the tables. */
async function finish(): Promise<void> {
  const client = await connectAsSystem(world.app.database.ownerUrl, 'sealing-test');
  await finishSwitches({ client, db: world.app.app.services.db }).finally(() => client.end());
}

test('an administrator reads what is sealed and what changes, says yes, and sees it done', async (t) => {
  const { session } = world.administrator;
  const household_id = (await session.send('POST', '/api/v1/households', { name: 'Merrow' })).body.id;
  for (const note of ['Both retire in May', 'The house is sold'])
    assert.equal((await session.send('POST', '/api/v1/client-reviews', { household_id, note })).status, 201);
  const { page } = await world.visit(t);
  await open(page, '/settings/sealed-fields');
  const sealed = page.getByRole('region', { name: 'Sealed when turned on' });
  assert.match(await textOf(sealed.getByRole('list')), /Reviews.*Note.*Goals.*Remark/s);
  const notYet = page.getByRole('region', { name: 'Not sealed yet' });
  assert.match(await textOf(notYet.getByRole('list')), /Contacts.*E-mail.*Birthday/s);
  await page.getByText('Filters find out only whether such a text is empty.', { exact: false }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Seal personal texts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Seal', exact: true }).click();
  await page.getByText('Personal texts are being sealed', { exact: true }).waitFor();
  await finish();
  await page.getByText('Personal texts are sealed', { exact: true }).waitFor();
  await page.getByText('2 texts are sealed.').waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Stop sealing personal texts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stop sealing' }).click();
  await page.getByText('Personal texts are being unsealed', { exact: true }).waitFor();
  await finish();
  await page.getByText('Personal texts are not sealed', { exact: true }).waitFor();
});
