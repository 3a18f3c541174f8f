import type { Right } from '../access/rights.ts';
import type { TableRule } from '../access/table-rule.ts';
import type { MoneyAmount } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import type { CrudRules } from '../http/crud.ts';
import type { Route } from '../http/route.ts';
import type { Values } from '../resource/store.ts';
import type { Context } from '../tenancy/context.ts';

/** What tells a record from its namesakes: a word or an amount. */
export type Fact = string | MoneyAmount;

/**
 * A record type as its module declares it in its `index.ts`; the platform makes everything else of it: routes, rights,
 * policies, trash, undo, bulk changes, saved views, webhooks. docs/add-a-noun.md
 */
export interface RecordType {
  /** Its fields, and its names in the API and in the database. */
  resource: Resource;
  /** Who reaches its rows, unless `tables.ts` of its area has the rule. */
  rule?: TableRule;
  /** The right of its name; absent where `resource.right` is that of another. */
  right?: Omit<Right, 'name'>;
  /** Rules of creating, changing and deleting that its fields cannot express. */
  rules?: CrudRules;
  /** Routes of its own, listed before those that all record types have. */
  routes?: readonly Route[];
  /**
   * Its triggers for history and versions stand in `db/routines/`, because they do more than those that are made for
   * all record types.
   */
  ownTriggers?: true;
  /**
   * Search as one types finds its records by the column `search_text` (docs/add-a-noun.md); and by `keys`, columns
   * whose whole value somebody may type (those that end in `_key` hold small letters). `detail`: a column that tells
   * namesakes apart. `telephones`: that column holds the digits of telephone numbers. `factsOf`: what else tells them
   * apart, by the id of each that was found.
   */
  search?: {
    keys: readonly string[];
    detail?: string;
    telephones?: true;
    factsOf?: (ctx: Context, ids: string[]) => Promise<Map<string, Fact[]>>;
  };
  /**
   * Search as one types finds its texts by their words: a long one, and a title. An index has their words, `gin
   * (tenant_id, app.to_search_vector(title, body))` (null for no title), and another the newest by tenant and
   * `created_at`.
   */
  texts?: { title?: string; body: string };
  /**
   * What else becomes of the survivor of a merge, which has its values by then. `rows`: the merged records as they
   * were, its own first.
   */
  whenMerged?: (ctx: Context, survivor: string, rows: readonly Values[]) => Promise<void>;
  /** Its changes are events for webhooks. */
  webhooks?: true;
}
