import { messageOf } from '../../app/problem.ts';
import { changesUndo } from '../../app/undoTogether.ts';
import { t } from '../../text/text.ts';
import type { CellWrite } from '../../ui/table/column.ts';
import { toast } from '../../ui/toast.ts';
import type { RecordResource } from '../definition.ts';
import type { AnyRecord, FieldDef } from '../field.ts';
import { namesFor } from './names.ts';
import { type Outcome, type RecordEdit, saveCells } from './saveCells.ts';
import { type Names, otherCurrency, understand } from './understand.ts';

type Write = CellWrite<AnyRecord>;

interface Given {
  resource: RecordResource;
  fields: readonly FieldDef[];
  mayEdit: (record: AnyRecord) => boolean;
}

/** Understands what was written into cells, saves what can be saved, and says what came of it, with one way back. */
export async function writeCells(given: Given, writes: readonly Write[]): Promise<Outcome['refused']> {
  const { edits, refused } = await understandAll(given, writes);
  const outcome = await saveCells(given.resource, edits);
  outcome.refused.push(...refused);
  tell(outcome);
  return outcome.refused;
}

async function understandAll({ fields, mayEdit }: Given, writes: readonly Write[]) {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const names = await allNames(byKey, writes);
  const edits = new Map<string, RecordEdit>();
  const refused: Outcome['refused'] = [];
  for (const { row: record, column, from } of writes) {
    const field = byKey.get(column);
    if (!field) continue;
    const found = names.get(column);
    const reason =
      field.readOnly || field.createOnly
        ? t('{field} cannot be changed here', { field: field.label })
        : mayEdit(record)
          ? (typeof found === 'string' && found) || notIn(record, field, from)
          : t('You may not change this record');
    const value = reason ? { reason } : 'value' in from ? from : understand(field, from.text, found as Names);
    if ('reason' in value) {
      refused.push({ record, field, reason: value.reason });
      continue;
    }
    const edit = edits.get(record.id) ?? { record, values: new Map() };
    edit.values.set(field, value.value);
    edits.set(record.id, edit);
  }
  return { edits: [...edits.values()], refused };
}

/** An amount is not turned into another currency by the way. */
function notIn(record: AnyRecord, { currencyKey, label }: FieldDef, from: Write['from']): string | null {
  const currency = currencyKey && record[currencyKey];
  const other = 'text' in from ? otherCurrency(from.text, currency) : null;
  return (
    other && t('{field} is in {currency} here, not in {other}', { field: label, currency: String(currency), other })
  );
}

/** By column what its texts name; or why that could not be read. */
async function allNames(byKey: ReadonlyMap<string, FieldDef>, writes: readonly Write[]) {
  const texts = Map.groupBy(
    writes.flatMap(({ column, from }) => ('text' in from ? [{ column, text: from.text }] : [])),
    ({ column }) => column,
  );
  const found = await Promise.all(
    [...texts].map(async ([column, each]) => {
      const field = byKey.get(column);
      const names =
        field &&
        namesFor(
          field,
          each.map(({ text }) => text),
        ).catch(messageOf);
      return [column, (await names) ?? new Map()] as [string, Names | string];
    }),
  );
  return new Map(found);
}

function tell({ saved, refused, changes }: Outcome) {
  const [first] = refused;
  const only = saved.length === 1 ? saved[0] : undefined;
  const title = only
    ? t('{field} saved', { field: only.field.label })
    : t('{count, plural, one {# cell saved} other {# cells saved}}', { count: saved.length });
  const action = changes.length > 0 ? changesUndo(changes) : undefined;
  if (!first) {
    if (action) toast(title, { action });
    return;
  }
  const not = t('{count, plural, one {# cell was refused} other {# cells were refused}}', { count: refused.length });
  toast(saved.length > 0 ? `${title}, ${not}` : not, {
    kind: saved.length > 0 ? 'info' : 'error',
    description: t('{field}: {reason}. What was given stays in the cell until it is changed or Esc is pressed.', {
      field: first.field.label,
      reason: first.reason,
    }),
    action,
  });
}
