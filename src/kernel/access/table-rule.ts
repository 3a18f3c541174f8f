import type { Resource } from '../contract/resource.ts';
import { type Action, type Degree, type ResourceName, type Rights, scopeOf } from './rights.ts';
import { addKind, type Kind } from './scope.ts';

/**
 * A kind of group through which people reach rows: the households they advise, the locations they work at, the records
 * they take part in.
 */
export interface Reach {
  kind: Exclude<Kind, 'own' | 'team'>;
  /**
   * The column that names the group of a row; `id` when the record is a group itself. With `links`, the column that
   * these name as `row`.
   */
  column: string;
  /**
   * The people of each group. It has an index by tenant and member. `madeOf`: the tables behind it, beside teams, when
   * it is a view.
   */
  members: { member: string; group: string; madeOf?: readonly string[] } & Dated;
  /**
   * Where rows can be in several groups at once: which rows belong to which group. It has an index by tenant and group.
   */
  links?: { row: string; group: string; madeOf?: readonly string[] } & Dated;
}

/**
 * A table, or a view, with `tenant_id`, of what holds in a period: columns of a date (the first and the last day, in
 * the time zone of the workspace) or of a time (from then on, until then). Where a column is null, or not named, there
 * is no such end.
 */
interface Dated {
  table: string;
  from?: string;
  until?: string;
}

/**
 * What a reach asks of the database: a view of the groups, or rows, of each member now, where the table of members
 * alone does not say it.
 */
export const reachView = (resource: string, { kind, members, links }: Reach): string | undefined =>
  links || members.from || members.until ? `app.${resource}_by_${kind}` : undefined;

/**
 * Who reaches which rows of a table: for each policy an SQL condition on the row, beside that of the tenant. Null: only
 * functions that run as the system. The policies of the database are made from these rules
 * (`db/routines/policies.sql`), as are the functions that lists, notifications, history and open pages use
 * (`app.right_of`, `app.owner_column`).
 */
export interface TableRule {
  table: string;
  /** The name of its rows in the audit trail. */
  resource: string;
  /** The right that is needed; null: everybody of the workspace. */
  right: ResourceName | null;
  /** The column that names the owner of a row. */
  owner: string | null;
  /** The groups through which rows are reached, beside their owner and the owner's team. */
  reach: readonly Reach[];
  /**
   * Set when some callers see only a part of a record (`Degree`). The table itself has the rows that the caller reads
   * in full, so that other readers, such as exports, find nothing else. Lists and records read `app.<table>_shown`,
   * which has the other rows as well, without the fields above their degree.
   */
  degrees: Resource | undefined;
  /**
   * Who sees how much of a row, where a row says so itself and no scope of a right does: conditions on columns before
   * which the alias stands. Search and the view of the degrees ask them as well.
   */
  byRow: Readonly<Record<'read' | Degree, (alias: string) => string>> | undefined;
  /** Notes, tasks and the like can be attached to its rows, and are seen with them. */
  carries: boolean;
  /** Its rows are attached to those of another table that `carries`. */
  hangs: boolean;
  rows: Readonly<Record<'read' | 'append' | 'change' | 'remove', string | null>>;
  /** Its rows may be of their makers alone, whatever right others have, so of its history too the row is asked. */
  private: boolean;
  /** The condition on a row after a change; by default that it belongs to the workspace. */
  changed: string | null;
  /** Further policies: name, roles and conditions. */
  others: readonly { name: string; to: string; holds?: string; check?: string }[];
  /** Which rows accounts that are no member's read beside their own, where they have the right. */
  outside: string | null;
  /** A comment for the generated policies, where the reason is not obvious. */
  note: string | undefined;
}

/**
 * Conditions that quote the rule of another table are functions, so that they know of its reach what modules add
 * (`extendReach`).
 */
type Given = Partial<Omit<TableRule, 'rows' | 'table'>> & { rows?: Partial<Rows> | (() => Partial<Rows>) };
type Rows = TableRule['rows'];

/** A way to rows of a record type that another module adds to those of its own rule. */
export interface ReachExtension {
  /** The name of the record type. Its rule is one of `owned`. */
  resource: string;
  reach: Reach;
}

/**
 * The conditions of the policies, from one for each action. Changing is also open to those who may delete, because
 * moving a record to the trash is an update.
 */
const policiesFrom = (row: (action: Action) => string, on = ''): TableRule['rows'] => ({
  read: row('read') + on,
  append: row('create') + on,
  change: `(${row('update')} or ${row('delete')})${on}`,
  remove: row('delete') + on,
});

const nobody: TableRule['rows'] = { read: null, append: null, change: null, remove: null };

type Base = Partial<Omit<TableRule, 'rows'>> & { rows?: Rows | ((reach: readonly Reach[]) => Rows) };

function rule(table: string, base: Base, given: Given): TableRule {
  const { rows: baseRows = nobody, ...ofBase } = base;
  const { rows: givenRows = {}, reach: own = [], ...ofGiven } = given;
  const made: TableRule = {
    table,
    resource: table,
    right: null,
    owner: null,
    degrees: undefined,
    byRow: undefined,
    carries: false,
    hangs: false,
    private: false,
    changed: null,
    others: [],
    outside: null,
    note: undefined,
    ...ofBase,
    ...ofGiven,
    get reach() {
      return [...own, ...(extensions.get(made.resource) ?? [])];
    },
    get rows() {
      return {
        ...(typeof baseRows === 'function' ? baseRows(made.reach) : baseRows),
        ...(typeof givenRows === 'function' ? givenRows() : givenRows),
      };
    },
  };
  for (const { kind } of own) addKind(kind);
  defined.set(made.resource, made);
  if (typeof baseRows === 'function') extensible.add(made.resource);
  return made;
}

const defined = new Map<string, TableRule>();
/** The record types whose conditions follow their reach. */
const extensible = new Set<string>();
const extensions = new Map<string, readonly Reach[]>();

/**
 * Opens rows of record types to further people: a module adds groups of its own to the rule of a record type of which
 * it knows no more than the name, and which knows nothing of it. Policies, lists, search, texts, duplicates,
 * notifications and streams follow, for roles whose scope names the kind. Called once, by src/modules/index.ts, with
 * what the products declare. The advisers of a household reach the contacts that are its members, as long as they are:
 *
 *     // src/modules/wealth/tables.ts, for `reach` of the product
 *     export const wealthReach: readonly ReachExtension[] = [
 *       {
 *         resource: 'contact',
 *         reach: {
 *           kind: 'household',
 *           column: 'id',
 *           members: { table: 'household_adviser', member: 'user_id', group: 'household_id', until: 'until_on' },
 *           links: { table: 'household_member', row: 'contact_id', group: 'household_id', from: 'from_on', until:
 * 'until_on' },
 *         },
 *       },
 *     ];
 *
 * A role then says `contact: { read: 'household+own' }`. A membership counts whether or not its person may read the
 * household. Both tables need rules of their own, triggers that write the audit trail (`app.record_change`; open pages
 * and caches follow it), and these indexes: members by tenant and member, links by tenant and group. A record type has
 * each kind once.
 */
export function extendReach(added: readonly ReachExtension[]): void {
  for (const { resource, reach } of added) {
    if (!extensible.has(resource))
      throw new Error(`Nobody can add to the reach of "${resource}": no table of this name has a rule of "owned"`);
    if (defined.get(resource)!.reach.some(({ kind }) => kind === reach.kind))
      throw new Error(`Rows of "${resource}" are reached by ${reach.kind} twice`);
    addKind(reach.kind);
    extensions.set(resource, [...(extensions.get(resource) ?? []), reach]);
  }
}

/** The rule of a table, by the name of its rows in the audit trail; undefined when no module has one. */
export const ruleOf = (resource: string): TableRule | undefined => defined.get(resource);

/** The tables that hold the members of groups, and the rows that belong to several. */
export const memberships = (): ReadonlySet<string> =>
  new Set(
    [...defined.values()].flatMap(({ reach }) =>
      reach.flatMap(({ members, links }) =>
        [members, ...(links ? [links] : [])].flatMap(({ table, madeOf = [table] }) => madeOf),
      ),
    ),
  );

/** The record types and kinds of groups through which a right reaches rows. */
export const reachesBy = (): { right: ResourceName; noun: string; kind: Reach['kind'] }[] =>
  [...defined.values()].flatMap(({ right, resource, reach }) =>
    right ? reach.map(({ kind }) => ({ right, noun: resource, kind })) : [],
  );

/**
 * The kinds of scopes that a right can have beside none and all: those for which a table under it has a column or
 * members.
 */
export function kindsOf(right: ResourceName): ReadonlySet<Kind> {
  const found = new Set<Kind>();
  for (const rule of defined.values()) {
    if (rule.right !== right) continue;
    if (rule.owner) found.add('own').add('team');
    for (const { kind } of rule.reach) found.add(kind);
  }
  return found;
}

/** The kinds of groups through which rows under a right are reached, each with the name of its record type. */
export const reachUnder = (right: ResourceName): { noun: string; kind: Reach['kind'] }[] =>
  [...defined.values()].flatMap((rule) =>
    rule.right === right ? rule.reach.map(({ kind }) => ({ noun: rule.resource, kind })) : [],
  );

/** The relation to ask which rows a caller sees at all; the table itself has only those seen in full. */
export const shownTable = ({ table, degrees }: TableRule): string => (degrees ? `app.${table}_shown` : table);

/** Whether some callers see only a part of the records under a right. */
export const showsByDegree = (right: ResourceName): boolean =>
  [...defined.values()].some((rule) => rule.right === right && rule.degrees);

/** The tables to whose rows notes, tasks and the like can be attached. */
export const carriers = (): TableRule[] => [...defined.values()].filter(({ carries }) => carries);

/**
 * The condition that the caller may do this with some row. The planner expects nearly every row to pass
 * (db/routines/access.sql).
 */
export const may = (right: ResourceName, action: Action): string =>
  `(select app.some_scope('${right}', '${action}')) <> 'none'`;

/** Whether the rights alone say that somebody reads every row of a table: the policy asks for nothing else. */
export const readsAllRows = ({ right, rows }: TableRule, rights: Rights): boolean =>
  right !== null && rows.read === may(right, 'read') && scopeOf(rights, right, 'read') !== 'none';

/**
 * The condition that the caller may do this with rows of this owner. `few`: compares, which is enough for tables with
 * few rows in a workspace.
 */
export function reaches(right: ResourceName, action: Action, owner: string, few = false): string {
  const everybody = `(select app.full_scope('${right}', '${action}')) ${few ? "= 'all'" : 'is not null'}`;
  return `${everybody} or ${owner} = any ((select app.scope_owners('${right}', '${action}'))::uuid[])`;
}

type Reached = Pick<TableRule, 'owner' | 'reach' | 'resource'>;

/**
 * The condition that the caller may do this with a row, by its owner and its groups. `alias` stands before its columns.
 */
export function reachesRow(
  right: ResourceName,
  action: Action | Degree,
  { owner, reach, resource }: Reached,
  { few = false, alias = '' }: { few?: boolean; alias?: string } = {},
): string {
  const everybody = `(select app.full_scope('${right}', '${action}')) ${few ? "= 'all'" : 'is not null'}`;
  const owners = `${alias}${owner} = any ((select app.scope_owners('${right}', '${action}'))::uuid[])`;
  const groups = reach.map(
    ({ kind, column }) =>
      `${alias}${column} = any ((select app.scope_groups('${right}', '${action}', '${resource}', '${kind}'))::uuid[])`,
  );
  const mixed = `(select app.mixed_scope('${right}', '${action}'))`;
  const held = [
    ...(owner ? [`case when ${alias}${owner} = (select app.user_id()) then 'own' end`] : []),
    ...(owner ? [`case when ${alias}${owner} = any ((select app.team_mates())::uuid[]) then 'team' end`] : []),
    ...reach.map(
      ({ kind, column }) =>
        `case when ${alias}${column} = any ((select app.groups_of('${resource}', '${kind}'))::uuid[]) then '${kind}' end`,
    ),
  ];
  return [
    everybody,
    ...(owner ? [owners] : []),
    ...groups,
    ...(reach.length > 0 ? [`(${mixed} is not null and app.scope_met(${mixed}, array[${held.join(', ')}]))`] : []),
  ].join(' or ');
}

/**
 * The same of a row of another table, by the rule of its record type: for conditions of rows that are parts of it,
 * which are functions then (`Given`).
 */
export function reachesRecord(resource: string, action: Action, alias: string): string {
  const rule = ruleOf(resource);
  if (!rule?.right) throw new Error(`"${resource}" has no rule by which its rows are reached`);
  return reachesRow(rule.right, action, rule, { alias });
}

/** All rows of the workspace, for everybody with the right. */
export const shared = (table: string, right: ResourceName, given: Given = {}): TableRule =>
  rule(table, { right, rows: policiesFrom((action) => may(right, action)) }, given);

/**
 * Rows with an owner, reached by scope: the caller's own, those of the caller's team, those reached through groups
 * (`reach`), or all. `owner` is null where only groups count. `on`: a further condition, on the record that a row is
 * attached to. `onNew`: another one in its place for new rows.
 */
export function owned(
  table: string,
  right: ResourceName,
  owner: string | null,
  { on, onNew = on, few = false, ...given }: Given & { on?: string; onNew?: string; few?: boolean } = {},
): TableRule {
  const rowsFor = (reach: readonly Reach[]) => {
    const reached = { owner, reach, resource: given.resource ?? table };
    const mine = (action: Action) => `(${reachesRow(right, action, reached, { few })})`;
    const rows = policiesFrom(mine, on && ` and ${on}`);
    const append = onNew ? `${mine('create')} and ${onNew}` : rows.append;
    if (!given.outside) return { ...rows, append };
    const read = `(((select app.is_member()) is not null and ${mine('read')}) or ((select app.is_member()) is null and ${may(right, 'read')}
    and (${given.outside} or ${owner} = (select app.user_id()))))${on ? ` and ${on}` : ''}`;
    return { ...rows, append, read };
  };
  return rule(table, { right, owner, hangs: on !== undefined, rows: rowsFor }, given);
}

/**
 * Rows that are part of a row of another table, and visible with it. Adding and removing parts changes the whole, so
 * the right to change it is enough. `unless`: a condition under which a row is visible anyway.
 */
export function partOf(
  table: string,
  right: ResourceName,
  whole: { table: string; column: string; unless?: string },
  given: Given = {},
): TableRule {
  const visible = `exists (select from ${whole.table} p where p.tenant_id = ${table}.tenant_id and p.id = ${table}.${whole.column})`;
  const on = whole.unless ? `(${whole.unless} or ${visible})` : visible;
  const rows = policiesFrom((action) => may(right, action), ` and ${on}`);
  const append = `(${may(right, 'create')} or ${may(right, 'update')}) and ${on}`;
  return rule(table, { right, rows: { ...rows, append, remove: rows.change } }, given);
}

/** Rows that everybody of the workspace may read and write: bookkeeping of the program. */
export const ofWorkspace = (table: string, given: Given = {}): TableRule =>
  rule(table, { rows: { read: 'true', append: 'true', change: 'true', remove: 'true' } }, given);

/**
 * Rows that only their own user reaches, and everybody who may change users. `or`: a further condition under which a
 * row is reached.
 */
export const personal = (table: string, { or, ...given }: Given & { or?: string } = {}): TableRule =>
  rule(
    table,
    {
      right: 'user',
      others: [
        {
          name: 'personal',
          to: 'to holdfast_app',
          holds: `(user_id = (select app.user_id()) or ${may('user', 'update')}${or ? ` or ${or}` : ''})`,
        },
      ],
    },
    given,
  );

/** Rows that only triggers and the system write. `read`: the condition to read them. */
export const readOnly = (table: string, read: string | null, given: Given = {}): TableRule =>
  rule(table, { rows: { ...nobody, read } }, given);
