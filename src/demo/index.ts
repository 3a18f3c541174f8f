import { type Database, sql } from '../kernel/database/database.ts';
import { productNames } from '../kernel/features/registry.ts';
import { systemActor, withContext } from '../kernel/tenancy/context.ts';
import { Clock } from './clock.ts';
import type { Demo } from './demo.ts';
import { Dice } from './random.ts';
import { salesDemo } from './sales/index.ts';
import { hireStaff } from './staff.ts';
import { wealthDemo } from './wealth/index.ts';

/** The first is where the administrator of the installation signs in. */
export const demos: readonly [Demo, ...Demo[]] = [salesDemo, wealthDemo];

const seed = 20_261;

/**
 * Fills a workspace with a demo, ending now. Does nothing where it has been done; all or nothing, in one transaction.
 */
export function loadDemo(db: Database, tenant_id: string, demo: Demo): Promise<void> {
  return withContext(db, systemActor(tenant_id), async (ctx) => {
    const { title, currency } = demo.workspace;
    const others = productNames().filter((name) => name !== demo.product && !demo.with?.includes(name));
    const features = { demo: true, ...Object.fromEntries(others.map((name) => [name, false])) };
    const claimed = await ctx.tx.run(sql`update tenant set title = ${title}, default_currency = ${currency},
      features = features || ${JSON.stringify(features)}::jsonb where id = ${ctx.tenant_id} and not features ? 'demo'`);
    if (claimed !== 1) return;
    const dice = new Dice(seed);
    const clock = new Clock(new Date(), dice);
    const staff = await hireStaff(ctx, demo, dice, clock);
    await demo.fill(ctx, { dice, clock, staff });
  });
}
