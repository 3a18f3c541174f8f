import type { TransactionKind } from '../transaction/contract.ts';

/** How a file names a security. */
export interface SecurityRef {
  isin: string | null;
  cusip: string | null;
  ticker: string | null;
  /** What the custodian calls it, where it is none of the above. */
  other_id: string | null;
  name: string | null;
}

/** One movement as a custodian's file has it. Numbers are exact decimals as text; dates are days as written. */
export interface FileTransaction {
  /** Where it stands in the file. */
  line: number;
  /** The custodian's number of it, which a second file repeats. */
  external_id: string | null;
  /** It replaces or deletes an earlier one. */
  corrects: { external_id: string; how: 'replace' | 'delete' } | null;
  kind: TransactionKind;
  traded_on: string;
  settled_on: string | null;
  security: SecurityRef | null;
  /** Positive: more is held afterwards. */
  quantity: string | null;
  price: string | null;
  /** What it does to the cash of the account: negative for what was paid. */
  amount: string | null;
  fees: string | null;
  taxes: string | null;
  currency: string | null;
  description: string | null;
}

export interface FilePosition {
  line: number;
  security: SecurityRef;
  quantity: string;
  price: string | null;
  value: string | null;
  as_of: string;
  currency: string | null;
}

/** A row of the file that is not taken, and why. */
export interface FileProblem {
  line: number;
  message: string;
  /** It is no movement of an account, so nothing is missing without it. */
  skipped?: true;
}

/** The statement of one account. */
export interface FileStatement {
  account: { number: string; institution: string | null; kind: string | null };
  currency: string | null;
  from: string | null;
  to: string | null;
  transactions: FileTransaction[];
  positions: FilePosition[];
  /** What was in cash, as the file says. */
  cash: { amount: string; as_of: string | null } | null;
}

export interface CustodianFile {
  statements: FileStatement[];
  securities: SecurityRef[];
  problems: FileProblem[];
  /** How many rows there were: as many as transactions, positions and problems of rows together. */
  rows: number;
}
