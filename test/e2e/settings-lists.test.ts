import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOwner } from '../harness/identity.ts';
import { open, setUp, walkTo } from './browser.ts';

const world = setUp();

test('of many API keys all can be seen', async (t) => {
  await asOwner(
    world.app,
    `insert into api_key (tenant_id, user_id, role_id, name, prefix, hash, created_at)
     select $1, $2, (select id from role where tenant_id = $1 and key = 'viewer'), 'Key ' || n, lpad(n::text, 8, '0'),
       sha256(n::text::bytea),
       now() - make_interval(mins => n) from generate_series(1, 101) n`,
    [world.tenant.tenant_id, world.administrator.user_id],
  );
  const { page } = await world.visit(t);
  await open(page, '/settings/api-keys');
  await page.getByText('Key 100', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Show more' }).click({ timeout: 5_000 });
  await page.getByRole('button', { name: 'Revoke Key 101' }).waitFor();
});

test('of very many teams, pipelines and custom fields the first are shown, and the others found', async (t) => {
  const many = (count: number, make: (n: string) => object) => ({
    data: Array.from({ length: count }, (_, n) => make(String(n + 1).padStart(3, '0'))),
  });
  const teams = await world.create(
    'teams/bulk',
    many(60, (n) => ({ name: `Team ${n}`, region: `Région ${n}` })),
  );
  await asOwner(
    world.app,
    `insert into team_member (tenant_id, team_id, user_id) select $1, $2, id from user_account where tenant_id = $1`,
    [world.tenant.tenant_id, teams.data[59].id],
  );
  await world.create(
    'pipelines/bulk',
    many(30, (n) => ({ name: `Way ${n}` })),
  );
  await world.create(
    'custom-fields/bulk',
    many(60, (n) => ({ resource: 'product', type: 'text', key: `f${n}`, label: `Field ${n}` })),
  );
  const { page } = await world.visit(t);
  const more = page.getByRole('button', { name: 'Show more' });

  await open(page, '/settings/teams');
  const edit = page.getByRole('button', { name: /^Edit / });
  await edit.first().waitFor();
  assert.equal(await edit.count(), 50);
  await more.click();
  await page.getByRole('button', { name: 'Edit Team 060' }).waitFor();
  const search = page.getByRole('searchbox', { name: 'Search teams' });
  await search.fill('region 06');
  await page.getByRole('button', { name: 'Edit Team 060' }).waitFor();
  assert.equal(await edit.count(), 1);
  await search.fill('region 99');
  await page.getByText('Nothing matches').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await edit.first().waitFor();

  await walkTo(page, '/settings/pipelines');
  const rename = page.getByRole('button', { name: /^Rename / });
  await rename.first().waitFor();
  assert.equal(await rename.count(), 10);
  await page.getByRole('searchbox', { name: 'Search pipelines' }).fill('way 030');
  await page.getByRole('button', { name: 'Rename Way 030' }).waitFor();

  await walkTo(page, '/settings/custom-fields');
  const products = page.getByRole('region', { name: 'Products' });
  await products.getByText('f025', { exact: true }).waitFor();
  assert.equal(await products.getByText('f026', { exact: true }).count(), 0);
  await products.getByRole('button', { name: 'Show more' }).click();
  await products.getByText('f050', { exact: true }).waitFor();
});

test('of what is deleted from a list the name is said, also when that is undone', async (t) => {
  await world.create('tags', { name: 'Whole tag' });
  const { page } = await world.visit(t);
  await open(page, '/settings/tags');
  await page.getByRole('button', { name: 'Delete Whole tag' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete tag' }).click();
  const deleted = page.getByRole('dialog', { name: '“Whole tag” is deleted', exact: true });
  await deleted.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Undone: “Whole tag” is deleted').waitFor();
});

test('settings are found by what one wants of them, and an administrator is led to their own address', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/profile');
  const listed = page.getByRole('navigation', { name: 'Settings' });
  const found = async (wanted: string) => {
    await listed.getByLabel('Search settings').fill(wanted);
    return (await listed.getByRole('link').allTextContents()).join();
  };
  assert.equal(await found('dark mode'), 'Profile');
  assert.equal(await found('second factor'), 'Security,Workspace');
  assert.equal(await found('Time Zone'), 'Profile,Workspace');
  assert.equal(await found('invit'), 'Members');
  assert.equal(await found('feed'), 'Calendar feed');
  assert.equal(await found('zzz'), '');
  await listed.getByText('Nothing matches').waitFor();
  await page.getByText('Change it under Members').waitFor();

  const { page: members } = await world.visit(t, await world.person('Mia Member', 'member'));
  await open(members, '/settings/profile');
  await members.getByText('An administrator can change it').waitFor();
});
