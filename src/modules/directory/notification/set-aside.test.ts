import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import type { Job } from '../../../kernel/jobs/contract.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(() => app.stop());

const alone = async (api: Client): Promise<Job[]> =>
  (await api('GET', '/api/v1/jobs?kind=notification.alone')).body.data;

test('a change that cannot be told of is tried by itself and kept with its error, while all others are told of', async () => {
  const [admin, ann, ben] = [
    await tenant.as('admin'),
    await tenant.as('member', 'Ann'),
    await tenant.as('member', 'Ben'),
  ];
  const contacts: string[] = (
    await ann.api('POST', '/api/v1/contacts/bulk', { data: ['A', 'B', 'C', 'D'].map((given_name) => ({ given_name })) })
  ).body.data.map(({ id }: { id: string }) => id);
  const [poison, ...others] = contacts as [string, string, string, string];
  const assign = (id: string) => ann.api('PATCH', `/api/v1/contacts/${id}`, { owner_id: ben.user_id });
  const told = async () => {
    const { data } = (await ben.api('GET', '/api/v1/notifications?view=all&limit=100')).body;
    return data.map(({ record }: { record: { id: string } }) => record.id).sort();
  };

  await asOwner(
    app,
    `reset role; alter table notification add constraint poison check (record_id <> '${poison}') not valid`,
  );
  const [last, ...first] = others.reverse();
  await Promise.all([poison, ...first].map(assign));
  await eventually(async () => (await told()).length === first.length);
  const job = await eventually(async () => (await alone(admin.api)).find(({ error }) => error));
  assert.match(job.error!, /poison/);
  assert.deepEqual(await alone(ben.api), [], 'it is for whoever looks after the workspace');
  // What comes later is not held up either.
  await assign(last!);
  await eventually(async () => (await told()).length === others.length);
  assert.equal((await alone(admin.api)).length, 1);

  // Only time brings this about: so it is written past the program.
  await asOwner(
    app,
    `update job set attempts = attempts_max - 1, run_at = now() where id = $1 and state = 'scheduled'`,
    [job.id],
  );
  await eventually(async () => (await alone(admin.api))[0]?.state === 'failed');
  await asOwner(app, 'reset role; alter table notification drop constraint poison');
  assert.equal((await admin.api('POST', `/api/v1/jobs/${job.id}/retry`)).status, 200);
  await eventually(async () => (await told()).length === contacts.length);
  assert.deepEqual(await told(), [...contacts].sort());
});
