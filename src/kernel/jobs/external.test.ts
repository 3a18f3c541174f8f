import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { ordering, plainOrdering } from '../../../test/harness/ordering.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { sql } from '../database/database.ts';
import { createLog } from '../logs/log.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { enqueue } from './queue.ts';
import { Worker } from './worker.ts';

let app: TestApp;
let tenant: TestTenant;
let owner: pg.Client;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  tenant = await app.tenant();
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('set role holdfast_system');
});
after(async () => {
  await owner.end();
  await app.stop();
});

/** A program that does what it is told, each time, and may lose the answer. */
async function startShop() {
  const done: string[] = [];
  const asked: string[] = [];
  const shop = {
    url: '',
    /** Keys of orders, as often as they were carried out. */
    done,
    /** Keys that were looked up. */
    asked,
    order: (key: string, response: ServerResponse): void => {
      done.push(key);
      response.end(`order ${done.length}`);
    },
    lookUp: (key: string): number => (done.includes(key) ? 200 : 404),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  const server = createServer((request, response) => {
    const key = request.url!.split('/').at(-1)!;
    if (request.method === 'POST') return shop.order(key, response);
    asked.push(key);
    response.writeHead(shop.lookUp(key)).end(`order ${done.indexOf(key) + 1}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  shop.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return shop;
}
type Shop = Awaited<ReturnType<typeof startShop>>;

/** Does it and says nothing. */
const swallow = (shop: Shop) => {
  const { order } = shop;
  shop.order = (key) => {
    shop.done.push(key);
    shop.order = order;
  };
};
/** Does it and breaks the connection. */
const drop = (shop: Shop) => {
  const { order } = shop;
  shop.order = (key, response) => {
    shop.done.push(key);
    shop.order = order;
    response.socket!.destroy();
  };
};

const add = (kind: string, shop: Shop, attemptsMax = 5) =>
  withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
    enqueue(ctx, kind, { url: shop.url }, { attemptsMax }),
  ) as Promise<string>;
const read = async (id: string) => (await owner.query('select * from job where id = $1', [id])).rows[0];
/** Does not wait for the pause before another attempt. */
const hurry = () => owner.query(`update job set run_at = now() where kind like 'test.%' and state = 'scheduled'`);
const reached = (id: string, state: string) =>
  eventually(async () => {
    await hurry();
    const job = await read(id);
    return job.state === state && job;
  });
const recorded = async () =>
  (
    await owner.query(
      `select payload ->> 'answer' as answer from job where kind = 'test.ordered' and tenant_id = $1 order by created_at`,
      [tenant.tenant_id],
    )
  ).rows.map(({ answer }) => answer);

async function working(during: () => Promise<void>): Promise<void> {
  const worker = new Worker({
    db: app.app.services.db,
    log: createLog('silent'),
    kinds: [ordering, plainOrdering],
    slots: 2,
  });
  worker.start();
  await during().finally(() => worker.stop(0));
}

/** The worker is killed when the order is carried out and not answered yet. */
async function killedAfterSending(kind: string, shop: Shop): Promise<string> {
  swallow(shop);
  const script = fileURLToPath(new URL('../../../test/harness/job-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, app.database.appUrl], { stdio: ['ignore', 'inherit', 'inherit'] });
  const id = await add(kind, shop);
  await eventually(async () => shop.done.includes(id));
  child.kill('SIGKILL');
  await once(child, 'exit');
  await owner.query(`update job set lease_until = now() where id = $1`, [id]);
  return id;
}

test('what a killed worker had ordered is looked up and not ordered again; as an ordinary job it is done twice', async (t) => {
  const shop = await startShop();
  t.after(() => shop.stop());
  const plain = await killedAfterSending('test.plain', shop);
  await working(async () => void (await reached(plain, 'done')));
  assert.deepEqual(shop.done, [plain, plain]);

  const id = await killedAfterSending('test.order', shop);
  await working(async () => void (await reached(id, 'done')));
  assert.deepEqual(shop.done, [plain, plain, id]);
  assert.deepEqual(shop.asked, [id]);
  assert.equal((await recorded()).at(-1), 'order 3');
  const { attempts, sent_at } = await read(id);
  assert.deepEqual([attempts, sent_at], [2, null]);
});

test('after a lost answer it is looked up: what was not done is done, and what certainly was not is not asked for', async (t) => {
  const shop = await startShop();
  t.after(() => shop.stop());
  const before = (await recorded()).length;
  await working(async () => {
    drop(shop);
    const lost = await add('test.order', shop);
    await reached(lost, 'done');
    assert.deepEqual([shop.done, shop.asked], [[lost], [lost]]);

    const { order } = shop;
    shop.order = (_, response) => {
      shop.order = order;
      response.socket!.destroy();
    };
    const never = await add('test.order', shop);
    await reached(never, 'done');
    assert.deepEqual(
      [shop.done, shop.asked],
      [
        [lost, never],
        [lost, never],
      ],
    );

    shop.order = (_, response) => {
      shop.order = order;
      response.writeHead(503).end();
    };
    const closed = await add('test.order', shop);
    await reached(closed, 'done');
    assert.deepEqual(
      [shop.done, shop.asked],
      [
        [lost, never, closed],
        [lost, never],
      ],
    );

    shop.order = (_, response) => void response.writeHead(422).end();
    const refused = await add('test.order', shop);
    assert.deepEqual((await reached(refused, 'failed')).error, 'It is refused');
  });
  assert.equal((await recorded()).length, before + 3);
});

test('what nobody can tell stays in doubt: the list, health, doctor and command show it, and a person resolves it', async (t) => {
  const shop = await startShop();
  t.after(() => shop.stop());
  const env = {
    DATABASE_URL: app.database.ownerUrl,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: app.app.services.config.HOLDFAST_DATA,
  };
  const inDoubt = async (attemptsMax?: number) => {
    drop(shop);
    const id = await add('test.order', shop, attemptsMax);
    await working(async () => void (await reached(id, 'in_doubt')));
    return id;
  };
  shop.lookUp = () => 500;
  const first = await inDoubt();
  // With no attempt left to look it up, it is no failure either.
  const second = await inDoubt(1);
  assert.deepEqual(shop.done, [first, second]);
  await housekeep(app);
  await owner.query('select app.reap_jobs()');

  const { api } = await tenant.as('admin');
  const listed = await api('GET', '/api/v1/jobs?state=in_doubt');
  assert.deepEqual(listed.body.data.map(({ id }: { id: string }) => id), [second, first]); // biome-ignore format: a line
  const health = await app.client()('GET', '/api/health/ready');
  assert.deepEqual([health.status, health.body.checks.queue.detail], [200, 'The outcome of 2 jobs is in doubt']);
  assert.match(await holdfast(['jobs', 'list'], env), new RegExp(`${second}.*test.order.*\n${first}.*cannot say`));
  await assert.rejects(holdfast(['doctor'], env), { stdout: /FAIL {2}jobs: The outcome of 2 jobs is in doubt/ });

  // Asked again, it is still not known; then a person says so.
  assert.equal((await api('POST', `/api/v1/jobs/${first}/retry`)).status, 200);
  await working(async () => void (await reached(first, 'in_doubt')));
  await holdfast(['jobs', 'resolve', '--id', first, '--as', 'done'], env);
  assert.equal((await read(first)).state, 'done');
  await assert.rejects(holdfast(['jobs', 'resolve', '--id', first, '--as', 'done'], env), /No job .* is in doubt/);
  shop.lookUp = (key) => (shop.done.includes(key) ? 200 : 404);
  await holdfast(['jobs', 'resolve', '--id', second, '--as', 'look-up'], env);
  await working(async () => void (await reached(second, 'done')));
  assert.deepEqual(shop.done, [first, second]);

  shop.lookUp = () => 500;
  const third = await inDoubt();
  await holdfast(['jobs', 'resolve', '--id', third, '--as', 'not-done'], env);
  await working(async () => void (await reached(third, 'done')));
  assert.deepEqual(shop.done, [first, second, third, third]);
});

test('a job that is stopped while its outcome is unknown is in doubt, not stopped', async (t) => {
  const shop = await startShop();
  t.after(() => shop.stop());
  const { api } = await tenant.as('admin');
  await working(async () => {
    swallow(shop);
    const running = await add('test.order', shop);
    await eventually(async () => shop.done.includes(running));
    await api('POST', `/api/v1/jobs/${running}/cancellation`);
    await eventually(async () => (await read(running)).state === 'in_doubt');
    assert.deepEqual(shop.done, [running]);
  });
  drop(shop);
  const waiting = await add('test.order', shop);
  await working(async () => void (await eventually(async () => (await read(waiting)).state === 'scheduled')));
  assert.equal((await api('POST', `/api/v1/jobs/${waiting}/cancellation`)).body.state, 'in_doubt');
  assert.equal(
    await withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
      ctx.tx.run(sql`delete from job where id = ${waiting}`),
    ),
    1,
  );
});
