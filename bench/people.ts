import { randomBytes } from 'node:crypto';
import { session_cookie } from '../src/kernel/http/security.ts';
import { hashToken } from '../src/kernel/vault/tokens.ts';
import { withClient } from './cluster.ts';

/**
 * Creates sessions of different people of a tenant with this role. Returns the headers that the browser of each sends.
 */
export function signIn(
  holdfastUrl: string,
  tenant_id: string,
  { role, people }: { role: string; people: number },
): Promise<Record<string, string>[]> {
  return withClient(holdfastUrl, async (client) => {
    const { rows: users } = await client.query(
      `select ur.user_id from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
       where ur.tenant_id = $1 and r.key = $2 order by ur.user_id limit $3`,
      [tenant_id, role, people],
    );
    const tokens = users.map(() => randomBytes(32).toString('base64url'));
    await client.query(
      `insert into session (tenant_id, user_id, hash, method, second_factor, user_agent, expires_at)
       select $1, p.user_id, p.hash, 'second_factor', true, 'Benchmark', now() + interval '1 day'
       from unnest($2::uuid[], $3::bytea[]) as p (user_id, hash)`,
      [tenant_id, users.map(({ user_id }) => user_id), tokens.map(hashToken)],
    );
    return tokens.map((token) => ({ cookie: `${session_cookie}=${token}`, 'sec-fetch-site': 'same-origin' }));
  });
}
