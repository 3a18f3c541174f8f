import { type Rights, rightsText } from '../access/rights.ts';
import { clientAddress } from '../client-address.ts';
import type { SessionSettings } from '../database/context.ts';
import { type Database, sql, type TransactionOptions } from '../database/database.ts';
import type { Tx } from '../database/statement.ts';
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
  /** When the credential or the person's access expires. */
  ends_at?: string | null;
  /**
   * The workspace requires a second factor of everybody, and this person has yet to set one up: nothing else works
   * until then.
   */
  second_factor_missing?: boolean;
  /**
   * What the person acts through where that is no page: an API key, or a program of the workspace such as an
   * automation. Their rights are what both have (`intersectRights`), and the trail names both.
   */
  via?: Via;
  /** What is switched off in the workspace: known of senders of requests. */
  features_off?: readonly string[];
  /** An API key that may less than its person. */
  narrowed?: boolean;
}

export interface Via {
  /** Such as `api_key`. */
  type: string;
  id: string;
}

/** `api_key:ID`, as jobs and the audit trail store it. */
export const viaText = (via: Via | undefined): string | null => (via ? `${via.type}:${via.id}` : null);

export function parseVia(text: string | null): Via | undefined {
  const at = text?.indexOf(':') ?? -1;
  return at < 0 ? undefined : { type: text!.slice(0, at), id: text!.slice(at + 1) };
}

/** The first argument of services and queries: an open transaction and the caller. */
export interface Context {
  tx: Tx;
  db: Database;
  actor: Actor;
  tenant_id: string;
}

/**
 * The API key that somebody acts through, in a request or in a job that came of one; null for a session, and for the
 * program.
 */
export const keyOf = ({ via }: Actor): string | null => (via?.type === 'api_key' ? via.id : null);

export const system_tenant_id = '00000000-0000-0000-0000-000000000000';

export function systemActor(tenant_id: string): Actor {
  return { kind: 'system', tenant_id, user_id: null, credential_id: null, rights: { '*': 'all' } };
}

/** From here on the statements of the transaction have these rights; the audit goes on naming its caller. */
export async function actWith({ tx }: Context, rights: Rights): Promise<void> {
  await tx.run(sql`select set_config('app.rights', ${rightsText(rights)}, true)`);
}

export interface Origin {
  /** The address that the request came from; a text that is no address is not stored. */
  ip?: string;
  request_id?: string;
  import_id?: string;
  /**
   * The job or consumer that acts, and how many causes led to it; by default as many as to the job or consumer that
   * this code runs for.
   */
  cause?: string;
  depth?: number;
}

export function settingsOf(actor: Actor, origin: Origin = {}): SessionSettings {
  return {
    tenant_id: actor.tenant_id,
    user_id: actor.user_id,
    actor_kind: actor.kind,
    rights: rightsText(actor.rights),
    ip: clientAddress(origin.ip),
    request_id: origin.request_id ?? null,
    import_id: origin.import_id ?? null,
    credential_id: actor.credential_id,
    cause: origin.cause ?? null,
    depth: origin.depth ?? currentScope()?.depth ?? 0,
    via: viaText(actor.via),
  };
}

type NameOpener = (ctx: Context) => Tx;
const nameOpeners = new WeakMap<Database, NameOpener>();

/** Once at start, where the keys are: what opens the names of people that statements read (`provideKeys`). */
export const setNameOpener = (db: Database, opener: NameOpener): void => void nameOpeners.set(db, opener);

/** The context of statements that run as the actor. What they read has the names of people opened. */
export function contextOver(tx: Tx, db: Database, actor: Actor): Context {
  const ctx = { tx, db, actor, tenant_id: actor.tenant_id };
  const opener = nameOpeners.get(db);
  return opener ? { ...ctx, tx: opener(ctx) } : ctx;
}

/** Runs `work` in a transaction of the actor's tenant. */
export function withContext<Result>(
  db: Database,
  actor: Actor,
  work: (ctx: Context) => Promise<Result>,
  options: Origin & Pick<TransactionOptions, 'mode' | 'openEnded' | 'patience'> = {},
): Promise<Result> {
  return db.transaction(settingsOf(actor, options), (tx) => work(contextOver(tx, db, actor)), {
    ...options,
    interactive: currentScope()?.interactive === true,
  });
}
