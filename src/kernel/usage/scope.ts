import { AsyncLocalStorage } from 'node:async_hooks';
import type { ActiveSpan } from '../tracing/span.ts';

/** The tenant and the route, job or consumer that code runs for. The tenant is set once the caller is known. */
export interface UsageScope {
  tenant_id: string | null;
  operation: string;
  /** Whether somebody waits for it: a request, not a job. */
  interactive?: boolean;
  /** What lines of the log and the audit trail have in common. */
  request_id?: string;
  trace_id?: string;
  user_id?: string | null;
  /** How many effects caused each other up to this one; 0 for what a request does itself. */
  depth?: number;
  /** What is recorded of it, while traces are on. */
  span?: ActiveSpan | undefined;
}

const scopes = new AsyncLocalStorage<UsageScope>();

export const runInScope = <R>(scope: UsageScope, work: () => R): R => scopes.run(scope, work);

/** For work that only happens to begin within a scope, and belongs to the program. */
export const runOutsideScope = <R>(work: () => R): R => scopes.exit(work);

export const currentScope = (): UsageScope | undefined => scopes.getStore();
