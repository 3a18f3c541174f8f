import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Actor } from '../tenancy/context.ts';
import { addTime } from './histogram.ts';
import { currentScope } from './scope.ts';
import { shapeOf } from './shape.ts';

const flush_ms = 5_000;
/** The limit of entries for all workspaces between two writes. Further entries are not counted, and the log says so. */
const keys_max = 20_000;
/** The threshold of slow statements. */
export const slow_ms = 100;

export interface ActivityCount {
  day: string;
  user_id: string;
  feature: string;
  requests: number;
}

export interface RouteCount {
  day: string;
  method: string;
  path: string;
  requests: number;
  refused: number;
  failed: number;
  total_ms: number;
  max_ms: number;
  counts: number[];
}

export interface StatementCount {
  day: string;
  operation: string;
  hash: string;
  statement: string;
  runs: number;
  total_ms: number;
  max_ms: number;
}

export interface Counts {
  activity: Map<string, ActivityCount>;
  routes: Map<string, RouteCount>;
  statements: Map<string, StatementCount>;
}

/** What is counted of a response. */
export interface Answered {
  actor: Actor;
  /** Heading of the route in the API documents. */
  feature: string;
  method: string;
  path: string;
  status: number;
  ms: number;
}

export interface UsageRecorder {
  answered(answer: Answered): void;
  /** Counts a statement, in the scope it runs in. */
  ran(statement: string, ms: number): void;
  /** Writes the counts, of all workspaces or of one, before its figures are read. */
  flush(tenant_id?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Counts in memory, so that no request waits, and writes in bulk. A killed process loses its last seconds. */
export function createUsageRecorder(
  write: (tenant_id: string, counts: Counts) => Promise<void>,
  log: Logger,
): UsageRecorder {
  let tenants = new Map<string, Counts>();
  let keys = 0;
  let dropped = 0;

  /** The entry to count in; undefined when the limit is reached. */
  function entry<T>(tenant_id: string, kind: keyof Counts, key: string, make: () => T): T | undefined {
    let counts = tenants.get(tenant_id);
    if (!counts) {
      counts = { activity: new Map(), routes: new Map(), statements: new Map() };
      tenants.set(tenant_id, counts);
    }
    const map = counts[kind] as unknown as Map<string, T>;
    const found = map.get(key);
    if (found) return found;
    if (keys >= keys_max) {
      dropped++;
      return undefined;
    }
    keys++;
    const made = make();
    map.set(key, made);
    return made;
  }

  async function flush(only?: string): Promise<void> {
    const taken = only === undefined ? tenants : new Map([...tenants].filter(([tenant_id]) => tenant_id === only));
    if (only === undefined) {
      tenants = new Map();
      keys = 0;
    } else tenants.delete(only);
    if (dropped > 0) log.warn({ dropped }, 'usage was not counted: too much of it at once');
    dropped = 0;
    for (const [tenant_id, counts] of taken) {
      await write(tenant_id, counts).catch((error: Error) =>
        log.warn({ err: error, tenant_id }, 'usage of some seconds could not be written'),
      );
    }
  }

  const timer = setInterval(() => void flush(), flush_ms);
  timer.unref();

  return {
    answered({ actor: { tenant_id, user_id }, feature, method, path, status, ms }) {
      const day = today();
      if (user_id) {
        const person = entry<ActivityCount>(tenant_id, 'activity', `${day} ${user_id} ${feature}`, () => ({
          day,
          user_id,
          feature,
          requests: 0,
        }));
        if (person) person.requests++;
      }
      const route = entry<RouteCount>(tenant_id, 'routes', `${day} ${method} ${path}`, () => ({
        day,
        method,
        path,
        requests: 0,
        refused: 0,
        failed: 0,
        total_ms: 0,
        max_ms: 0,
        counts: [],
      }));
      if (!route) return;
      route.requests++;
      if (status >= 500) route.failed++;
      else if (status >= 400) route.refused++;
      route.total_ms += ms;
      route.max_ms = Math.max(route.max_ms, ms);
      addTime(route.counts, ms);
    },

    ran(statement, ms) {
      if (ms < slow_ms) return;
      const scope = currentScope();
      if (!scope?.tenant_id) return;
      const day = today();
      const { operation } = scope;
      const slow = entry<StatementCount>(scope.tenant_id, 'statements', `${day} ${operation} ${statement}`, () => ({
        day,
        operation,
        hash: createHash('sha256').update(statement).digest('hex'),
        statement: shapeOf(statement),
        runs: 0,
        total_ms: 0,
        max_ms: 0,
      }));
      if (!slow) return;
      slow.runs++;
      slow.total_ms += ms;
      slow.max_ms = Math.max(slow.max_ms, ms);
    },

    flush,

    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

const today = () => new Date().toISOString().slice(0, 10);
