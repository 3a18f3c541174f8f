import { saveFile } from './saveText.ts';

/** Lines for a spreadsheet. */
export const csvOf = (lines: readonly (readonly string[])[]): string =>
  lines
    .map((cells) => cells.map(quoted).join(','))
    .join('\r\n')
    .concat('\r\n');

/** What a spreadsheet would run as a formula begins with a quote instead; numbers stay numbers. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Offers lines as a file, with the mark by which Excel knows UTF-8. */
export const saveCsvFile = (name: string, text: string): void =>
  saveFile(`${name}.csv`, new Blob(['\ufeff', text], { type: 'text/csv' }));
