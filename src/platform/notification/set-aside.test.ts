import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { eventually, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

test('a change that cannot be told of is set aside with its error, while all others are told of', async () => {
  const [ann, ben] = [await tenant.as('member', 'Ann'), await tenant.as('member', 'Ben')];
  const contacts: string[] = (
    await ann.api('POST', '/api/v1/contacts/bulk', { data: ['A', 'B', 'C', 'D'].map((given_name) => ({ given_name })) })
  ).body.data.map(({ id }: { id: string }) => id);
  const [poison, ...others] = contacts as [string, string, string, string];
  const assign = (id: string) => ann.api('PATCH', `/api/v1/contacts/${id}`, { owner_id: ben.user_id });
  const told = async () => {
    const { data } = (await ben.api('GET', '/api/v1/notifications?view=all&limit=100')).body;
    return data.map(({ record }: { record: { id: string } }) => record.id).sort();
  };
  const aside = () => asOwner(app, 'select error, again from feed_set_aside') as Promise<{ error: string }[]>;

  await asOwner(
    app,
    `reset role; alter table notification add constraint poison check (record_id <> '${poison}') not valid`,
  );
  const [last, ...first] = others.reverse();
  await Promise.all([poison, ...first].map(assign));
  await eventually(async () => (await told()).length === first.length);
  await eventually(async () => (await aside()).length === 1);
  assert.match((await aside())[0]!.error, /poison/);
  // What comes later is not held up either.
  await assign(last!);
  await eventually(async () => (await told()).length === others.length);
  assert.equal((await aside()).length, 1);

  await asOwner(app, 'reset role; alter table notification drop constraint poison');
  await asOwner(app, 'update feed_set_aside set again = true');
  await eventually(async () => (await told()).length === contacts.length);
  assert.deepEqual(await told(), [...contacts].sort());
  await eventually(async () => (await aside()).length === 0);
});
