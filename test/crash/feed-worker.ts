import { setTimeout as sleep } from 'node:timers/promises';
import { Database, sql } from '../../src/kernel/database/database.ts';
import type { Statement } from '../../src/kernel/database/statement.ts';
import type { Consumer } from '../../src/kernel/feed/consumer.ts';
import { ConsumerRunner } from '../../src/kernel/feed/runner.ts';
import { createLog } from '../../src/kernel/logs/log.ts';
import { type Context, systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { consumerNames } from './feed-ledger.ts';

/**
 * A process of the ledger of the feed, to be killed at any time: `write` commits transactions of 1 to 400 events and
 * takes one in ten back, `consume` leaves an effect for each event and fails now and then, before or after it has.
 */
const [role, url, tenantList] = process.argv.slice(2) as ['write' | 'consume', string, string];
const db = new Database({ url, connectionsMax: 6, statementTimeoutMs: 30_000, applicationName: `ledger-${role}` });
const tenants = tenantList.split(',');
const random = (below: number) => Math.floor(Math.random() * below);

/** A transaction that is taken back on purpose. */
class TakenBack extends Error {}

async function write(): Promise<never> {
  for (;;) {
    const tenant_id = tenants[random(tenants.length)]!;
    const count = 1 + random(random(10) === 0 ? 400 : 40);
    const add: Statement<unknown> = sql`insert into audit_event (tenant_id, action, resource, record_id)
      select ${tenant_id}, 'create', 'thing', gen_random_uuid() from generate_series(1, ${count}::int)`;
    await withContext(db, systemActor(tenant_id), async ({ tx }) => {
      await tx.run(add);
      // Numbers are taken, and not yet seen by anybody.
      if (random(5) === 0) await sleep(random(200));
      if (random(10) === 0) throw new TakenBack();
    }).catch((error) => (error instanceof TakenBack ? undefined : sleep(100)));
  }
}

const consumer = (name: string): Consumer => ({
  name,
  version: 1,
  events: ['thing.create'],
  imports: true,
  starts: 'beginning',
  handle: async (ctx, events) => {
    if (name === 'fails' && random(20) === 0) throw new Error('before');
    await leaveEffects(
      ctx,
      name,
      events.map(({ seq }) => seq),
    );
    if (name === 'fails' && random(20) === 0) throw new Error('after');
    if (name === 'stalls' && random(20) === 0) await sleep(random(1_000));
  },
});

const leaveEffects = (ctx: Context, name: string, seqs: number[]) =>
  ctx.tx.run(
    sql`insert into effect (tenant_id, consumer, seq) select ${ctx.tenant_id}, ${name}, s from unnest(${seqs}::bigint[]) s`,
  );

if (role === 'write') await Promise.all([write(), write(), write()]);
else new ConsumerRunner({ db, log: createLog('silent'), consumers: consumerNames.map(consumer) }).start();
