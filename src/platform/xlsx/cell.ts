import { Decimal } from 'decimal.js';

export type Cell = string | number | boolean | Date | null;

/** Figures a spreadsheet keeps of a number; the others are noise of binary fractions. */
const figures = 15;

/**
 * A cell as the import of CSV reads it, with the zeros of its format: what the workbook knows of its type must not
 * become a question again.
 */
export function cellText(cell: Cell, zeros?: string): string {
  if (cell === null) return '';
  if (cell instanceof Date) return dateText(cell);
  if (typeof cell !== 'number') return String(cell);
  return (zeros && withZeros(cell, zeros)) || numberText(cell);
}

/**
 * A code that its format shows with zeros, such as 1067 as `01067` or 123456789 as `12345-6789`: without them it would
 * be another.
 */
function withZeros(value: number, zeros: string): string | undefined {
  if (!Number.isSafeInteger(value) || value < 0) return undefined;
  const places = zeros.replace(/[^0]/g, '').length;
  const digits = [...String(value).padStart(places, '0')];
  const first = digits.splice(0, digits.length - places).join('');
  return first + zeros.replace(/0/g, () => digits.shift()!);
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
