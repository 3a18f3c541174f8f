import { type Rights, rightsText } from '../access/rights.ts';
import type { Database, SessionSettings, TransactionOptions, Tx } from '../database/database.ts';
import { currentScope } from '../usage/scope.ts';

/** Who acts. `system` is the program itself: jobs without a person, migrations, the command line. */
export interface Actor {
  kind: 'user' | 'api_key' | 'system';
  tenant_id: string;
  /** The person behind a session or a key; null for the program itself. */
  user_id: string | null;
  /** The session's or key's id. */
  credential_id: string | null;
  rights: Rights;
  /** The workspace asks everybody for a second factor, and this person has yet to set one up: nothing else works until then. */
  second_factor_missing?: boolean;
}

/** What services and queries take first: one open transaction and who it is for. */
export interface Context {
  tx: Tx;
  db: Database;
  actor: Actor;
  tenant_id: string;
  /** When several requests are done in one transaction: these, in the order of what they ask for. The actor is nobody when they are of several people. */
  gathered?: readonly GatheredRequest[];
}

/** One of several requests that are done in one transaction. */
export interface GatheredRequest {
  id: string;
  /** Whose it is; null for a key without a person. */
  user: string | null;
  ip: string;
}

export const system_tenant_id = '00000000-0000-0000-0000-000000000000';

export function systemActor(tenant_id: string): Actor {
  return { kind: 'system', tenant_id, user_id: null, credential_id: null, rights: { '*': 'all' } };
}

interface Origin {
  ip?: string;
  request_id?: string;
  import_id?: string;
  /** Several requests in place of one. */
  gathered?: readonly GatheredRequest[];
}

/** Stands where the id of the request does; `app.request_of` then tells it by the record. */
const many_requests = 'gathered';

export function settingsOf(actor: Actor, origin: Origin = {}): SessionSettings {
  return {
    tenant_id: actor.tenant_id,
    user_id: actor.user_id,
    actor_kind: actor.kind,
    rights: rightsText(actor.rights),
    ip: origin.ip ?? null,
    request_id: origin.gathered ? many_requests : (origin.request_id ?? null),
    import_id: origin.import_id ?? null,
  };
}

/** Runs `work` in a transaction of the actor's tenant. */
export function withContext<Result>(
  db: Database,
  actor: Actor,
  work: (ctx: Context) => Promise<Result>,
  options: Origin & Pick<TransactionOptions, 'mode' | 'openEnded' | 'patience' | 'caller'> = {},
): Promise<Result> {
  return db.transaction(
    settingsOf(actor, options),
    (tx) =>
      work({ tx, db, actor, tenant_id: actor.tenant_id, ...(options.gathered && { gathered: options.gathered }) }),
    { ...options, interactive: currentScope()?.interactive === true },
  );
}
