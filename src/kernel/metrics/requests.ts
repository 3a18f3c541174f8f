import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isMachineCheck } from '../http/machine-checks.ts';
import type { Route } from '../http/route.ts';
import { spanOf } from '../tracing/requests.ts';
import type { Exemplar, Registry, Sample } from './registry.ts';

/** Around what a page may take: 100 ms feel immediate, reads end after 5.5 s. */
const bucket_seconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 6];
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The responses of a route to requests of a method. */
interface Answered {
  route: string;
  method: string;
  statuses: Map<string, number>;
  /** For each bucket, how many requests took no longer than it, and longer than the one before. */
  buckets: number[];
  seconds: number;
  timed: number;
  /**
   * The latest of each bucket, and behind them of what took longer, whose trace is recorded; undefined until there is
   * one.
   */
  exemplars: (Exemplar | undefined)[] | undefined;
}

/** One that is open as long as its page. */
const isStream = ({ produces }: Route): boolean => produces === 'text/event-stream';

/**
 * Counts what a server answers. Labels come from its routes, never from an address, so their number is bounded. Answers
 * how to begin, which has to be before the server has any other hook: a request that one of them refuses counts too.
 */
export function requestMetrics(registry: Registry): (server: FastifyInstance, routes: readonly Route[]) => void {
  const open = new Set<FastifyRequest>();
  let streams: ReadonlySet<string> = new Set();
  const isOpenEnded = ({ method, routeOptions: { url = '' } }: FastifyRequest) => method === 'GET' && streams.has(url);
  const byMethod = new Map<string, Map<string, Answered>>();

  function answeredOf({ method: given, routeOptions, url }: FastifyRequest): Answered {
    const method = methods.has(given) ? given : 'other';
    const path = routeOptions.url ?? (url.startsWith('/api/') ? 'unknown' : 'page');
    const byPath = byMethod.get(method) ?? new Map<string, Answered>();
    byMethod.set(method, byPath);
    let answered = byPath.get(path);
    if (!answered) {
      const route = path.replace(/:(\w+)/g, '{$1}');
      const buckets = bucket_seconds.map(() => 0);
      answered = { route, method, statuses: new Map(), buckets, seconds: 0, timed: 0, exemplars: undefined };
      byPath.set(path, answered);
    }
    return answered;
  }

  const all = () => [...byMethod.values()].flatMap((byPath) => [...byPath.values()]);
  registry.add({
    name: 'holdfast_http_requests_total',
    help: 'Responses by route, method and class of status; aborted: the client was gone before the end. Of health checks and scrapes those that failed',
    type: 'counter',
    read: () =>
      all().flatMap(({ route, method, statuses }) =>
        [...statuses].map(([status, count]): Sample => [{ route, method, status }, count]),
      ),
  });
  registry.add({
    name: 'holdfast_http_request_duration_seconds',
    help: 'Time to the end of the response by route and method, without streams of events',
    type: 'histogram',
    read: () => all().flatMap(durations),
  });
  const openCount = (openEnded: boolean) => [...open].filter((request) => isOpenEnded(request) === openEnded).length;
  registry.gauge(
    'holdfast_http_requests_in_flight',
    'Requests that are being answered, that for these figures among them',
    () => openCount(false),
  );
  registry.gauge('holdfast_http_streams_open', 'Open pages that are sent events', () => openCount(true));

  return (server, routes) => {
    streams = new Set(routes.filter(isStream).map(({ path }) => path));
    server.addHook('onRequest', (request, reply, done) => {
      const began = performance.now();
      open.add(request);
      // Fastify's own hook for responses does not run when the client goes away.
      reply.raw.once('close', () => {
        open.delete(request);
        const { statusCode, writableFinished } = reply.raw;
        const status = writableFinished ? `${Math.floor(statusCode / 100)}xx` : 'aborted';
        if (status === '2xx' && isMachineCheck(request.routeOptions.url)) return;
        const answered = answeredOf(request);
        answered.statuses.set(status, (answered.statuses.get(status) ?? 0) + 1);
        if (isOpenEnded(request)) return;
        const span = spanOf(request.raw);
        time(answered, (performance.now() - began) / 1000, span?.sampled ? span.traceId : undefined);
      });
      done();
    });
  };
}

function time(answered: Answered, seconds: number, traceId: string | undefined): void {
  answered.timed++;
  answered.seconds += seconds;
  const bucket = bucket_seconds.findIndex((most) => seconds <= most);
  if (bucket >= 0) answered.buckets[bucket]!++;
  if (traceId === undefined) return;
  answered.exemplars ??= [];
  answered.exemplars[bucket < 0 ? bucket_seconds.length : bucket] = { traceId, value: seconds, at: Date.now() / 1000 };
}

/** Each bucket contains those before it. */
function durations({ route, method, buckets, seconds, timed, exemplars = [] }: Answered): Sample[] {
  if (timed === 0) return [];
  const labels = { route, method };
  let sum = 0;
  const cumulative = buckets.map((count, n): Sample => {
    sum += count;
    return [{ ...labels, le: String(bucket_seconds[n]) }, sum, '_bucket', exemplars[n]];
  });
  return [
    ...cumulative,
    [{ ...labels, le: '+Inf' }, timed, '_bucket', exemplars[bucket_seconds.length]],
    [labels, seconds, '_sum'],
    [labels, timed, '_count'],
  ];
}
