import { sql } from '../../src/kernel/database/database.ts';
import { type Statement, withLiterals } from '../../src/kernel/database/statement.ts';
import type { Context } from '../../src/kernel/tenancy/context.ts';

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
}

/** What one statement took. Numbers and not times, so that they are the same on every machine. */
export interface Measurement {
  /** Pages of the database that were touched, each as often as it was. */
  buffers: number;
  /** Of the node that looked at most rows. */
  rows: number;
  /** Nodes that read a table, and sorts. */
  plan: string;
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const rowsOf = (node: Node): number =>
  node['Actual Loops'] *
  (node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Join Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0));

const described = (nodes: Node[]): string =>
  nodes
    .filter((node) => node['Relation Name'] || node['Index Name'] || /Sort|Hash|Material/.test(node['Node Type']))
    .map(
      (node) =>
        `${node['Node Type']} ${node['Index Name'] ?? node['Relation Name'] ?? ''} (${Math.round(rowsOf(node))})`,
    )
    .join(', ');

type Planned = 'for its values' | 'for any values';
const modes: Record<Planned, string> = {
  'for its values': 'force_custom_plan',
  'for any values': 'force_generic_plan',
};

let prepared = 0;

/**
 * Runs the statement with the plan of its first uses, or with that of later ones, when it is prepared. All is sent at
 * once, so that what is sent before and after the statement stays there.
 */
async function explain({ tx }: Context, statement: Statement<unknown>, planned: Planned): Promise<Node> {
  const name = `measured_${++prepared}`;
  const written = (write: (text: string, parameters: string) => string): Statement<unknown> => ({
    compile: (compiler) => {
      const query = statement.compile(compiler);
      const names = query.parameters.map((_, index) => `$${index + 1}`).join(', ');
      return { ...query, sql: write(query.sql, names && `(${names})`) };
    },
  });
  const prepare = written((text) => `prepare ${name} as ${text}`);
  const execute = written(
    (_, parameters) => `explain (analyze, buffers, timing off, format json) execute ${name}${parameters}`,
  );
  tx.post(sql`select set_config('plan_cache_mode', ${modes[planned]}, true)`);
  tx.post({ compile: (compiler) => ({ ...prepare.compile(compiler), parameters: [] }) });
  const explained = tx.one<{ 'QUERY PLAN': [{ Plan: Node }] }>(sql.raw(withLiterals(execute)));
  tx.post(sql.raw(`deallocate ${name}`));
  return (await explained)['QUERY PLAN'][0].Plan;
}

/** The statements by which `work` reads many rows. The definitions of custom fields are not among them. */
export async function measure(
  ctx: Context,
  planned: Planned,
  work: (ctx: Context) => Promise<unknown>,
): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const many: Context['tx']['many'] = async (statement) => {
    const [plan, rows] = await Promise.all([explain(ctx, statement, planned), ctx.tx.many<never>(statement)]);
    const nodes = nodesOf(plan);
    if (!nodes.some((node) => node['Relation Name'] === 'custom_field'))
      measured.push({
        buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
        rows: Math.max(...nodes.map(rowsOf)),
        plan: described(nodes),
      });
    return rows;
  };
  await work({ ...ctx, tx: { ...ctx.tx, many } });
  return measured;
}
