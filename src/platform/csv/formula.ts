/**
 * Spreadsheets run a cell that begins with one of these as a formula, wherever the file came from. An apostrophe in
 * front makes it text. A value that already has apostrophes before such a character gets one more, so that taking
 * exactly one off again always gives back the value that was there.
 */
const risky = /^'*[=+\-@\t\r\n＝＋－＠]/;
const neutralised = /^'+[=+\-@\t\r\n＝＋－＠]/;

/**
 * The same inside a cell, after what may part cells: a spreadsheet that is set to split at ';' knows nothing of quotes
 * that begin at a ','. A quote may stand before the formula, with which the part begins then.
 */
const inner = /[,;\t\r\n](?=["']*[=+\-@＝＋－＠])/g;
const innerNeutralised = /([,;\t\r\n])'(?=["']*[=+\-@＝＋－＠])/g;

/** A bare negative number is a number to every spreadsheet, and sums over a column of amounts should keep working. */
const plainNumber = /^-\d+(\.\d+)?$/;

export function neutraliseFormula(text: string): string {
  const parted = text.replace(inner, "$&'");
  return risky.test(text) && !plainNumber.test(text) ? `'${parted}` : parted;
}

export function restoreFormula(text: string): string {
  const whole = text.charCodeAt(0) === 0x27 && neutralised.test(text) ? text.slice(1) : text;
  return whole.includes("'") ? whole.replace(innerNeutralised, '$1') : whole;
}

/** Before a formula of which its workbook holds no result, or an error: a noncharacter, which no text has. */
export const formula_mark = '\uFDD0';
