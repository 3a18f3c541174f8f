import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { onOwner } from '../../../test/harness/archive.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { sql } from '../database/database.ts';
import { createLog } from '../logs/log.ts';
import { type Context, systemActor, withContext } from '../tenancy/context.ts';
import { type Consumer, type FeedEvent, NotNow } from './consumer.ts';
import { forgetConsumer } from './queries.ts';
import { ConsumerRunner } from './runner.ts';

let app: TestApp;
let a: TestTenant;
let b: TestTenant;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  [a, b] = [await app.tenant(), await app.tenant()];
  await asOwner(
    app,
    `reset role; create table effect (tenant_id uuid, consumer text, seq bigint, at bigint generated always as identity);
     grant select, insert on effect to holdfast_app, holdfast_system`,
  );
});
after(() => app.stop());

const rows = <Row>(text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Row[]>;
/** Each test has consumers of its own; those of the others are gone. */
beforeEach(() => rows('delete from feed_consumer'));

interface Effect {
  tenant_id: string;
  seq: number;
}
const effectsOf = async (consumer: string): Promise<Effect[]> =>
  (await rows<Effect>('select tenant_id, seq from effect where consumer = $1 order by at', [consumer])).map(
    ({ tenant_id, seq }) => ({ tenant_id, seq: Number(seq) }),
  );
const seqsOf = async (consumer: string) => (await effectsOf(consumer)).map(({ seq }) => seq);

/** Of thousands of numbers, a list of what differs would take forever to make. */
const same = (actual: number[], expected: number[]) =>
  assert.ok(actual.join() === expected.join(), `${actual.length} of ${expected.length}, or in another order`);

const leaveEffects = (ctx: Context, consumer: string, events: readonly FeedEvent[]) =>
  ctx.tx.run(sql`insert into effect (tenant_id, consumer, seq)
    select ${ctx.tenant_id}, ${consumer}, s from unnest(${events.map(({ seq }) => seq)}::bigint[]) s`);

/** Leaves an effect for each event. */
const writing = (name: string, more: Partial<Consumer> = {}): Consumer => ({
  name,
  version: 1,
  events: ['thing.create'],
  imports: true,
  starts: 'now',
  handle: async (ctx, events) => void (await leaveEffects(ctx, name, events)),
  ...more,
});

async function following(consumers: Consumer[], during: () => Promise<void>): Promise<void> {
  const runner = new ConsumerRunner({ db: app.app.services.db, log: createLog('silent'), consumers, registerMs: 500 });
  runner.start();
  const registered = 'select from feed_consumer where name = any ($1)';
  await eventually(
    async () => (await rows(registered, [consumers.map(({ name }) => name)])).length === consumers.length,
  );
  await during().finally(() => runner.stop());
}

/** Makes consumers known, from when on events are for them, without any being served. */
const known = (...consumers: Consumer[]) => following(consumers, async () => {});

/** So many events in one statement; answers their numbers. */
const emit = async (tenant: TestTenant, count = 1): Promise<number[]> =>
  (
    await withContext(app.app.services.db, systemActor(tenant.tenant_id), ({ tx }) =>
      tx.many<{ seq: string }>(sql`insert into audit_event (tenant_id, action, resource, record_id)
        select ${tenant.tenant_id}, 'create', 'thing', gen_random_uuid() from generate_series(1, ${count}::int) returning seq`),
    )
  ).map(({ seq }) => Number(seq));

/** What a test that failed left open would hold up the feeds of all databases of the cluster. */
const left = new Set<pg.Client>();
afterEach(async () => {
  for (const client of left) await client.end();
  left.clear();
});

/** A transaction that stays open as long as a test wants. */
async function opened(tenant: TestTenant) {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  left.add(client);
  await client.query('begin; set local role holdfast_system');
  await client.query(`select set_config('app.tenant_id', $1, true)`, [tenant.tenant_id]);
  return {
    emit: async (seq?: number): Promise<number> =>
      Number(
        (
          await client.query(
            `insert into audit_event (tenant_id, seq, action, resource, record_id)
             values ($1, coalesce($2, nextval('audit_event_seq_seq')), 'create', 'thing', gen_random_uuid()) returning seq`,
            [tenant.tenant_id, seq],
          )
        ).rows[0].seq,
      ),
    end: async (how: 'commit' | 'rollback') => {
      await client.query(how);
      left.delete(client);
      await client.end();
    },
  };
}

/** The command line, beside the server. */
async function command(...args: string[]): Promise<string> {
  const environment = {
    DATABASE_URL: app.database.ownerUrl,
    HOLDFAST_DATA: app.app.services.config.HOLDFAST_DATA,
    HOLDFAST_KEY: testKey(),
  };
  // It is an installation of its own, which keeps everybody else from connecting.
  return holdfast(args, environment).finally(() =>
    onOwner(app, (client) =>
      client.query(
        `do $$ begin execute format('grant connect on database %I to holdfast_test_app', current_database()); end $$`,
      ),
    ),
  );
}

test('a transaction that commits late is not skipped, and what came after it waits', async () => {
  const early = writing('test.late');
  await following([early], async () => {
    const slow = await opened(a);
    const first = await slow.emit();
    const later = [...(await emit(a)), ...(await emit(b))];
    await sleep(500);
    assert.deepEqual(await effectsOf(early.name), []);
    // It has not rolled back, however long it takes: it goes on, its statements now seeing what others did meanwhile.
    const second = await slow.emit();
    later.push(...(await emit(a)));
    await slow.end('commit');
    await eventually(async () => (await seqsOf(early.name)).length === 5);
    const ofA = (await effectsOf(early.name)).filter(({ tenant_id }) => tenant_id === a.tenant_id);
    assert.deepEqual(
      ofA.map(({ seq }) => seq),
      [first, second, later[0], later[2]],
    );
  });
});

test('numbers that were reserved long before they are used, and numbers that are never used, are no gaps', async () => {
  const consumer = writing('test.gaps');
  await following([consumer], async () => {
    const [reserver, undone] = [await opened(a), await opened(a)];
    // Not by the open transaction itself: a sequence that logs its state, as every 32nd time, gives it a number, for
    // which the feed has to wait.
    const [{ seq }] = (await rows<{ seq: string }>(`select nextval('audit_event_seq_seq') as seq`)) as [
      { seq: string },
    ];
    const reserved = Number(seq);
    await undone.emit();
    await undone.end('rollback');
    const [later] = await emit(a);
    await eventually(async () => (await seqsOf(consumer.name)).length === 1);
    await sleep(500);
    await reserver.emit(reserved);
    await reserver.end('commit');
    await eventually(async () => (await seqsOf(consumer.name)).length === 2);
    assert.deepEqual(await seqsOf(consumer.name), [later, reserved]);
  });
});

test('one from the beginning gets all that ever was, in its order, and one from now on nothing of it', async () => {
  const before = writing('test.before');
  await following([before], async () => {
    const seqs = [...(await emit(a, 1_200)), ...(await emit(a))];
    await eventually(async () => (await seqsOf(before.name)).length === seqs.length);
  });
  const [fresh, whole] = [writing('test.fresh'), writing('test.whole', { starts: 'beginning' })];
  await following([fresh, whole], async () => {
    const all = (
      await rows<{ seq: string }>(`select seq from audit_event where resource = 'thing' order by xid, seq`)
    ).map(({ seq }) => Number(seq));
    await eventually(async () => (await seqsOf(whole.name)).length === all.length);
    const ofA = async (name: string) => (await effectsOf(name)).filter(({ tenant_id }) => tenant_id === a.tenant_id);
    const seqs = (await ofA(whole.name)).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      all.filter((seq) => seqs.includes(seq)),
    );
    const [next] = await emit(a);
    await eventually(async () => (await seqsOf(fresh.name)).length === 1);
    assert.deepEqual(await seqsOf(fresh.name), [next]);
  });
});

test('a consumer gets what it is for, and its effects say what caused them', async () => {
  const seen: FeedEvent[] = [];
  const consumer = writing('test.caused', {
    imports: false,
    handle: async ({ tx }, events) => {
      seen.push(...events);
      await tx.run(sql`select app.record_event('create', 'effect', null)`);
    },
  });
  await following([consumer], async () => {
    const ofTenant = (values: string) =>
      rows(`insert into audit_event (tenant_id, action, resource, import_id, depth) select $1, ${values}`, [
        a.tenant_id,
      ]);
    await ofTenant(`'update', 'thing', null, 0`);
    await ofTenant(`'create', 'other', null, 0`);
    await ofTenant(`'create', 'thing', gen_random_uuid(), 0`);
    await ofTenant(`'create', 'thing', null, 3`);
    await eventually(async () => seen.length > 0);
    const effect = () => rows(`select cause, depth, actor_kind from audit_event where resource = 'effect'`);
    await eventually(async () => (await effect()).length > 0);
    assert.deepEqual(await effect(), [{ cause: 'consumer test.caused', depth: 4, actor_kind: 'system' }]);
    assert.deepEqual(
      seen.map(({ action, resource, import_id, depth }) => ({ action, resource, import_id, depth })),
      [{ action: 'create', resource: 'thing', import_id: null, depth: 3 }],
    );
  });
});

test('effects that cause each other end, and the last is set aside', async () => {
  let handled = 0;
  const loop = writing('test.loop', {
    handle: async ({ tx }, events) => {
      handled += events.length;
      await tx.run(sql`select app.record_event('create', 'thing', null)`);
    },
  });
  await following([loop], async () => {
    await emit(a);
    const aside = () => rows<{ error: string }>(`select error from feed_set_aside where consumer = 'test.loop'`);
    await eventually(async () => (await aside()).length > 0);
    assert.match((await aside())[0]!.error, /loop/);
    await sleep(500);
    assert.equal(handled, 8);
  });
});

test('one that always fails at one event delays nobody; the event is set aside, health says so, and it can be tried again', async () => {
  let isMended = false;
  const tries: number[] = [];
  let poison = 0;
  const failing = writing('test.failing', {
    handle: async (ctx, events) => {
      tries.push(events.length);
      await leaveEffects(ctx, 'test.failing', events);
      if (!isMended && events.some(({ seq }) => seq === poison)) throw new Error('cannot \0 do this one');
    },
  });
  const other = writing('test.other');
  await known(failing, other);
  const seqs = await emit(a, 20);
  poison = seqs[7]!;
  const [ofB] = await emit(b);
  const remark = async () => (await app.client()('GET', '/api/health/ready')).body.checks.feed.detail;
  await following([failing, other], async () => {
    await eventually(async () => (await seqsOf(other.name)).length === 21);
    await eventually(async () => (await seqsOf(failing.name)).includes(ofB!));
    assert.ok((await seqsOf(failing.name)).length < 20, 'the others are served while it fails');
    await eventually(async () => /test.failing: failing in one workspace/.test((await remark()) ?? ''));
    await eventually(async () => (await seqsOf(failing.name)).length === 20);
    const good = seqs.filter((seq) => seq !== poison);
    assert.deepEqual(
      (await seqsOf(failing.name)).filter((seq) => seq !== ofB),
      good,
    );
    const aside = await rows(`select consumer, seq, error, again from feed_set_aside where consumer = 'test.failing'`);
    assert.deepEqual(aside, [
      { consumer: 'test.failing', seq: String(poison), error: 'cannot  do this one', again: false },
    ]);
    assert.match(await remark(), /test.failing: one event set aside/);

    const again = () => rows(`update feed_set_aside set again = true where consumer = 'test.failing' returning seq`);
    const tried = tries.length;
    await again();
    await eventually(async () => tries.length === tried + 1);
    await eventually(async () => (await rows(`select from feed_set_aside where again`)).length === 0);
    assert.ok(!(await seqsOf(failing.name)).includes(poison));
    isMended = true;
    assert.match(
      await command('feed', 'list'),
      /test.failing 1: .*\nset aside .* test.failing .* create thing .*cannot {2}do this one/s,
    );
    assert.match(await command('feed', 'retry', '--consumer', 'test.other'), /^0 events/);
    for (const what of ['list', 'retry'])
      await assert.rejects(
        command('feed', what, '--consumer', 'test.othr'),
        /There is no consumer "test\.othr"\. Choose one of: .*test\.failing, test\.other/,
      );
    assert.doesNotMatch(await command('feed', 'list', '--consumer', 'test.other'), /test\.failing/);
    assert.match(await command('feed', 'retry', '--seq', String(poison)), /^1 events/);
    await eventually(async () => (await seqsOf(failing.name)).includes(poison));
    await eventually(
      async () => (await rows(`select from feed_set_aside where consumer = 'test.failing'`)).length === 0,
    );
    assert.doesNotMatch((await remark()) ?? '', /test.failing/);
  });
});

test('an event that fails is tried four times, and not at once again', async () => {
  const tried: number[] = [];
  const failing = writing('test.tries', {
    handle: async () => {
      tried.push(performance.now());
      throw new Error('no');
    },
  });
  await following([failing], async () => {
    await emit(a);
    await eventually(async () => (await rows(`select from feed_set_aside where consumer = 'test.tries'`)).length > 0);
  });
  const pauses = tried.slice(1).map((at, n) => at - tried[n]!);
  assert.equal(pauses.length, 3);
  assert.ok(
    pauses.every((ms) => ms >= 450),
    pauses.join(),
  );
});

test('one that cannot right now is asked again, and that is no failure', async () => {
  let asked = 0;
  const consumer = writing('test.not-now', {
    handle: async (ctx, events) => {
      // More often than a failure would be forgiven.
      if (++asked <= 5) throw new NotNow(0.05);
      assert.equal(events.length, 3);
      await leaveEffects(ctx, 'test.not-now', events);
    },
  });
  await following([consumer], async () => {
    const seqs = await emit(a, 3);
    await eventually(async () => (await seqsOf(consumer.name)).length === 3);
    assert.deepEqual([asked, await seqsOf(consumer.name)], [6, seqs]);
    assert.deepEqual(await rows(`select failures from feed_cursor where consumer = 'test.not-now'`), [{ failures: 0 }]);
  });
});

test('a clock that is set back holds up no consumer, and what waits meanwhile counts as late', async () => {
  const [hour, month] = [writing('test.hour-back'), writing('test.month-back')];
  await following([hour, month], async () => {
    const [first] = await emit(a);
    const handled = async (seq: number) =>
      (await seqsOf(hour.name)).includes(seq) && (await seqsOf(month.name)).includes(seq);
    await eventually(() => handled(first!));
    // As a clock that was ahead leaves the cursors. Milliseconds of more than 24 days do not fit into an integer.
    const ahead = (name: string, by: string) =>
      rows(
        `update feed_cursor set at = at + $2::interval, served_at = served_at + $2::interval, not_before = now() + $2::interval
          where consumer = $1`,
        [name, by],
      );
    await ahead(hour.name, '1 hour');
    await ahead(month.name, '30 days');
    const [next] = await emit(a);
    await eventually(() => handled(next!));
  });
  await rows(`update feed_cursor set at = now() + interval '1 hour' where consumer = $1`, [hour.name]);
  await rows(
    `insert into feed_mark (tenant_id, consumer, from_xid, from_seq, until_xid, until_seq, since)
     values ($1, $2, '0', 0, '0', 1, now() - interval '10 minutes')`,
    [a.tenant_id, hour.name],
  );
  const { body } = await app.client()('GET', '/api/health/ready');
  await rows('delete from feed_mark where consumer = $1', [hour.name]);
  assert.match(body.checks.feed.detail, /test\.hour-back: 10 minutes behind in one workspace/);
});

test('when its process is killed, each effect is there once, and another goes on within 10 s', async () => {
  const consumer = writing('test.killed');
  await known(consumer);
  const seqs = await emit(a, 2_600);
  const script = fileURLToPath(new URL('../../../test/harness/feed-process.ts', import.meta.url));
  for (let kill = 0; kill < 3; kill++) {
    const child = spawn(process.execPath, [script, app.database.appUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    // In the middle of the second batch.
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
  }
  const killed = Date.now();
  const before = (await seqsOf(consumer.name)).length;
  assert.ok(before > 0 && before < seqs.length, `${before}`);
  await following([consumer], async () => {
    await eventually(async () => (await seqsOf(consumer.name)).length > before, 10_000);
    assert.ok(Date.now() - killed < 10_000);
    await eventually(async () => (await seqsOf(consumer.name)).length >= seqs.length);
    same(await seqsOf(consumer.name), seqs);
  });
});

test('several processes share the work, and each effect is there once', async () => {
  const consumer = writing('test.shared');
  await known(consumer);
  const seqs = [...(await emit(a, 3_000)), ...(await emit(b, 3_000))];
  await following([consumer], () =>
    following([consumer], () =>
      following([consumer], async () => {
        await eventually(async () => (await seqsOf(consumer.name)).length >= seqs.length);
        await sleep(300);
      }),
    ),
  );
  same((await seqsOf(consumer.name)).sort(), seqs);
});

test('one in an older version leaves it to newer ones', async () => {
  let asked = 0;
  const older = writing('test.versions', { handle: async () => void asked++ });
  const newer = writing('test.versions', { version: 2 });
  await known(newer);
  const seqs = await emit(a, 3);
  await following([older], () => sleep(700));
  assert.deepEqual(await seqsOf('test.versions'), []);
  await following([older], () =>
    following([newer], async () => void (await eventually(async () => (await seqsOf('test.versions')).length === 3))),
  );
  assert.deepEqual(await seqsOf('test.versions'), seqs);
  assert.equal(asked, 0);
});

test('a consumer that another process forgets, because it is configured otherwise, is served again', async () => {
  const consumer = writing('test.forgotten', { starts: 'beginning', events: ['thing.forgotten'] });
  await following([consumer], async () => {
    await forgetConsumer(app.app.services.db, consumer.name);
    await rows(`insert into audit_event (tenant_id, action, resource) values ($1, 'forgotten', 'thing')`, [
      a.tenant_id,
    ]);
    await eventually(async () => (await seqsOf(consumer.name)).length === 1, 5_000);
  });
});

test('a workspace with 50,000 events does not make another wait for all of them', async () => {
  const consumer = writing('test.many');
  await known(consumer);
  const many = await emit(a, 50_000);
  const [one] = await emit(b);
  // Both can be read from the beginning, also while tests of other databases of the cluster are writing.
  const readable = 'select from audit_event where seq = $1 and xid < pg_snapshot_xmin(pg_current_snapshot())';
  await eventually(async () => (await rows(readable, [one])).length === 1);
  await following([consumer], async () => {
    await eventually(async () => (await seqsOf(consumer.name)).length === many.length + 1);
    const order = await seqsOf(consumer.name);
    // A batch of 500 may come before for each of the 10,000 events that are read at once, and a few until the other's
    // is handled.
    assert.ok(order.indexOf(one!) < many.length / 5, `${order.indexOf(one!)}`);
    same(
      order.filter((seq) => seq !== one),
      many,
    );
  });
});

test('after the database was restored into a cluster that has not counted that far, what is new is consumed, and what is old is not', async () => {
  const consumer = writing('test.restored');
  await following([consumer], async () => {
    const [first] = await emit(a);
    await eventually(async () => (await seqsOf(consumer.name)).includes(first!));
  });
  // As restoring leaves it: events with transactions that this cluster has yet to come to, and the router far ahead.
  const [{ xid }] = (await rows<{ xid: string }>('select pg_current_xact_id()::text as xid')) as [{ xid: string }];
  const old = (
    await rows<{ seq: string }>(
      `insert into audit_event (tenant_id, xid, action, resource) select $1, (($2)::bigint + 20 + i)::text::xid8, 'create', 'thing'
     from generate_series(1, 5) i returning seq`,
      [a.tenant_id, xid],
    )
  ).map(({ seq }) => Number(seq));
  await rows(`update feed_router set xid = '4000000000', seq = 0, seq_max = $1`, [old.at(-1)]);
  await rows(`update feed_cursor set xid = '4000000000'`);
  const early = await emit(a);
  await following([consumer], async () => {
    for (let n = 0; n < 60; n++) await rows('select pg_current_xact_id()');
    const late = await emit(a);
    await eventually(async () => (await seqsOf(consumer.name)).includes(late[0]!));
    const seqs = await seqsOf(consumer.name);
    same(seqs.slice(1), [...early, ...late]);
    assert.deepEqual(
      old.filter((seq) => seqs.includes(seq)),
      [],
    );
    const { body } = await app.client()('GET', '/api/health/ready');
    assert.match(body.checks.feed.detail, /router: went on from a restored database/);
    await rows(`update feed_router set restored_at = now() - interval '8 days'`);
    await eventually(async () => {
      const { body } = await app.client()('GET', '/api/health/ready');
      return !/restored database/.test(body.checks.feed.detail ?? '');
    });
  });
});

test('of a workspace that is deleted nothing stays', async () => {
  const gone = await app.tenant();
  const consumer = writing('test.gone', {
    handle: async () => {
      throw new Error('never');
    },
  });
  await following([consumer], async () => {
    await emit(gone, 2);
    await eventually(
      async () =>
        (await rows('select from feed_cursor where tenant_id = $1 and failures > 0', [gone.tenant_id])).length > 0,
    );
  });
  await rows('delete from tenant where id = $1', [gone.tenant_id]);
  for (const table of ['feed_mark', 'feed_cursor', 'feed_set_aside'])
    assert.deepEqual(await rows(`select from ${table} where tenant_id = $1`, [gone.tenant_id]), []);
});

test('a consumer that rests leaves a workspace alone for as long as it said, serves the others, and then all that came meanwhile', async () => {
  const batches: { tenant_id: string; began: number; ended: number; count: number }[] = [];
  const slow = writing('slow', {
    // Long enough for the other workspace on a busy machine.
    rests: 15,
    handle: async (ctx, events) => {
      const began = performance.now();
      await sleep(200);
      await leaveEffects(ctx, 'slow', events);
      batches.push({ tenant_id: ctx.tenant_id, began, ended: performance.now(), count: events.length });
    },
  });
  const made: number[] = [];
  await following([slow], async () => {
    made.push(...(await emit(a)));
    await eventually(async () => batches.length === 1);
    for (let n = 0; n < 3; n++) made.push(...(await emit(a)));
    await emit(b);
    await eventually(async () => batches.length === 3);
  });
  same(
    (await effectsOf('slow')).filter(({ tenant_id }) => tenant_id === a.tenant_id).map(({ seq }) => seq),
    made,
  );
  const [first, second] = batches.filter(({ tenant_id }) => tenant_id === a.tenant_id);
  assert.ok(second!.began - first!.ended >= 15 * 200, `${second!.began - first!.ended} ms`);
  assert.equal(second!.count, 3);
  assert.equal(batches[1]!.tenant_id, b.tenant_id);
});

test('an event that was archived is not tried again, and says so; one that waits for it waits no longer', async () => {
  const consumer = writing('test.archived');
  await known(consumer);
  await rows(
    `insert into feed_set_aside (tenant_id, consumer, seq, xid, at, error, again)
     values ($1, 'test.archived', 1, '1', '2001-01-01', 'failed', true), ($1, 'test.archived', 2, '1', '2001-01-01', 'failed', false)`,
    [a.tenant_id],
  );
  const again = async () =>
    (
      await rows<{ again: boolean }>(`select again from feed_set_aside where consumer = 'test.archived' order by seq`)
    ).map((row) => row.again);
  assert.match(
    await command('feed', 'retry', '--consumer', 'test.archived'),
    /^0 events are tried again\.\n2 are not: .* file store/,
  );
  assert.match(await command('feed', 'list', '--consumer', 'test.archived'), /test\.archived {2}1 {2}archived/);
  const [next] = await emit(a);
  await following([consumer], async () => {
    await eventually(async () => (await again()).every((value) => !value));
    await eventually(async () => (await seqsOf(consumer.name)).includes(next!));
  });
});
