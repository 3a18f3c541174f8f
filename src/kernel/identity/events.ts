import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

interface IdentityEvent {
  action: 'sign_in' | 'sign_in_failed' | 'sign_out' | 'revoke' | 'reset_requested' | 'update';
  resource: 'user' | 'session' | 'tenant';
  record_id: string | null;
  before?: object;
  after?: object;
}

/** An audit event for what is no plain change of a row. Never with a secret in it. */
export async function recordEvent(ctx: Context, event: IdentityEvent): Promise<void> {
  await ctx.tx.run(sql`insert into audit_event (tenant_id, action, resource, record_id, before, after)
    values (${ctx.tenant_id}, ${event.action}, ${event.resource}, ${event.record_id},
      ${event.before ? JSON.stringify(event.before) : null}::jsonb, ${event.after ? JSON.stringify(event.after) : null}::jsonb)`);
}
