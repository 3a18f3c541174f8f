import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Answer, type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import type { Tx } from '../../kernel/database/statement.ts';
import { sealsPersonal } from '../../kernel/resource/personal.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { runInScope } from '../../kernel/usage/scope.ts';

/** Changes in a workspace that does not seal: they do not ask for the switch, and yet heed it. */

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let owner: pg.Client;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
});
after(async () => {
  await owner.end();
  await app.stop();
});

const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
const write = (street: string) => api('POST', '/api/v1/contacts', { given_name: 'Ada', street }).then(good);
const storedStreet = async (id: string): Promise<string> =>
  (await owner.query('select street from contact where id = $1', [id])).rows[0].street;
/** How often a change of its own asks the database for the switch, and waits for the answer. */
const timesAsked = (): Promise<number> =>
  runInScope({ tenant_id: tenant.tenant_id, operation: 'test', interactive: true }, () =>
    withContext(app.app.services.db, systemActor(tenant.tenant_id), async (ctx) => {
      let asked = 0;
      const tx: Tx = {
        ...ctx.tx,
        one: (statement) => {
          asked++;
          return ctx.tx.one(statement);
        },
      };
      assert.equal(await sealsPersonal({ ...ctx, tx }), false);
      return asked;
    }),
  );

test('a change asks for the switch only once where it is off, and begins anew when somebody turned it meanwhile', async () => {
  assert.equal(await timesAsked(), 1);
  assert.equal(await timesAsked(), 0);
  assert.equal(await storedStreet((await write('Goldleaf 2')).body.id), 'Goldleaf 2');

  // By another process: this one knows nothing of it.
  await owner.query(`update tenant set personal_sealing = 'sealing' where id = $1`, [tenant.tenant_id]);
  const { id, street } = (await write('Goldleaf 3')).body;
  assert.equal(street, 'Goldleaf 3');
  assert.ok((await storedStreet(id)).startsWith('\u0001sealed:'));
  const changed = good(await api('PATCH', `/api/v1/contacts/${id}`, { street: 'Goldleaf 4' }));
  assert.equal(changed.body.street, 'Goldleaf 4');
  assert.ok((await storedStreet(id)).startsWith('\u0001sealed:'));

  await owner.query(`update tenant set personal_sealing = 'opening' where id = $1`, [tenant.tenant_id]);
  assert.equal(await storedStreet((await write('Goldleaf 5')).body.id), 'Goldleaf 5');
  assert.equal(good(await api('GET', `/api/v1/contacts/${id}`)).body.street, 'Goldleaf 4');
});
