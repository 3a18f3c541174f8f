import type { RawBuilder } from 'kysely';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

/** Conditions on audit events, alias `e`, that are looked up by their records, transactions, requests or imports. */

/**
 * That it is of this workspace. In a subquery, so that the planner expects an average workspace: of one that it knows
 * nothing of yet it expects a single event, takes any index for as good, and reads all of the workspace's events for
 * each look-up.
 */
export const ofTenant = ({ tenant_id }: Context): RawBuilder<unknown> => sql`e.tenant_id = (select ${tenant_id}::uuid)`;

/**
 * That it is not in one of the partitions of coming months. Its time is that at which its transaction began, so what
 * came while this one waited for a lock is later than now.
 */
export const isPast: RawBuilder<unknown> = sql`e.at <= now() + interval '1 day'`;
