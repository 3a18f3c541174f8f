import { Decimal } from 'decimal.js';

/**
 * A number as people and programs write it, exactly; null for an empty cell, undefined for what is none. `decimal`:
 * where 1.234 could be either.
 */
export function decimalIn(cell: string, decimal?: '.' | ','): string | null | undefined {
  let text = cell.replace(/[\s\u00a0\u202f'’€$£%+]/g, '');
  if (text === '' || text === '-' || /^n\/?a$/i.test(text)) return null;
  const isNegative = text.startsWith('(') && text.endsWith(')');
  if (isNegative) text = text.slice(1, -1);
  const [dots, commas] = [text.split('.').length - 1, text.split(',').length - 1];
  if (dots > 0 && commas > 0) {
    const thousands = text.lastIndexOf('.') > text.lastIndexOf(',') ? ',' : '.';
    text = text.replaceAll(thousands, '').replace(',', '.');
  } else if (dots + commas > 0) {
    const sign = dots > 0 ? '.' : ',';
    const groups = text.replace('-', '').split(sign);
    const isGrouped = groups.every((group, at) => (at === 0 ? group.length <= 3 : group.length === 3));
    const isThousands = groups.length > 2 || (decimal !== undefined && decimal !== sign && isGrouped);
    if (groups.length > 2 && !isGrouped) return undefined;
    text = isThousands ? text.replaceAll(sign, '') : text.replace(sign, '.');
  }
  if (!/^-?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:e-?\d{1,2})?$/i.test(text)) return undefined;
  const number = new Decimal(text);
  return (isNegative ? number.neg() : number).toFixed();
}

/**
 * The day in a cell, which may have a time after it; of `07/15/2024 as of 07/12/2024` the second, when it happened.
 * Null where there is none.
 */
export function dayIn(cell: string, order?: 'dmy' | 'mdy'): string | null {
  const [, asOf] = cell.split(' as of ');
  const text = (asOf ?? cell).trim().slice(0, 10);
  const [, y = '', m = '', d = ''] = /^(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)/.exec(text) ?? [];
  if (y !== '') return existing(y, m, d);
  const [, one = '', two = '', year = ''] = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)/.exec(text) ?? [];
  if (year === '') return null;
  const full = year.length === 2 ? `20${year}` : year;
  return order === 'mdy' ? existing(full, one, two) : existing(full, two, one);
}

function existing(year: string, month: string, day: string): string | null {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? null : iso;
}

/** What was traded, by words such as `Buy 6 World Fund@49.785 EUR (IE00B4L5Y983)` or `OPEN BUY 34/42.5 @ 11.748`. */
export function tradeIn(
  words: string,
  decimal?: '.' | ',',
): { quantity: string | null; price: string | null; name: string; code: string } {
  const text = words.replaceAll('\u202f', '').replaceAll('\u00a0', '');
  const parts = text.split(' ');
  const at = parts.findIndex((part) => /^[\d.]/.test(part));
  const quantity = at < 0 ? null : (decimalIn(parts[at]!.split('/')[0]!, decimal) ?? null);
  const priced = text.indexOf('@');
  const price =
    priced < 0
      ? null
      : (decimalIn(
          text
            .slice(priced + 1)
            .trim()
            .split(' ')[0]!,
        ) ?? null);
  const opened = text.lastIndexOf('(');
  const closed = text.indexOf(')', opened);
  const code = opened >= 0 && closed > opened ? text.slice(opened + 1, closed).trim() : '';
  const rest = at < 0 ? '' : parts.slice(at + 1).join(' ');
  const name = rest.split('@')[0]!.split(' (')[0]!.trim();
  return { quantity, price, name, code };
}
