import { AsyncLocalStorage } from 'node:async_hooks';

/** On whose behalf, and for which route or job, something runs. The tenant is known once the caller is. */
export interface UsageScope {
  tenant_id: string | null;
  place: string;
  /** Whether somebody waits for it: a request, not a job. */
  interactive?: boolean;
}

const scopes = new AsyncLocalStorage<UsageScope>();

export const runInScope = <R>(scope: UsageScope, work: () => R): R => scopes.run(scope, work);

export const currentScope = (): UsageScope | undefined => scopes.getStore();
