import type pg from 'pg';
import { connect } from '../connection.ts';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Total Cost': number;
  Plans?: PlanNode[];
}

interface Plan {
  cost: number;
  /** Tables that are read as a whole. */
  scanned: string[];
}

export interface PlanChange {
  statement: string;
  /** As PostgreSQL estimates it; null when the statement cannot be planned any more. */
  cost: { before: number; after: number | null };
  /** Tables that are read as a whole, and were not before. */
  scanned: string[];
}

const statements_max = 40;
const shown_max = 300;
/** A table of less is read as a whole before an index is opened. */
const pages_min = 200;
const cost_factor_max = 3;
/** A statement that costs less is quick whatever its plan. */
const cost_min = 1_000;

/** The statements that took the most time in the running installation; null where its server does not count them. */
export async function busiestStatements(superuserUrl: string, role: string): Promise<string[] | null> {
  const client = await connect(superuserUrl, 'holdfast-upgrade');
  try {
    const { rows } = await client.query<{ query: string }>(
      `select min(query) as query from pg_stat_statements s join pg_roles r on r.oid = s.userid
       where r.rolname = $1 and dbid = (select oid from pg_database where datname = current_database())
         and query ~* '^\\s*(select|with|insert|update|delete)\\M'
       group by queryid order by sum(total_exec_time) desc limit ${statements_max}`,
      [role],
    );
    return rows.map(({ query }) => query);
  } catch (error) {
    // undefined_table: the extension is not there; object_not_in_prerequisite_state: it was not loaded.
    if (['42P01', '55000'].includes((error as { code?: string }).code ?? '')) return null;
    throw error;
  } finally {
    await client.end();
  }
}

/**
 * How the application's statements would be run, whatever their values. A statement that cannot be planned has no plan.
 */
export async function planStatements(databaseUrl: string, statements: readonly string[]): Promise<Map<string, Plan>> {
  const client = await connect(databaseUrl, 'holdfast-upgrade');
  try {
    await client.query(`set statement_timeout = '10s'`);
    const large = await largeTables(client);
    const plans = new Map<string, Plan>();
    for (const statement of statements) {
      const result = await client
        .query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (generic_plan, format json) ${statement}`)
        .catch(() => undefined);
      if (!result) continue;
      const top = result.rows[0]!['QUERY PLAN'][0].Plan;
      plans.set(statement, {
        cost: top['Total Cost'],
        scanned: [...new Set(scansOf(top))].filter((t) => large.has(t)),
      });
    }
    return plans;
  } finally {
    await client.end();
  }
}

async function largeTables(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class where relkind = 'r' and relpages >= ${pages_min}`,
  );
  return new Set(rows.map(({ name }) => name));
}

function scansOf(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' && node['Relation Name'] ? [node['Relation Name']] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scansOf)];
}

/**
 * Statements that would read a large table as a whole and did not, that cost several times as much, or that cannot be
 * run any more.
 */
export function worsePlans(before: ReadonlyMap<string, Plan>, after: ReadonlyMap<string, Plan>): PlanChange[] {
  return [...before].flatMap(([statement, plan]) => {
    const now = after.get(statement);
    const scanned = now?.scanned.filter((table) => !plan.scanned.includes(table)) ?? [];
    const dearer = now && now.cost > cost_min && now.cost > plan.cost * cost_factor_max;
    if (now && scanned.length === 0 && !dearer) return [];
    return { statement: statement.slice(0, shown_max), cost: { before: plan.cost, after: now?.cost ?? null }, scanned };
  });
}
