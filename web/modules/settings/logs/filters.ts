import type { LogSearch } from './logs.ts';

/** A search without any filter. */
export const cleared: Partial<LogSearch> = {
  level: undefined,
  text: undefined,
  route: undefined,
  user_id: undefined,
  tenant_id: undefined,
  request_id: undefined,
  trace_id: undefined,
};
