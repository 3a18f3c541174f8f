import type { Statement, Tx } from '../src/kernel/database/statement.ts';
import { type Actor, type Context, withContext } from '../src/kernel/tenancy/context.ts';
import { explained } from '../test/harness/explain.ts';
import type { Bench } from './bench.ts';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

/**
 * Tables with so few rows that a sequential scan is right; `change`, `comment`, `attachment`, `contact_position`,
 * `mail_message`, `meeting`, `account_position` and `exchange_rate` are empty here.
 */
const small =
  /^(tenant|user_account|user_role|role|team|team_member|tag|custom_field|pipeline|stage|change|comment|attachment|contact_position|mail_message|meeting|audit_event_default|custodian|financial_security|account_position|exchange_rate)$/;

/** Runs EXPLAIN for every statement before it. */
function explaining(tx: Tx, plans: PlanNode[]): Tx {
  const explain = async (statement: Statement<unknown>) => {
    const row = await tx.one(explained<PlanNode>(statement));
    plans.push(row['QUERY PLAN'][0].Plan);
  };
  return {
    many: (statement) => explain(statement).then(() => tx.many(statement)),
    maybe: (statement) => explain(statement).then(() => tx.maybe(statement)),
    one: (statement) => explain(statement).then(() => tx.one(statement)),
    run: (statement) => explain(statement).then(() => tx.run(statement)),
    post: (statement) => tx.post(statement),
  };
}

/**
 * Throws when `work`, run as the application's role for this caller, scans a large table or leaves one of the indexes
 * unused.
 */
export async function assertIndexed(
  bench: Bench,
  actor: Actor,
  indexes: readonly string[],
  work: (ctx: Context) => Promise<unknown>,
): Promise<void> {
  const plans: PlanNode[] = [];
  await withContext(bench.db, actor, (ctx) => work({ ...ctx, tx: explaining(ctx.tx, plans) }));
  const nodes = plans.flatMap(allNodes);
  const whole = nodes.find((node) => node['Node Type'] === 'Seq Scan' && !small.test(node['Relation Name'] ?? ''));
  if (whole) throw new Error(`A plan reads all of ${whole['Relation Name']}`);
  const used = new Set(nodes.flatMap((node) => node['Index Name'] ?? []));
  const unused = indexes.filter((index) => !used.has(index));
  if (unused.length > 0) throw new Error(`No plan uses ${unused.join(', ')}, but ${[...used].join(', ')}`);
}

const allNodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(allNodes)];
