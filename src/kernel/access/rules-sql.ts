import type { Resource } from '../contract/resource.ts';
import type { Degree } from './rights.ts';
import { type Reach, reachesRow, reachView, type TableRule } from './table-rule.ts';

const made = 'Made from the rules of the tables (tables.ts of each area) by "npm run generate".';

/** `db/routines/rules.sql`: functions by which other routines look up the rules. Applied before those. */
export function rulesSql(rules: readonly TableRule[]): string {
  const cases = (answer: (rule: TableRule) => string | null) =>
    [...Map.groupBy(rules, answer)]
      .filter(([value]) => value !== null)
      .map(
        ([value, some]) =>
          `    when resource in (${some.map((rule) => `'${rule.resource}'`).join(', ')}) then '${value}'`,
      )
      .join('\n');
  return `-- ${made}

-- Under whose right the rows of a resource stand; null: under none.
create or replace function app.right_of(resource text) returns text language sql immutable parallel safe as $$
  select case
${cases(({ right }) => right)}
  end
$$;

-- The column that says whose row it is.
create or replace function app.owner_column(resource text) returns text language sql immutable parallel safe as $$
  select case
${cases(({ owner }) => owner)}
  end
$$;

${reachViews(rules)}
-- Through which groups rows of a resource are reached: the column that names the group, and the relation that says who belongs to which.
create or replace function app.reach_of(of_resource text)
  returns table (kind text, of_column text, members text, member text, of_group text) language sql immutable parallel safe as $$
  select v.kind, v.of_column, v.members, v.member, v.of_group from (values
${reachRows(rules)}
  ) v (resource, kind, of_column, members, member, of_group) where v.resource = of_resource
$$;

-- Whether rows of a resource hang on records, and are seen with these.
create or replace function app.hangs_on_records(resource text) returns boolean language sql immutable parallel safe as
  $$ select resource in (${rules
    .filter(({ hangs }) => hangs)
    .map(({ resource }) => `'${resource}'`)
    .join(', ')}) $$;

-- Whether rows of a resource may be of their makers alone, whatever right others have.
create or replace function app.may_be_private(resource text) returns boolean language sql immutable parallel safe as
  $$ select resource in (${rules
    .filter((rule) => rule.private)
    .map(({ resource }) => `'${resource}'`)
    .join(', ')}) $$;
`;
}

function reachRows(rules: readonly TableRule[]): string {
  const rows = rules.flatMap(({ resource, reach }) =>
    reach.map((way) => {
      const { kind, column, members } = way;
      const view = reachView(resource, way);
      return view
        ? [resource, kind, column, view, 'member', 'of_group']
        : [resource, kind, column, `public.${members.table}`, members.member, members.group];
    }),
  );
  if (rows.length === 0) return '    (null::text, null::text, null::text, null::text, null::text, null::text)';
  return rows.map((row) => `    (${row.map((value) => `'${value}'`).join(', ')})`).join(',\n');
}

/**
 * Who reaches which groups, or which rows that belong to several, now; and from when on that will be otherwise, as far
 * as is known.
 */
function reachViews(rules: readonly TableRule[]): string {
  const views = rules
    .flatMap(({ resource, reach }) => reach.map((way) => [reachView(resource, way), way] as const))
    .flatMap(([view, way]) => (view ? [viewOf(view, way)] : []));
  // Only their owner may replace them, and as the system they read the tables.
  return views.length > 0 ? `set local role holdfast_system;\n${views.join('\n')}reset role;\n` : '';
}

function viewOf(view: string, { members, links }: Reach): string {
  const from = links
    ? `public.${members.table} m join public.${links.table} l on l.tenant_id = m.tenant_id and l.${links.group} = m.${members.group}`
    : `public.${members.table} m`;
  const bounds = [boundsOf('m', members), ...(links ? [boundsOf('l', links)] : [])].flat();
  const changes = bounds.map(({ ends }) => ends);
  return `create or replace view ${view} as
  select m.tenant_id, m.${members.member} as member, ${links ? `l.${links.row}` : `m.${members.group}`} as of_group
  from ${from}${bounds.length > 0 ? `\n  where ${bounds.map(({ holds }) => holds).join(' and ')}` : ''};
create or replace view ${view}_changes as
  select m.tenant_id, m.${members.member} as member, c.at from ${from}
  cross join lateral unnest(array[${changes.join(', ')}]::timestamptz[]) c (at) where c.at > now();
`;
}

/** For each end of a period that it has: the condition that it holds now, and the moment from which that changes. */
function boundsOf(alias: string, { from, until }: Reach['members'] | NonNullable<Reach['links']>) {
  const isTime = (column: string) => column.endsWith('_at');
  const bounds: { holds: string; ends: string }[] = [];
  if (from) {
    const column = `${alias}.${from}`;
    const now = isTime(from) ? 'now()' : '(select app.today())';
    bounds.push({
      holds: `(${column} is null or ${column} <= ${now})`,
      ends: isTime(from) ? column : `app.midnight(${column})`,
    });
  }
  if (until) {
    const column = `${alias}.${until}`;
    const holds = isTime(until) ? `${column} > now()` : `${column} >= (select app.today())`;
    bounds.push({
      holds: `(${column} is null or ${holds})`,
      ends: isTime(until) ? column : `app.midnight(${column} + 1)`,
    });
  }
  return bounds;
}

/** `db/routines/policies.sql`: the policies of every table of a workspace. Applied last. */
export const policiesSql = (rules: readonly TableRule[]): string =>
  [
    `-- ${made} docs/decisions/0195-one-rule-per-table.md
`,
    ...rules.toSorted((a, b) => (a.table < b.table ? -1 : 1)).map(policiesOf),
  ].join('\n');

const ofTenant = 'tenant_id = (select app.tenant_id())';

/** All rows of which the caller sees anything, without the fields above their degree. */
function shownView(rule: TableRule, { meta, trash }: Resource): string {
  const { table, right, byRow } = rule;
  const reached = (degree: 'read' | Degree) =>
    byRow ? `(${byRow[degree]('r.')})` : `(${reachesRow(right!, degree, rule, { alias: 'r.' })})`;
  const seen = { everything: 's.everything', subject: '(s.everything or s.subject)' };
  const column = (name: string, from: Degree | 'everything' = 'everything') =>
    from === 'exists' ? `r.${name}` : `case when ${seen[from]} then r.${name} end as ${name}`;
  const system = ['tenant_id', 'id', 'version', 'created_at', 'updated_at', ...(trash ? ['deleted_at'] : [])];
  const columns = [
    ...system.map((name) => column(name, 'exists')),
    ...[...meta]
      .filter(([, { type, rowsFrom }]) => type !== 'tags' && !rowsFrom)
      .flatMap(([name, { showsFrom, filterColumn, unitsColumn }]) =>
        [name, filterColumn, unitsColumn].flatMap((each) => (each ? column(each, showsFrom) : [])),
      ),
  ];
  columns.push(`case when s.everything then 'everything' when s.subject then 'subject' else 'exists' end as shown`);
  return `drop view if exists app.${table}_shown;
create view app.${table}_shown with (security_barrier) as
  select ${columns.join(',\n    ')}
  from public.${table} r cross join lateral (select ${reached('read')} as everything, ${reached('subject')} as subject,
    ${reached('exists')} as exists offset 0) s
  where r.tenant_id = (select app.tenant_id()) and (s.exists or s.subject or s.everything);
grant select on app.${table}_shown to holdfast_app;
alter view app.${table}_shown owner to holdfast_system;
`;
}

function policiesOf(rule: TableRule): string {
  const { table, rows, changed, others, note, degrees } = rule;
  const own = table === 'tenant' ? 'id = (select app.tenant_id())' : ofTenant;
  const holds = (condition: string | null) =>
    condition === null || condition === 'true' ? own : `${own} and ${condition}`;
  const policy = (name: string, rest: string) =>
    `drop policy if exists ${name} on ${table};\ncreate policy ${name} on ${table} ${rest};\n`;
  const parts = [
    rows.read === null ? '' : policy('read', `for select to holdfast_app\n  using (${holds(rows.read)})`),
    rows.append === null ? '' : policy('append', `for insert to holdfast_app\n  with check (${holds(rows.append)})`),
    rows.change === null
      ? ''
      : policy(
          'change',
          `for update to holdfast_app\n  using (${holds(rows.change)})\n  with check (${holds(changed)})`,
        ),
    rows.remove === null ? '' : policy('remove', `for delete to holdfast_app\n  using (${holds(rows.remove)})`),
    ...others.map(({ name, to, holds: condition = 'true', check }) =>
      policy(name, `${to}\n  ${check === undefined ? `using (${holds(condition)})` : `with check (${holds(check)})`}`),
    ),
    policy('system', 'to holdfast_system using (true) with check (true)'),
  ];
  const said = note
    ? note
        .split('\n')
        .map((line) => `-- ${line}\n`)
        .join('')
    : '';
  return `-- ${table}\n${said}${parts.join('')}${degrees ? shownView(rule, degrees) : ''}`;
}
