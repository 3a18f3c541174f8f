import { isCusip, isIsin } from '../security-identifier/contract.ts';
import type { SecurityRef } from './row.ts';

const isTicker = (code: string) => /^[0-9A-Z][0-9A-Z./:^=-]{0,19}$/.test(code);

/**
 * A security by the codes that a row has, in whatever column they stand: some exports have a CUSIP where the ticker
 * goes, or no valid ISIN.
 */
export function securityOfCodes(codes: readonly string[], other: string, name: string): SecurityRef | null {
  const given = codes.map((code) => code.trim().toUpperCase()).filter((code) => code !== '');
  const isin = given.find(isIsin) ?? null;
  const cusip = given.find((code) => code !== isin && isCusip(code)) ?? null;
  const rest = given.filter((code) => code !== isin && code !== cusip && !isIsin(code));
  // Where an ISIN does not fit its check digit, it is only a name that the custodian uses.
  const ticker = rest.find((code) => isTicker(code) && code.length < 12) ?? null;
  const other_id = other.trim().slice(0, 200) || (rest.find((code) => code !== ticker)?.slice(0, 200) ?? null);
  const called = name.trim().slice(0, 200) || null;
  if (!isin && !cusip && !ticker && !other_id && !called) return null;
  return { isin, cusip, ticker, other_id, name: called };
}
