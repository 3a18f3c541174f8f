import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

interface IdentityEvent {
  action: 'sign_in' | 'sign_in_failed' | 'sign_out' | 'revoke' | 'reset_requested' | 'update';
  resource: 'user' | 'session' | 'tenant';
  record_id: string | null;
  before?: object;
  after?: object;
}

/** Writes an audit event for something other than a changed row, such as a sign-in. Never with a secret. */
export async function recordEvent(ctx: Context, event: IdentityEvent): Promise<void> {
  const values = (side: object | undefined) => sql`${side ? JSON.stringify(side) : null}::jsonb`;
  await ctx.tx.run(
    sql`select app.record_event(${event.action}, ${event.resource}, ${event.record_id}, ${values(event.before)}, ${values(event.after)})`,
  );
}
