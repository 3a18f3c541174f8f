import { t } from '../../../text/text.ts';
import { type Mark, markOf } from '../../../ui/number.ts';
import type { CellWrite } from '../../../ui/table/column.ts';
import { toast } from '../../../ui/toast.ts';
import { messageOf } from '../../query/problem.ts';
import type { Resource } from '../../query/resources.ts';
import { changesUndo } from '../../query/undoTogether.ts';
import { type AnyRecord, type FieldDef, toWire } from '../field.ts';
import { namesFor } from './names.ts';
import { foreignCurrency, type Names, type ParsedCell, parseCell } from './parseCell.ts';
import { type Outcome, type RecordEdit, saveCells } from './saveCells.ts';

type Write = CellWrite<AnyRecord>;

interface Grid {
  resource: Resource;
  fields: readonly FieldDef[];
  mayEdit: (record: AnyRecord) => boolean;
}

/** Understands what was written into cells, saves what can be saved, and says what came of it, with one way back. */
export async function writeCells(grid: Grid, writes: readonly Write[]): Promise<Outcome['refused']> {
  const { edits, refused } = await understandAll(grid, writes);
  const outcome = await saveCells(grid.resource, edits);
  outcome.refused.push(...refused);
  tell(outcome);
  return outcome.refused;
}

async function understandAll({ fields, mayEdit }: Grid, writes: readonly Write[]) {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const columns = await readColumns(byKey, writes);
  const edits = new Map<string, RecordEdit>();
  const refused: Outcome['refused'] = [];
  const given = new Map(writes.map(({ row, column, from }) => [`${row.id} ${column}`, from]));
  for (const { row: record, column, from } of writes) {
    const field = byKey.get(column);
    if (!field) continue;
    const { names = new Map(), mark = null } = columns.get(column) ?? {};
    const reason =
      field.readOnly || field.createOnly
        ? t('{field} cannot be changed here', { field: field.label })
        : mayEdit(record)
          ? (typeof names === 'string' && names) ||
            notIn(record, field, from, given.get(`${record.id} ${field.currencyKey}`))
          : t('You may not change this record');
    const value = reason
      ? { reason }
      : 'value' in from
        ? checked(field, from.value)
        : parseCell(field, from.text, names as Names, mark);
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

/**
 * An amount is not turned into another currency by the way. `beside`: what is written to the currency along with it.
 */
function notIn(
  record: AnyRecord,
  field: FieldDef,
  from: Write['from'],
  beside: Write['from'] | undefined,
): string | null {
  const { currencyKey, label } = field;
  if (!currencyKey) return null;
  const written = beside && ('text' in beside ? beside.text.trim().toUpperCase() : beside.value);
  const currency = written || record[currencyKey];
  const other = foreignCurrency(from, currencyKey, currency);
  return (
    other && t('{field} is in {currency} here, not in {other}', { field: label, currency: String(currency), other })
  );
}

/** What is known of the texts of a column before the first of them is read. */
interface ColumnTexts {
  /** What they name; or why that could not be read. */
  names: Names | string;
  /** What parts decimals in them. */
  mark: Mark | null;
}

async function readColumns(byKey: ReadonlyMap<string, FieldDef>, writes: readonly Write[]) {
  const texts = Map.groupBy(
    writes.flatMap(({ column, from }) => ('text' in from ? [{ column, text: from.text }] : [])),
    ({ column }) => column,
  );
  const found = await Promise.all(
    [...texts].map(async ([column, each]): Promise<[string, ColumnTexts]> => {
      const field = byKey.get(column);
      const all = each.map(({ text }) => text);
      const names = (await (field && namesFor(field, all).catch(messageOf))) ?? new Map();
      return [column, { names, mark: markOf(all) }];
    }),
  );
  return new Map(found);
}

/** What an editor gave may be no number yet. */
function checked(field: FieldDef, value: unknown): ParsedCell {
  try {
    toWire(field, value);
    return { value };
  } catch (error) {
    return { reason: messageOf(error) };
  }
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
    description: t('{field}: {reason}. Your input stays in the cell until you change it or press Esc.', {
      field: first.field.label,
      reason: first.reason,
    }),
    action,
  });
}
