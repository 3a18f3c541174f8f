/**
 * Spreadsheets run a cell that begins with one of these as a formula, wherever the file came from. An apostrophe in
 * front makes it text. A value that already has apostrophes before such a character gets one more, so that taking
 * exactly one off again always gives back the value that was there.
 */
const risky = /^'*[=+\-@\t\r\n＝＋－＠]/;
const neutralised = /^'+[=+\-@\t\r\n＝＋－＠]/;

/** A bare negative number is a number to every spreadsheet, and sums over a column of amounts should keep working. */
const plainNumber = /^-\d+(\.\d+)?$/;

export function neutraliseFormula(text: string): string {
  return risky.test(text) && !plainNumber.test(text) ? `'${text}` : text;
}

export function restoreFormula(text: string): string {
  return text.charCodeAt(0) === 0x27 && neutralised.test(text) ? text.slice(1) : text;
}

/** Before a formula of which its workbook holds no result, or an error: a noncharacter, which no text has. */
export const formula_mark = '\uFDD0';
