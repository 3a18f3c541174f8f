import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { countBlocked, systemClient } from '../../../../test/harness/identity.ts';
import type { Rights } from '../../access/rights.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
});

async function makeRole(name: string, rights: Rights): Promise<{ id: string; key: string }> {
  const { status, body } = await admin('POST', '/api/v1/roles', { name, rights });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

/**
 * Sends `join` (somebody joins this team) and `grant` at the same moment: the first has checked what is gained and
 * waits to write, while the second checks. Answers both statuses.
 */
async function atOnce(team: string, join: () => ReturnType<Client>, grant: () => ReturnType<Client>) {
  const holder = await systemClient(app);
  try {
    await holder.query('begin');
    // A new member refers to the team, and so waits for this lock.
    await holder.query('select from team where id = $1 for update', [team]);
    const joining = join();
    await eventually(async () => (await countBlocked(holder)) >= 1);
    let isGranted = false;
    const granting = grant().finally(() => {
      isGranted = true;
    });
    await eventually(async () => isGranted || (await countBlocked(holder)) >= 2);
    await holder.query('rollback');
    return [(await joining).status, (await granting).status];
  } finally {
    await holder.end();
  }
}

const reads = (scope: 'own' | 'team'): Rights => ({ contact: { read: scope } });

test('two changes at the same moment give nobody what one after the other would not', async () => {
  const manages: Rights = {
    user: { read: 'all', update: 'all' },
    team: { read: 'all', update: 'all' },
    role: { read: 'all', update: 'all' },
    ...reads('team'),
  };
  const manager = (await tenant.as((await makeRole('Manager of teams', manages)).key, 'manager')).api;
  const wide = await makeRole('Wide', reads('team'));
  const narrow = await makeRole('Narrow', reads('own'));
  const other = await tenant.as(narrow.key, 'other');
  const team = (await admin('POST', '/api/v1/teams', { name: 'Others' })).body.id;
  assert.equal((await admin('PUT', `/api/v1/teams/${team}/members/${other.user_id}`)).status, 200);
  const joining = (user_id: string) => () => manager('PUT', `/api/v1/teams/${team}/members/${user_id}`);

  const una = await tenant.as(narrow.key, 'una');
  const granted = () => manager('PUT', `/api/v1/users/${una.user_id}/roles`, { role_ids: [narrow.id, wide.id] });
  assert.deepEqual(await atOnce(team, joining(una.user_id), granted), [200, 403], 'a role of scope team');

  const grows = await makeRole('Grows', reads('own'));
  const uwe = await tenant.as(grows.key, 'uwe');
  const widened = () => manager('PATCH', `/api/v1/roles/${grows.id}`, { rights: reads('team') });
  assert.deepEqual(await atOnce(team, joining(uwe.user_id), widened), [200, 403], 'a role that is widened');

  const uta = await tenant.as(wide.key, 'uta');
  const second = (await admin('POST', '/api/v1/teams', { name: 'Second' })).body.id;
  const elsewhere = () => manager('PUT', `/api/v1/teams/${second}/members/${uta.user_id}`);
  assert.equal((await elsewhere()).status, 200, 'one team after the other still works');
});
