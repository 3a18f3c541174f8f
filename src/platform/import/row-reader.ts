import { z } from 'zod';
import { durationSeconds } from '../../kernel/contract/duration.ts';
import { type LabelledValue, mask_sign } from '../../kernel/contract/fields.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { fieldErrors } from '../../kernel/errors/field-errors.ts';
import { type FieldError, Problem } from '../../kernel/errors/problem.ts';
import { minorUnits } from '../../kernel/resource/money.ts';
import { parseCellList, parseLabelledItem } from '../csv/index.ts';
import type { ImportOptions } from './contract.ts';
import { type CellMeaning, type CellReader, cellReader } from './convert.ts';
import { countryDoubts } from './country.ts';
import { type CustomTargetField, customReader } from './custom-cells.ts';
import { headerScore } from './header-match.ts';
import { impliedColumns } from './implied.ts';
import type { LoadRow } from './load.ts';
import { isExport, type MappedColumn, type MappingInUse } from './mapping-in-use.ts';
import { splitMoney } from './money.ts';
import { phoneLabel } from './phone-label.ts';
import type { Row } from './read.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { FileTally } from './tally.ts';
import { columnsOf, type ImportTarget, type TargetField } from './target.ts';

interface Cell {
  at: number;
  column: string;
  field: TargetField;
  /** What a note calls it; null for a column that is the note itself. */
  label: string | null;
  /** Where the value goes in the row. */
  into: string;
  read: (cell: string, currency: string) => string | null | Refusal;
  /** What somebody should look at in a value that goes in. */
  doubt?: (value: string) => string | null;
}

type ReadColumn = MappedColumn & Pick<CellMeaning, 'exported'>;

const uuid = z.uuid();

/** What no other column of the file fills: columns of the record, or its custom field. */
function ownPlaces({ field, into }: Cell, cells: readonly Cell[]): readonly string[] {
  if ('custom' in field) return [into];
  const others = cells.filter((cell) => cell.field !== field).flatMap((cell) => columnsOf(cell.field));
  return columnsOf(field).filter((column) => !others.includes(column));
}

/**
 * The cells of a file's rows as values of the record they are. Relations are still the names that stand in the file.
 */
export function rowReader(
  target: ImportTarget,
  mapping: MappingInUse,
  options: Pick<ImportOptions, 'bad_cells' | 'blank_cells' | 'currency'>,
  { currency, time_zone }: { currency: string; time_zone: string },
  tally: FileTally,
): (row: Row) => LoadRow {
  const exported = isExport(mapping.columns);
  const cells = mapping.columns.map((mapped) =>
    cellOf(target, mapping, { ...mapped, exported }, options, { currency, time_zone }),
  );
  const currencyCell = cells.find(({ field }) => field.type === 'currency');
  const money = cells.find(({ field }) => field.type === 'money');
  const columnCurrency = money && currencyOf(mapping, money.column);
  const fileCurrency = columnCurrency ?? currency;
  const isCurrencySaid = (named: string | null, amount: string): boolean =>
    Boolean(named ?? columnCurrency ?? options.currency ?? splitMoney(amount)?.sign);
  const implied = impliedColumns(target, mapping);
  const furtherEmails = target.contract.meta.has('other_emails');
  const required = cells.filter(({ field }) => field.required);
  const isStrict = options.bad_cells === 'leave_out_row';
  const needed = new Set(cells.filter(({ field }) => isNeeded(field)).map(({ column }) => column));
  const severityOf = (column: string) => (isStrict || needed.has(column) ? 'error' : 'warning');
  const keepsBadCells = options.bad_cells === 'note' && target.fields.some(({ type }) => type === 'note');

  return ({ number, cells: texts, problems, record_id }) => {
    const row: LoadRow = { number, id: '', found: false, values: {}, unmapped: [], notes: [], problems: [] };
    row.problems = problems.map((problem) =>
      problem.column === null ? problem : { ...problem, severity: severityOf(problem.column) },
    );
    const leaveOut = (cell: Cell, text: string, part?: Refusal['part']) => {
      const { column, into } = cell;
      row.values[into] = part?.value ?? null;
      // It says something, though nobody knows what: it is no empty cell, which may clear a value.
      if (!part) row.unmapped.push(...ownPlaces(cell, cells));
      if (keepsBadCells && !cell.field.mask)
        row.notes.push({ label: column, text: (part?.left_out ?? text).replaceAll('\0', '�') });
    };
    const named = currencyCell?.read(texts[currencyCell.at]!, fileCurrency);
    const told = typeof named === 'string' ? named : null;
    const rowCurrency = told ?? fileCurrency;
    for (const cell of cells) {
      const text = texts[cell.at]!;
      if (cell.field.type === 'note') {
        keepInNote(row, cell, text, rowCurrency);
        continue;
      }
      if (problems.some(({ code, column }) => column === cell.column && unusable.has(code))) {
        leaveOut(cell, text);
        continue;
      }
      // As an export shows a sealed value: it says nothing of it.
      if (cell.field.mask && text.includes(mask_sign)) {
        row.values[cell.into] = null;
        row.unmapped.push(...ownPlaces(cell, cells));
        continue;
      }
      const read = cell.read(text, rowCurrency);
      // An amount whose currency cannot be read is left out: in another currency it would be another amount.
      const value = cell.field.type === 'money' && isRefusal(named) && read !== null ? named : read;
      if (!isRefusal(value)) {
        row.values[cell.into] = merged(cell, row.values[cell.into], value);
        const doubt = value === null ? null : cell.doubt?.(value);
        if (doubt)
          row.problems.push({
            code: 'unknown_country',
            severity: 'warning',
            row: number,
            column: cell.column,
            message: doubt,
          });
      } else if (value.code === 'several_emails' && furtherEmails) {
        row.values[cell.into] = value.part!.value;
        const further = parseCellList(value.part!.left_out, ';').map((each) => ({ label: null, value: each }));
        row.values.other_emails = joined(row.values.other_emails, JSON.stringify(further));
      } else {
        if (value.code === 'not_a_choice') tally.countUnknownOption(cell.column, cell.field.name, text);
        const { code, part } = value;
        // The readers of days quote the cell that they refuse, which nobody is to see of a sealed field.
        const isHidden = cell.field.mask && cell.field.type !== 'secret';
        const message = isHidden
          ? `“${cell.column}” cannot be read here. It is sealed, so it is not shown: correct it in the file.`
          : value.message;
        leaveOut(cell, text, part);
        row.problems.push({ code, message, severity: severityOf(cell.column), row: number, column: cell.column });
      }
    }
    if (money) {
      const isKnown = row.values[money.into] !== null;
      row.values.currency = isKnown ? rowCurrency : told;
      // A currency alone would say another value of the amount that a record has.
      if (!isKnown || !isCurrencySaid(told, texts[money.at]!)) row.unmapped.push('currency');
    }
    for (const { into, column, field } of required) {
      if (row.values[into] !== null || row.problems.some((problem) => problem.column === column)) continue;
      const message = `“${column}” is empty in row ${number}, and a ${field.label} is needed. Fill it in.`;
      row.problems.push({ code: 'required_empty', severity: 'error', row: number, column, message });
    }
    if (record_id !== undefined) {
      row.record_id = record_id;
      row.values.id = record_id;
    }
    if (row.values.phone && implied.phoneLabel) row.values.phone_label = implied.phoneLabel;
    for (const column of implied.columns) if (row.values[column] == null) row.unmapped.push(column);
    row.id = row.values.id ?? uuidV7();
    return row;
  };
}

/** Of several columns that go into one list, all of its items; of several texts, one after the other. */
function merged({ field, column }: Cell, before: string | null | undefined, value: string | null): string | null {
  if (field.name === 'other_phones' && value !== null) {
    const label = phoneLabel(column);
    const items = JSON.parse(value) as LabelledValue[];
    return joined(before, JSON.stringify(items.map((item) => (item.label ? item : { ...item, label }))));
  }
  if (before == null || value === null) return value ?? before ?? null;
  if (field.type === 'list') return joined(before, value);
  return field.name === 'salutation' ? `${before} ${value}` : value;
}

/** Two lists of labelled values as one: the first, and of the other what it does not have. */
function joined(before: string | null | undefined, more: string): string {
  if (before == null) return more;
  const list = JSON.parse(before) as LabelledValue[];
  const known = new Set(list.map(({ value }) => value.toLowerCase()));
  const further = (JSON.parse(more) as LabelledValue[]).filter(({ value }) => !known.has(value.toLowerCase()));
  return JSON.stringify([...list, ...further]);
}

/** Without it there is no record, or not the one that is meant. */
const isNeeded = ({ required, type }: TargetField): boolean => required === true || type === 'id';

/**
 * What makes a cell one that cannot be stored. A character that could not be decoded leaves the rest of the text worth
 * keeping.
 */
const unusable: ReadonlySet<string> = new Set(['nul_character', 'cell_too_long']);

/** A note takes any text. */
function keepInNote(row: LoadRow, { column, label, read }: Cell, text: string, currency: string): void {
  row.problems = row.problems.filter((problem) => problem.column !== column || problem.code !== 'cell_too_long');
  if (typeof read(text, currency) === 'string') row.notes.push({ label, text: text.trim().replaceAll('\0', '�') });
}

export const isBlank = ({ cells }: Row): boolean => cells.every((cell) => cell.trim() === '');

/** That a column of amounts says, by its name or in all its cells. */
function currencyOf(mapping: MappingInUse, column: string): string | null {
  const mapped = mapping.columns.find((candidate) => candidate.column === column)!;
  const told = mapped.type.kind === 'money' ? mapped.type.currency : null;
  return told ?? mapped.currency ?? null;
}

function cellOf(
  target: ImportTarget,
  mapping: MappingInUse,
  mapped: ReadColumn,
  { blank_cells }: Pick<ImportOptions, 'blank_cells'>,
  { currency, time_zone }: { currency: string; time_zone: string },
): Cell {
  const field = target.fields.find(({ name }) => name === mapped.field)!;
  const at = mapping.names.indexOf(mapped.column);
  const into = placeOf(field);
  return {
    at,
    column: mapped.column,
    label: headerScore(mapped.column, field, target) === 1 ? null : mapped.column,
    field,
    into,
    // Where few of the values are countries, the column is about something else.
    ...(field.type === 'country' && mapped.type.kind === 'country' && { doubt: countryDoubts() }),
    read:
      field.type === 'addresses'
        ? addressReader(target, field, mapped, blank_cells)
        : field.type === 'list'
          ? listReader(target, field, mapped, blank_cells)
          : valueReader(target, field, mapped, { currency: currencyOf(mapping, mapped.column) ?? currency, time_zone }),
  };
}

/** What stands for something else than a column of its name is put in place later. */
const placeOf = ({ type, name }: TargetField): string => (type === 'id' ? 'id' : name);

function valueReader(
  target: ImportTarget,
  field: TargetField,
  mapped: ReadColumn,
  { currency, time_zone }: { currency: string; time_zone: string },
): Cell['read'] {
  if ('custom' in field) return customReader(field as CustomTargetField, { ...mapped, currency });
  const readers = new Map<string, CellReader>();
  const readerFor = (code: string): CellReader => {
    const reader = readers.get(code) ?? cellReader(field, { ...mapped, currency: code, time_zone });
    readers.set(code, reader);
    return reader;
  };
  const plain = readerFor(currency);
  if (field.type === 'money') return (cell, code) => inMinorUnits(readerFor(code)(cell), code, field.name);
  const check = contractCheck(target, field);
  return (cell, code) => {
    const value = field.type === 'currency' ? readerFor(code)(cell) : plain(cell);
    const kept = isRefusal(value) ? (value.part?.value ?? null) : value;
    const checked = typeof kept === 'string' && check ? check(kept) : kept;
    // Of a cell that fits in part, that part has to fit too.
    if (isRefusal(value) && !isRefusal(checked)) return value;
    return field.type === 'duration' && typeof checked === 'string' ? String(durationSeconds(checked)) : checked;
  };
}

/**
 * As JSON. Each value of the cell may have a label before it, as in `Work: a@b.example`. An empty cell that is to clear
 * the list makes it an empty one.
 */
function listReader(
  target: ImportTarget,
  field: TargetField,
  mapped: ReadColumn,
  blank_cells: ImportOptions['blank_cells'],
): Cell['read'] {
  const read = cellReader(field, { ...mapped, currency: '' });
  const schema = target.contract.create.shape[field.name] as z.ZodType<LabelledValue[]>;
  return (cell) => {
    const text = read(cell);
    if (typeof text !== 'string') return blank_cells === 'clear' && text === null ? '[]' : text;
    const checked = schema.safeParse(parseCellList(text, ';').map(parseLabelledItem));
    if (!checked.success) {
      const [{ code, message }] = fieldErrors(checked.error) as [FieldError];
      return refuse(code, `${message}.`);
    }
    return JSON.stringify(checked.data);
  };
}

/** Further postal addresses, as JSON. */
function addressReader(
  target: ImportTarget,
  field: TargetField,
  mapped: ReadColumn,
  blank_cells: ImportOptions['blank_cells'],
): Cell['read'] {
  const read = cellReader(field, { ...mapped, currency: '' });
  const schema = target.contract.create.shape[field.name] as z.ZodType;
  return (cell) => {
    const text = read(cell);
    if (typeof text !== 'string') return blank_cells === 'clear' && text === null ? '[]' : text;
    const checked = schema.safeParse(parsedJson(text));
    if (checked.success) return JSON.stringify(checked.data);
    return refuse('not_addresses', 'These are not addresses. Write them as an export does.');
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function inMinorUnits(value: string | null | Refusal, currency: string, field: string): string | null | Refusal {
  if (typeof value !== 'string') return value;
  try {
    return minorUnits(value, currency, field).toString();
  } catch (error) {
    if (error instanceof Problem) return refuse(error.errors[0]!.code, error.errors[0]!.message);
    throw error;
  }
}

/** What holds of a field over HTTP holds of it here. */
function contractCheck(target: ImportTarget, field: TargetField): ((value: string) => string | Refusal) | undefined {
  const schema = field.type === 'id' ? uuid : (target.contract.create.shape[placeOf(field)] as z.ZodType | undefined);
  if (!schema || field.reference || field.type === 'tags') return undefined;
  const typed =
    field.type === 'integer' ? Number : field.type === 'boolean' ? (value: string) => value === 'true' : null;
  return (value) => {
    const checked = schema.safeParse(typed ? typed(value) : value);
    if (checked.success) return typed ? value : (checked.data as string);
    const [error] = fieldErrors(checked.error);
    return refuse(error!.code === 'too_big' && !typed ? 'too_long' : error!.code, `${error!.message}.`);
  };
}
