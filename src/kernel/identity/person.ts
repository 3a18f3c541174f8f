import type { FastifyRequest } from 'fastify';
import type { Database } from '../database/database.ts';
import { Problem, problems } from '../errors/problem.ts';
import { originOf } from '../http/as-caller.ts';
import type { Services } from '../services.ts';
import { type Actor, type Context, systemActor, withContext } from '../tenancy/context.ts';

/** A user without a session: reaches only their own rows, and nothing that requires a right. */
function personActor(tenant_id: string, user_id: string): Actor {
  return { kind: 'user', tenant_id, user_id, credential_id: null, rights: {} };
}

/** Runs `work` as the user who is signing in. */
export function asPerson<Result>(
  db: Database,
  request: FastifyRequest,
  { tenant_id, user_id }: { tenant_id: string; user_id: string },
  work: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  return withContext(db, personActor(tenant_id, user_id), work, originOf(request));
}

/** Runs `work` as the program itself, for a request of an unknown user. */
export function asSystem<Result>(
  db: Database,
  request: FastifyRequest,
  tenant_id: string,
  work: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  return withContext(db, systemActor(tenant_id), work, originOf(request));
}

/** The signed-in user. An API key cannot change how its user signs in. */
export function sessionUser(actor: Actor | null): { user_id: string; session_id: string } {
  if (!actor) throw problems.notSignedIn();
  if (actor.kind !== 'user' || !actor.user_id || !actor.credential_id)
    throw problems.forbidden('This is for a person who is signed in, not for an API key.');
  return { user_id: actor.user_id, session_id: actor.credential_id };
}

export const signInFailed = () =>
  new Problem(
    401,
    'sign_in_failed',
    'Signing in did not work',
    'Check e-mail address and password. If you belong to several workspaces, name the one you want.',
  );

/** The public address of this installation. Never taken from a request, whose Host header anyone can set. */
export function publicOrigin({ config }: Pick<Services, 'config'>): URL {
  return new URL(config.PUBLIC_URL ? new URL(config.PUBLIC_URL).origin : `http://localhost:${config.PORT}`);
}

/** The secret is in the fragment, which browsers send to no server. */
export const linkTo = (services: Pick<Services, 'config'>, page: string, token: string): string =>
  `${publicOrigin(services).origin}${page}#${token}`;
