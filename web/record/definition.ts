import type { LucideIcon } from 'lucide-react';
import type { ComponentType, LazyExoticComponent } from 'react';
import type { Session } from '../app/session.tsx';
import type { TableLayout } from '../ui/table/useTableLayout.ts';
import type { AnyRecord, FieldDef } from './field.ts';
import type { Filter } from './filter/filter.ts';
import type { ListForm } from './forms/listForm.ts';
import type { ListSearch } from './listSearch.ts';
import type { Values } from './useDraft.ts';

export type RecordResource = 'contact' | 'company' | 'deal';

/** A list as somebody keeps it, as the API has it. */
export interface SavedView {
  id: string;
  version: number;
  resource: RecordResource;
  name: string;
  shared: boolean;
  filter: Filter | null;
  sort: string | null;
  layout: ListForm;
  /** The fields that a board or a calendar goes by, and the groups of a table. */
  arrangement: { by?: string; group?: string; span?: ListSearch['span'] };
  columns: { order: string[]; hidden: string[]; widths: Record<string, number>; pinned: string[] };
  owner_id: string;
}

export interface ListView {
  id: string;
  label: string;
  filter?: Filter;
  sort?: string;
  layout?: TableLayout;
  /** Given when somebody made it. */
  saved?: SavedView;
}

/** A way to other records, as the API's filters name it. */
export interface Relation {
  name: string;
  label: string;
  resource: RecordResource;
}

/** Only a record that is open needs these, so a list does not wait for them. */
type LazyPart = LazyExoticComponent<ComponentType<{ record: AnyRecord }>>;

export interface OwnInputProps {
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A field of a new record that no other noun has. */
export interface OwnInput {
  Input: LazyExoticComponent<ComponentType<OwnInputProps>>;
  /** From what it holds to what the API takes. */
  toWire: (value: unknown) => unknown;
}

/** All that the list, the panel, the page and the form of one noun need to know. */
export interface RecordDefinition {
  resource: RecordResource;
  path: '/contacts' | '/companies' | '/deals';
  /** Of its list: "Contacts". Sentences choose their words by `resource`. */
  title: string;
  icon: LucideIcon;
  /** The mark of a company is square, that of a person round. */
  square: boolean;
  /** The first field is the name; its cell opens the record. */
  fields: readonly FieldDef[];
  /** What filters may reach through. */
  relations: readonly Relation[];
  views: (session: Session) => ListView[];
  defaultSort: string;
  /** Fields whose sums stand at the foot of the list. */
  summed: readonly string[];
  /** Where sums of several currencies come as one. */
  totalPath?: string;
  /** Three facts that matter, beside the name. */
  Facts: ComponentType<{ record: AnyRecord }>;
  /** What it is connected to. */
  Related: LazyPart;
  /** Actions of this noun only, in the head of its page. */
  Actions?: LazyPart;
  /** Below the head, above the fields. */
  Banner?: LazyPart;
  /** The names of fields that a new one with these values needs where it begins. */
  useAsked?: (values: Values) => readonly string[];
  /** By name, those of them that are not among `fields`. */
  ownInputs?: Readonly<Record<string, OwnInput>>;
  /** On a phone: the first of these that is filled stands below the name, and this field at the right. */
  narrow: { details: readonly string[]; standing: string };
  emptyText: string;
}
