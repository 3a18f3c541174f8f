import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Action, ResourceName } from '../access/rights.ts';
import type { Database } from '../database/database.ts';
import type { Feature } from '../features/contract.ts';
import type { Actor, Context } from '../tenancy/context.ts';

type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler answers. The body is checked against the route's contract in tests. */
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
  /** Version named by If-Match. */
  ifMatch: number | undefined;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** What routes without a transaction get: no tenant is known yet, or the handler opens its own transactions. */
export interface BareContext {
  db: Database;
  /** Null on public routes without a session. */
  actor: Actor | null;
}

/** Who may call: anyone, anyone signed in, or whoever has a right of any scope but none. */
export type Access = 'public' | 'signed_in' | { resource: ResourceName; action: Action };

interface RouteBase<P extends Schema, Q extends Schema, B extends Schema> {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** As in OpenAPI: `/api/v1/contacts/{id}`. */
  path: string;
  summary: string;
  /** Heading in the API documents. */
  tag: string;
  access: Access;
  /** Only while this is on in the caller's workspace. */
  feature?: Feature;
  params?: P;
  query?: Q;
  body?: B;
  /** Contract of the body of a good answer; absent when there is none or it is not JSON. */
  response?: z.ZodType;
  /** Status of a good answer; 200, 201 for POST, 204 when it has no body. */
  status?: number;
  /** Media type of a good answer that is not JSON; any type (a star for both halves) where it depends on the file. */
  produces?: string;
  /** Other statuses that are no problem, with what they mean: partial content, say. */
  otherStatuses?: Readonly<Record<number, string>>;
  /** The body is multipart/form-data with a part of this name; JSON, by `body`, may be taken beside it. */
  uploads?: 'file';
  /** The answer is kept for its caller until something of these changes, by the names of the audit. */
  cacheTags?: readonly string[];
  /** Works for somebody who has yet to set up the second factor that the workspace asks of everybody. */
  duringSetup?: true;
  /** What stands in the address opens something by itself: logs name the route in its place. */
  secretAddress?: true;
  bodyBytesMax?: number;
  /** A sliding limit of its own beside the general ones, per address and, when signed in, per caller. */
  rateLimit?: { name: string; limit: number; windowSeconds: number };
}

export interface TransactionalRoute<P extends Schema, Q extends Schema, B extends Schema> extends RouteBase<P, Q, B> {
  /** Runs in one transaction of the caller's tenant: reading for GET, writing otherwise. */
  transaction?: true;
  handler: (ctx: Context, input: Input<P, Q, B>) => Promise<Answer>;
  /** How several requests of one caller, or of people with the same rights, are done in one transaction, when they come at once. */
  together?: Together<P, Q, B>;
}

export interface Together<P extends Schema = Schema, Q extends Schema = Schema, B extends Schema = Schema> {
  /** Whose rights count for what is read and written. */
  reaches: readonly ResourceName[];
  /** Only requests of which this is the same are done together; undefined for one that is done alone. */
  like: (input: Input<P, Q, B>) => string | undefined;
  /** Answers for each, in order. Throws when one of them cannot be done; each is done alone then. */
  handler: (ctx: Context, inputs: Input<P, Q, B>[]) => Promise<Answer[]>;
}

export interface BareRoute<P extends Schema, Q extends Schema, B extends Schema> extends RouteBase<P, Q, B> {
  transaction: false;
  handler: (ctx: BareContext, input: Input<P, Q, B>) => Promise<Answer | FastifyReply>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of routes with different inputs
export type Route = TransactionalRoute<any, any, any> | BareRoute<any, any, any>;

/** Gives a route its types; answers it unchanged. */
export function route<P extends Schema = undefined, Q extends Schema = undefined, B extends Schema = undefined>(
  definition: TransactionalRoute<P, Q, B> | BareRoute<P, Q, B>,
): Route {
  return definition as Route;
}

/** Where the browser itself asks, for the stream, a download or a picture, it sends no header of the page's. */
export const takesActingUserInAddress = ({ access, produces }: Route): boolean =>
  access !== 'public' && produces !== undefined;

export function goodStatus(definition: Route): number {
  if (definition.status) return definition.status;
  if (!definition.response) return definition.produces ? 200 : 204;
  return definition.method === 'POST' ? 201 : 200;
}
