import type { FastifyInstance } from 'fastify';
import type { Config } from '../../kernel/config/config.ts';
import { Problem, problems } from '../../kernel/errors/problem.ts';
import { content_types, formatFor } from '../../kernel/metrics/registry.ts';
import { equalSecrets } from '../../kernel/vault/tokens.ts';
import type { Metrics } from './metrics.ts';

export function isAuthorized(authorization: string | undefined, token: string): boolean {
  const [, sent] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
  return sent !== undefined && equalSecrets(sent, token);
}

/**
 * `/metrics` is not one of the API: no tenant, no session, no contract. The token may change while the program runs.
 */
export function serveMetrics(server: FastifyInstance, config: Config, metrics: Metrics | undefined): void {
  const scrapes = new Set<Promise<unknown>>();
  // Connections are closed with the server; a scrape that has begun is answered before.
  server.addHook('preClose', async () => void (await Promise.allSettled(scrapes)));
  server.get('/metrics', async (request, reply) => {
    if (!metrics || !config.METRICS_TOKEN)
      throw new Problem(404, 'not_found', 'Not found', 'Metrics are off. Set METRICS_TOKEN to switch them on.');
    if (!isAuthorized(request.headers.authorization, config.METRICS_TOKEN)) {
      reply.header('www-authenticate', 'Bearer realm="metrics"');
      throw problems.notSignedIn('Send METRICS_TOKEN as "Authorization: Bearer …".');
    }
    const scrape = new Promise((resolve) => reply.raw.once('close', resolve));
    scrapes.add(scrape);
    void scrape.then(() => scrapes.delete(scrape));
    const format = formatFor(request.headers.accept);
    reply.header('vary', 'accept');
    return reply.type(content_types[format]).send(await metrics.text(format));
  });
}
