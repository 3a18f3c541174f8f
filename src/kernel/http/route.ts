import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Action, ResourceName } from '../access/rights.ts';
import type { Database } from '../database/database.ts';
import type { Actor, Context } from '../tenancy/context.ts';

type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler returns. Tests check the body against the contract of the route. */
export interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Version of the record in the body; becomes the ETag. */
  version?: number;
}

export interface Input<P extends Schema = Schema, Q extends Schema = Schema, B extends Schema = Schema> {
  params: Parsed<P>;
  query: Parsed<Q>;
  body: Parsed<B>;
  /** The version in If-Match. */
  ifMatch: number | undefined;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** The context of routes without a transaction: no tenant is known yet, or the handler opens its own transactions. */
export interface BareContext {
  db: Database;
  /** Null on public routes without a session. */
  actor: Actor | null;
  /**
   * Throws when the caller's session has ended or their rights have changed since. To be called in a transaction,
   * before its commit.
   */
  refuseChanged: () => Promise<void>;
}

/**
 * Who may call: anyone, anyone signed in, operators of the installation, or everybody whose right to this has another
 * scope than none.
 */
export type Access = 'public' | 'signed_in' | 'operator' | { resource: ResourceName; action: Action };

interface RouteBase<P extends Schema, Q extends Schema, B extends Schema> {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** As in OpenAPI: `/api/v1/contacts/{id}`. */
  path: string;
  summary: string;
  /** Heading in the API documents. */
  tag: string;
  access: Access;
  /** The route exists only while these features are on in the caller's workspace. */
  features?: readonly string[];
  params?: P;
  query?: Q;
  body?: B;
  /** Contract of the body of a successful response; absent when there is none or it is not JSON. */
  response?: z.ZodType;
  /** Status of a successful response; 200, 201 for POST, 204 when it has no body. */
  status?: number;
  /** Media type of a good answer that is not JSON; any type (a star for both halves) where it depends on the file. */
  produces?: string;
  /** Other successful statuses and what they mean, such as partial content. */
  otherStatuses?: Readonly<Record<number, string>>;
  /** The body is multipart/form-data with a part of this name; JSON, by `body`, may be accepted as well. */
  uploads?: 'file';
  /** The API documents name If-Match as a header of it; a test holds that against its handler. */
  heedsIfMatch?: true;
  /**
   * The response cache holds the response for its caller until one of these tags changes: resources of the audit trail.
   */
  cacheTags?: readonly string[];
  /** Open to people who have yet to set up the second factor that the workspace requires. */
  duringSetup?: true;
  /** The address contains a secret, so logs name the route instead. */
  secretAddress?: true;
  bodyBytesMax?: number;
  /** How many members of objects and items of lists the body may have together. */
  bodyValuesMax?: number;
  /** A rate limit beside the general ones, per address and, when signed in, per caller. */
  rateLimit?: { name: string; limit: number; windowSeconds: number };
}

export interface TransactionalRoute<P extends Schema, Q extends Schema, B extends Schema> extends RouteBase<P, Q, B> {
  /** Runs in one transaction of the caller's tenant: read-only for GET. */
  transaction?: true;
  handler: (ctx: Context, input: Input<P, Q, B>) => Promise<Answer>;
}

export interface PreparedRoute<P extends Schema, Q extends Schema, B extends Schema> extends RouteBase<P, Q, B> {
  transaction?: true;
  /** Does what takes long elsewhere, and answers what is then done in the transaction. */
  prepare: (bare: BareContext, input: Input<P, Q, B>) => Promise<(ctx: Context) => Promise<Answer>>;
}

export interface BareRoute<P extends Schema, Q extends Schema, B extends Schema> extends RouteBase<P, Q, B> {
  transaction: false;
  handler: (ctx: BareContext, input: Input<P, Q, B>) => Promise<Answer | FastifyReply>;
}

export type Route =
  // biome-ignore lint/suspicious/noExplicitAny: a list of routes with different inputs
  TransactionalRoute<any, any, any> | PreparedRoute<any, any, any> | BareRoute<any, any, any>;

/** Gives a route its types; returns it unchanged. */
export function route<P extends Schema = undefined, Q extends Schema = undefined, B extends Schema = undefined>(
  definition: TransactionalRoute<P, Q, B> | PreparedRoute<P, Q, B> | BareRoute<P, Q, B>,
): Route {
  return definition as Route;
}

/** What is done in the transaction of a route, once all is done that comes before it. */
export const workOf = async <P extends Schema, Q extends Schema, B extends Schema>(
  definition: TransactionalRoute<P, Q, B> | PreparedRoute<P, Q, B>,
  bare: BareContext,
  input: Input<P, Q, B>,
): Promise<(ctx: Context) => Promise<Answer>> =>
  'prepare' in definition ? definition.prepare(bare, input) : (ctx) => definition.handler(ctx, input);

/**
 * Routes whose requests the browser makes itself, for a stream, a download or an image, and therefore sends no header
 * of the page.
 */
export const takesActingUserInAddress = ({ access, produces }: Route): boolean =>
  access !== 'public' && produces !== undefined;

export function goodStatus(definition: Route): number {
  if (definition.status) return definition.status;
  if (!definition.response) return definition.produces ? 200 : 204;
  return definition.method === 'POST' ? 201 : 200;
}
