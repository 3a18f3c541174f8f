/** Check digits of securities. `app.isin_fits` and its kind in db/routines/columns.sql say the same. */

/** A is 10, B is 11, and so on; CUSIPs also have *, @ and #. */
const signValue = (sign: string): number => {
  const special = '*@#'.indexOf(sign);
  return special < 0 ? Number.parseInt(sign, 36) : 36 + special;
};
const digitSum = (value: number): number => Math.floor(value / 10) + (value % 10);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const completes = (total: number, digit: string): boolean => (10 - (total % 10)) % 10 === Number(digit);

/**
 * ISO 6166: letters become two digits, then every second digit from the last but one is doubled, as on cards (Luhn).
 */
export function isIsin(isin: string): boolean {
  if (!/^[A-Z]{2}[0-9A-Z]{9}\d$/.test(isin)) return false;
  const digits = [...isin].flatMap((sign) => [...String(signValue(sign))]).reverse();
  return sum(digits.map((digit, at) => digitSum(Number(digit) * (at % 2 === 1 ? 2 : 1)))) % 10 === 0;
}

/** Every second value is doubled, and the digits of the values are added. */
const doubledSum = (signs: string): number =>
  sum([...signs].map((sign, at) => digitSum(signValue(sign) * (at % 2 === 1 ? 2 : 1))));

export const isCusip = (cusip: string): boolean =>
  /^[0-9A-Z*@#]{8}\d$/.test(cusip) && completes(doubledSum(cusip.slice(0, 8)), cusip[8]!);

/** ANSI X9.145: no vowels, G in the third place, and beginnings that ISINs of countries have are left out. */
export const isFigi = (figi: string): boolean =>
  /^(?!BS|BM|GG|GB|GH|KY|VG)[B-DF-HJ-NP-TV-Z]{2}G[0-9B-DF-HJ-NP-TV-Z]{8}\d$/.test(figi) &&
  completes(doubledSum(figi.slice(0, 11)), figi[11]!);

const sedol_weights = [1, 3, 1, 7, 3, 9, 1];

export const isSedol = (sedol: string): boolean =>
  /^[0-9B-DF-HJ-NP-TV-Z]{6}\d$/.test(sedol) &&
  sum([...sedol].map((sign, at) => signValue(sign) * sedol_weights[at]!)) % 10 === 0;
