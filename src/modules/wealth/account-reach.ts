import { partOf, reachesRecord, type TableRule } from '../../kernel/access/table-rule.ts';

/** Rows of an account: seen with it, and written by whoever may change it. */
export function ofAccount(table: string, rows: Partial<TableRule['rows']> = {}): TableRule {
  const mayChange = () =>
    `exists (select from financial_account a where a.tenant_id = ${table}.tenant_id and a.id = ${table}.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and (${reachesRecord('financial_account', 'update', 'a.')}))`;
  const readsAll = `(select app.full_scope('household', 'read')) is not null`;
  return partOf(
    table,
    'household',
    { table: 'financial_account', column: 'account_id', unless: readsAll },
    {
      rows: () => ({ append: mayChange(), change: mayChange(), remove: mayChange(), ...rows }),
      note: 'Whoever may change an account may write what is in it.',
    },
  );
}
