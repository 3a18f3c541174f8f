import type { Readable } from 'node:stream';
import type { Claimant } from '../../kernel/fairness/fair-lane.ts';

/**
 * A kind of file that is no plain table, such as cards of people: what is in it is stored as tables, one or several,
 * and these are imported as any other. A file is of the first format that recognises it, by its content rather than its
 * name: what is called .xlsx may be CSV.
 */
export interface FileFormat {
  /** From its beginning, as many bytes as it takes to be recognised. */
  bytes: number;
  /** How a file that begins so is converted; undefined when it is of another format. */
  recognise: (start: Buffer, file: BegunFile, by: Claimant) => Promise<Conversion | undefined> | Conversion | undefined;
}

export interface BegunFile {
  name: string;
  /** What is looked at is all of it. */
  complete: boolean;
}

/** Hands over the tables of a file, one after the other. Throws `ParseError` with what somebody can do about it. */
export type Conversion = (
  body: Readable,
  put: (table: ConvertedTable) => Promise<unknown>,
  by: Claimant,
) => Promise<unknown>;

export interface ConvertedTable {
  /** What people see it called. */
  name: string;
  /** Its rows as CSV in UTF-8, below their column names. */
  csv: Readable | AsyncIterable<Uint8Array>;
  /** The product that wrote it, where its own columns told and are gone. */
  source?: string;
  /** What its rows are, where the format says so: the name of a record type. */
  resource?: string;
}

/** The name without these endings. */
export const withoutEnding = (name: string, ...endings: string[]): string => {
  const ending = endings.find((each) => name.toLowerCase().endsWith(each));
  return ending ? name.slice(0, -ending.length) : name;
};
