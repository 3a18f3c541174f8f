import { type Resource, resourceOfTable } from '../contract/resource.ts';

/**
 * `db/routines/record-triggers.sql`: the triggers that enforce what contracts declare (db/routines/record-rules.sql).
 */
export const recordTriggersSql = (resources: readonly Resource[]): string =>
  ['-- Made from the contracts of the record types by "npm run generate".\n', ...resources.map(triggersOf)]
    .filter(Boolean)
    .join('\n');

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

function triggersOf(resource: Resource): string {
  const { table } = resource;
  // A resource that is a variant of another shares its table.
  const triggers =
    resourceOfTable(table) === resource
      ? [stateTriggers, appendOnlyTriggers, highVolumeTriggers].map((make) => make(resource)).join('')
      : '';
  return triggers && `-- ${table}\n${triggers}`;
}

function appendOnlyTriggers({ table, appendOnly }: Resource): string {
  if (!appendOnly) return '';
  const { by, negated } = appendOnly;
  return `create or replace trigger append_only before update or delete on ${table}
  for each row execute function app.refuse_change();
create or replace trigger append_only_truncate before truncate on ${table}
  for each statement execute function app.refuse_change();
create or replace trigger check_reversal before insert on ${table}
  for each row when (new.${by} is not null) execute function app.check_reversal(${quoted(by)}, ${quoted(`{${negated.join(',')}}`)});
`;
}

function highVolumeTriggers({ name, table, highVolume }: Resource): string {
  if (!highVolume) return '';
  const trigger = (
    action: string,
    rows: string,
  ) => `create or replace trigger audit_${action} after ${action} on ${table} referencing ${rows}
  for each statement execute function app.record_statement(${quoted(name)});
`;
  return (
    trigger('insert', 'new table as changed_rows') +
    trigger('update', 'new table as changed_rows') +
    trigger('delete', 'old table as changed_rows')
  );
}

function stateTriggers({ name, table, states }: Resource): string {
  if (!states) return '';
  const { field, initial } = states;
  const ways = states.transitions.map(({ name: verb, from, to, required = [], right }) => ({
    name: verb,
    from,
    to,
    required,
    ...right,
  }));
  const transitions = quoted(JSON.stringify(ways));
  return `create or replace trigger check_transition before insert or update of ${field} on ${table}
  for each row execute function app.check_transition(${quoted(field)}, ${quoted(initial)}, ${transitions});
create or replace trigger record_transition after update of ${field} on ${table}
  for each row when (old.${field} <> new.${field}) execute function app.record_transition(${quoted(field)}, ${quoted(name)},
    ${transitions});
`;
}
