import type { ReactNode } from 'react';
import type { Resource } from '../../../app/resources.ts';
import type { AnyRecord, FieldDef } from '../../../record/field.ts';

export interface Vocabulary {
  resource: Resource;
  /** Whose right it falls under. */
  right: string;
  title: string;
  description: string;
  /** Of one of them. */
  words: { new: string; create: string; created: string; edit: string; delete: string };
  /** There are none yet. */
  none: string;
  fields: readonly FieldDef[];
  sort: string;
  /** What a new one starts with. */
  start?: Record<string, unknown>;
  /** What one of them is called in a sentence. */
  nameOf: (record: AnyRecord) => string;
  row: (record: AnyRecord) => { title: ReactNode; detail?: ReactNode };
  /** Changes of it can be taken back. */
  undoable?: true;
  /** What deleting one means for what uses it. */
  deleting: string;
}
