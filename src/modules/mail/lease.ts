import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** Another run may take what has an owner that has not been heard of for so long. */
const lease_seconds = 25;

/** Thrown by a run that is no longer the owner of its mailbox or account: another goes on with it. */
export class LeaseLost extends Error {
  constructor() {
    super('Another run has taken this over');
  }
}

/** One run at a time, over all nodes, owns a row of a table, which `key` names. */
export function leasesOf(table: 'mail_connection' | 'calendar_account', key: 'mailbox_id' | 'id') {
  const until = sql`clock_timestamp() + make_interval(secs => ${lease_seconds})`;
  const row = (ctx: Context, id: string) => sql`tenant_id = ${ctx.tenant_id} and ${sql.ref(key)} = ${id}`;
  return {
    /**
     * Makes a run the owner. `lease` begins with the id of the job: an attempt takes over from an earlier one of its
     * own job at once, which the queue runs again only when that one is dead.
     */
    take: async (ctx: Context, id: string, lease: string): Promise<boolean> =>
      (await ctx.tx.run(sql`update ${sql.table(table)} set lease = ${lease}, leased_until = ${until} where ${row(ctx, id)}
        and (lease is null or leased_until < clock_timestamp() or split_part(lease, ' ', 1) = split_part(${lease}, ' ', 1))`)) ===
      1,

    /** The first statement of each transaction of a run: what it writes counts only while it is the owner. */
    hold: async (ctx: Context, id: string, lease: string): Promise<void> => {
      const held = await ctx.tx.run(sql`update ${sql.table(table)} set leased_until = ${until}
        where ${row(ctx, id)} and lease = ${lease}`);
      if (held !== 1) throw new LeaseLost();
    },

    /** Whether the run was still the owner. */
    release: async (ctx: Context, id: string, lease: string): Promise<boolean> =>
      (await ctx.tx.run(sql`update ${sql.table(table)} set lease = null, leased_until = null
        where ${row(ctx, id)} and lease = ${lease}`)) === 1,
  };
}
