import type { MappingInUse } from './mapping-in-use.ts';
import { phoneLabel } from './phone-label.ts';
import { columnsOf, type ImportTarget } from './target.ts';

export interface Implied {
  /** Columns of the table that others of the file fill beside their own. */
  columns: string[];
  /** What the main telephone number is for, as its column says. */
  phoneLabel: string | null;
}

/** A cell may hold several e-mail addresses, and the name of a column says what its telephone numbers are for. */
export function impliedColumns(
  { fields, contract }: Pick<ImportTarget, 'fields' | 'contract'>,
  { columns }: Pick<MappingInUse, 'columns'>,
): Implied {
  const mapped = (name: string) => columns.find(({ field }) => field === name)?.column;
  const filled = fields.filter(({ name }) => mapped(name) !== undefined).flatMap(columnsOf);
  const isFree = (column: string) => contract.meta.has(column) && !filled.includes(column);
  const phone = mapped('phone');
  const label = phone !== undefined && isFree('phone_label') ? phoneLabel(phone) : null;
  return {
    columns: [
      ...(mapped('email') !== undefined && isFree('other_emails') ? ['other_emails'] : []),
      ...(label === null ? [] : ['phone_label']),
    ],
    phoneLabel: label,
  };
}
