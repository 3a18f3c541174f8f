import { Decimal } from 'decimal.js';

export type Cell = string | number | boolean | Date | null;

/** Figures a spreadsheet keeps of a number; the others are noise of binary fractions. */
const figures = 15;

/** A cell as the import of CSV reads it: what the workbook knows of its type must not become a question again. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return dateText(cell);
  return typeof cell === 'number' ? numberText(cell) : String(cell);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return '';
  const text = new Decimal(value.toPrecision(figures)).toFixed();
  // 1.234 could be meant as 1234; 1.2340 could not.
  return /\.\d{3}$/.test(text) ? `${text}0` : text;
}

function dateText(value: Date): string {
  if (Number.isNaN(value.getTime())) return '';
  const [date, time] = value.toISOString().slice(0, 19).split('T') as [string, string];
  return time === '00:00:00' ? date : `${date}T${time}`;
}
