import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type KeyRing, openBytes, sealBytes } from '../../vault/seal.ts';

const flow_cookie = '__Host-holdfast-flow';
const flow_seconds_max = 600;

const flowShape = z.object({
  tenant_id: z.uuid(),
  provider_id: z.uuid(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
  /** By the clock of the database: the browser may come back to another server. */
  started_at: z.number(),
  /** The signed-in user who connects an account at the provider; without it, somebody signs in. */
  connects: z.uuid().optional(),
});
/** What the way to a provider and back needs. Kept in the browser that went, so that no other browser can finish it. */
export type Flow = z.infer<typeof flowShape>;

const binding = { tenant: 'none', table: 'cookie', column: flow_cookie, row: 'flow' };
const cookieOptions = { path: '/', secure: true, httpOnly: true, sameSite: 'lax', maxAge: flow_seconds_max } as const;

export function keepFlow(reply: FastifyReply, ring: KeyRing, flow: Flow): void {
  const sealed = sealBytes(ring, Buffer.from(JSON.stringify(flow)), binding);
  void reply.setCookie(flow_cookie, sealed.toString('base64url'), cookieOptions);
}

/** The flow that this browser began, which it can finish once. */
export function takeFlow(request: FastifyRequest, reply: FastifyReply, ring: KeyRing): Flow | undefined {
  const cookie = request.cookies[flow_cookie];
  if (!cookie) return undefined;
  void reply.clearCookie(flow_cookie, { ...cookieOptions, maxAge: 0 });
  try {
    const text = openBytes(ring, Buffer.from(cookie, 'base64url'), binding).toString();
    return flowShape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export const isExpired = ({ started_at }: Flow, now: number): boolean => now - started_at >= flow_seconds_max * 1000;
