import type { Query } from './batch.ts';

/** What `set_config(…, true)` puts into each transaction; row-level security and the audit read it. */
export interface SessionSettings {
  tenant_id: string;
  user_id: string | null;
  actor_kind: string;
  /** As `rightsText` writes them. */
  rights: string;
  ip: string | null;
  request_id: string | null;
  import_id: string | null;
  /** The session or key that the caller acts with. */
  credential_id: string | null;
  /** The job or consumer that acts, as `job duplicate.search`; null in a request. */
  cause: string | null;
  /** How many jobs and consumers caused each other, up to this one. */
  depth: number;
  /** What the person acts through, as `api_key:ID`; null for somebody at a page, and for the program itself. */
  via: string | null;
}

const setContext = `select set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true), set_config('app.actor_kind', $3,
  true),
  set_config('app.rights', $4, true), set_config('app.ip', $5, true), set_config('app.request_id', $6, true),
    set_config('app.import_id', $7, true),
  set_config('app.credential_id', $8, true), set_config('app.cause', $9, true), set_config('app.depth', $10, true),
  set_config('app.via', $11, true)`;

/** `survey` reads most rows of large tables. */
export type Mode = 'read' | 'survey' | 'write';

const readOnly = `${setContext}, set_config('transaction_read_only', 'on', true)`;
/**
 * PostgreSQL expects policies to let few rows through, so for a survey it would choose nested loops and sorts where
 * hashing whole tables is faster. Generic plans read more than those made for the given values. Surveys already run
 * side by side, so parallel workers of each would only compete.
 */
const plannedForMany = `${readOnly}, set_config('enable_nestloop', 'off', true), set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true),
  set_config('plan_cache_mode', 'force_custom_plan', true), set_config('max_parallel_workers_per_gather', '0', true)`;

const openings: Record<Mode, string> = { read: readOnly, survey: plannedForMany, write: setContext };
/** The first statement of a transaction; with `statementMs`, each statement of it has that long. */
export const opening = (mode: Mode, settings: SessionSettings, statementMs?: number): Query => {
  const [text, values] = [openings[mode], contextValues(settings)];
  return statementMs === undefined
    ? { name: `context to ${mode}`, text, values }
    : {
        name: `context to ${mode} in time`,
        text: `${text}, set_config('statement_timeout', $12, true)`,
        values: [...values, String(statementMs)],
      };
};

function contextValues(s: SessionSettings): string[] {
  const { tenant_id, user_id, actor_kind, rights, ip, request_id, import_id, credential_id, cause, depth, via } = s;
  const texts = [tenant_id, user_id, actor_kind, rights, ip, request_id, import_id, credential_id, cause];
  return [...texts.map((text) => text ?? ''), String(depth), via ?? ''];
}
