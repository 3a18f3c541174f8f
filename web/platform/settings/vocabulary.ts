import type { ReactNode } from 'react';
import type { Resource } from '../query/resources.ts';
import type { AnyRecord, FieldDef } from '../record/field.ts';

export interface Vocabulary {
  resource: Resource;
  /** Whose right it falls under. */
  right: string;
  title: string;
  description: string;
  /** The words for one entry. */
  words: { new: string; create: string; created: string; edit: string; delete: string };
  /** There are none yet. */
  none: string;
  fields: readonly FieldDef[];
  sort: string;
  /** The values that a new entry starts with. */
  start?: Record<string, unknown>;
  /** The name of an entry in a sentence. */
  nameOf: (record: AnyRecord) => string;
  row: (record: AnyRecord) => { title: ReactNode; detail?: ReactNode };
  /** Changes of it can be taken back. */
  undoable?: true;
  /** What deleting an entry means for the records that use it. */
  deleting: string;
}
