import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../errors/problem.ts';

export const session_cookie = '__Host-holdfast';

const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  // Pages of mails, which bring a policy of their own under which nothing in them runs.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Headers of every response. Scripts and styles are files of our own, so the policy needs no nonce and allows nothing
 * inline.
 */
export const securityHeaders = ({ https }: { https: boolean }): Record<string, string> => ({
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  ...(https && { 'strict-transport-security': 'max-age=63072000; includeSubDomains' }),
  'cache-control': 'no-store',
});

/** Sets the headers before anything else, so that event streams have them too; a route may replace one. */
export function addSecurityHeaders(app: FastifyInstance, headers: Record<string, string>): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses unsafe requests that another site made the browser send with our cookie. Browsers always say where a request
 * comes from, in Sec-Fetch-Site or Origin; programs with an API key send neither and carry no cookie.
 */
export function refuseCrossSite(request: FastifyRequest, publicOrigin: string | undefined): void {
  if (safeMethods.has(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin') return;
  const origin = request.headers.origin;
  const own = publicOrigin ?? `${request.protocol}://${request.host}`;
  if (site === undefined && origin === own) return;
  throw new Problem(
    403,
    'csrf_refused',
    'This request came from another site',
    'Changes are accepted only from the pages of this address. Open Holdfast itself and try again.',
  );
}
