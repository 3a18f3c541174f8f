import type { LucideIcon } from 'lucide-react';
import type { ComponentType, LazyExoticComponent, ReactNode } from 'react';
import type { RowOf } from '../../../src/kernel/contract/resource.ts';
import type { savedView } from '../../../src/platform/saved-view/contract.ts';
import type { TableLayout } from '../../ui/table/useTableLayout.ts';
import type { Resource } from '../query/resources.ts';
import type { Session } from '../session/sessionView.ts';
import type { FieldView, RecordContract } from './contractFields.ts';
import type { AnyRecord, FieldDef, Named } from './field.ts';
import type { Filter } from './filter/filter.ts';
import type { ListLayout } from './layouts/listLayout.ts';
import type { Values } from './values.ts';

/** A list as somebody keeps it, as the API has it. */
export type SavedView = Omit<RowOf<typeof savedView>, 'resource' | 'filter' | 'columns'> & {
  resource: Resource;
  filter: Filter | null;
  columns: {
    order?: string[];
    hidden?: string[];
    widths?: Record<string, number>;
    pinned?: string[];
    /** Settings that are too large to be answered. */
    left_out?: string[];
  };
};

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
  resource: Resource;
}

/** Only a record that is open needs these, so a list does not wait for them. */
type LazyPart = LazyExoticComponent<ComponentType<{ record: AnyRecord }>>;

export interface OwnInputProps {
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A field of a new record that no other record type has. */
export interface OwnInput {
  Input: LazyExoticComponent<ComponentType<OwnInputProps>>;
  /** From what it holds to what the API takes. */
  toWire: (value: unknown) => unknown;
}

/** The form of a new record, where some of its fields depend on others. */
export interface NewForm {
  /** Those that fit together. */
  values: Values;
  /** The names of fields that a new one with these values needs where it begins. */
  asked: readonly string[];
  /** By the name of a reference, the few records it is one of, in their order. */
  choices: Readonly<Record<string, readonly Named[]>>;
}

/** A board that the server lays out, in place of the one that every record type has for the values of a field. */
export interface OwnBoard {
  /** The field whose values are its columns. */
  by: string;
  views: (session: Session) => ListView[];
  /** Chooses which of several boards is shown. */
  Picker: LazyExoticComponent<ComponentType>;
  Board: LazyExoticComponent<ComponentType<OwnBoardProps>>;
}

export interface OwnBoardProps {
  filter: Filter | null;
  onOpen: (record: { id: string }) => void;
  openId: string | null;
  /** Told the ids of the records on it, column by column. */
  onOrder: (ids: readonly string[]) => void;
  /** Begins a new record with these values; absent for whoever may not. */
  onCreate: ((values: Values) => void) | undefined;
  /** In place of a board that has nowhere to put a record. */
  empty: ReactNode;
}

export interface BulkDialogProps {
  /** "12 contacts" */
  counted: string;
  definition: RecordDefinition;
  error: unknown;
  busy: boolean;
  onRun: (action: () => BulkAction) => void;
  onClose: () => void;
}

/** What is to be done with many records, in words: "Assigning to Ada", "3 contacts assigned to Ada". */
export interface BulkAction {
  action: { kind: string } & Record<string, unknown>;
  doing: string;
  done: (count: number) => string;
}

/** A change of many records that other record types do not have. */
export interface OwnBulkAction {
  label: string;
  icon: LucideIcon;
  /** The right that it takes. */
  right: readonly [Resource, 'create' | 'update'];
  /** A change of this kind, as the API names it, makes records of another type, whose fields it gives. */
  makes?: { kind: string; resource: Resource };
  Dialog: LazyExoticComponent<ComponentType<BulkDialogProps>>;
}

/** An action of one record that other record types do not have, in the menu of its page; it takes the right to change it. */
export interface OwnAction {
  label: string;
  icon: LucideIcon;
  Dialog: LazyExoticComponent<ComponentType<OwnActionProps>>;
}

export interface OwnActionProps {
  record: AnyRecord;
  onClose: () => void;
}

/** What another module shows beside the records of a type that it builds on. */
export interface RelatedPart {
  Part: LazyPart;
  /** Of these record types, so that they do not stand there a second time. */
  shows: readonly Resource[];
}

/** A tab of a record, beside its timeline. */
export interface RecordTab {
  id: string;
  label: string;
  Part: LazyPart;
  /** Shown to those who may read it; without one, to all who read the record. */
  resource?: Resource;
}

/** What a product adds to a record type of another one, which knows nothing of it. */
export interface RecordExtension {
  of: Resource;
  bulkActions?: readonly OwnBulkAction[];
  relatedParts?: readonly RelatedPart[];
  tabs?: readonly RecordTab[];
}

/** A layout of a list that not every record type has, such as a tree. */
export interface OwnLayout {
  /** As the address names it. */
  id: string;
  label: string;
  icon: LucideIcon;
  List: LazyExoticComponent<ComponentType<OwnLayoutProps>>;
  /** It shows the open record itself, as an inbox of two panes does: no panel opens beside it. */
  showsRecord?: true;
}

export interface OwnLayoutProps extends OwnBoardProps {
  definition: RecordDefinition;
  sort: string | null;
}

/**
 * Which record types there are is known when the page runs: for the types of the router this stands for the address of
 * any of their lists.
 */
export type RecordPath = '/records';

/** What the first load has of a record type: how it is called, and where its list is. All else comes with `details`. */
export interface RecordType {
  resource: Resource;
  /** Of its list, on the page and in the API. */
  path: RecordPath;
  /** "Contact" and "Contacts"; within a sentence `wordsOf` has them in small letters. */
  singular: string;
  plural: string;
  /** "New contact": languages have a form of "new" for each noun. */
  newLabel: string;
  icon: LucideIcon;
  /** The mark of a company is square, that of a person round. */
  square: boolean;
  /** Pressed after g, it opens the list. */
  shortcut?: string;
  /** Among the few places at the bottom of a phone. */
  atBottom: boolean;
  /** The right that it takes, where its contract names another one than its own. */
  right: string;
  /** Its records are never changed nor deleted. */
  isFixed: boolean;
  /** Two of its records may be one. */
  hasDuplicates: boolean;
  /** Fetched before the first part of the page that needs more than this. */
  details: () => Promise<{ details: RecordDetails }>;
}

type Usual = 'square' | 'atBottom' | 'right' | 'isFixed' | 'hasDuplicates';
type Given = Omit<RecordType, 'path' | Usual> & { path: string } & Partial<Pick<RecordType, Usual>>;

export const recordType = (given: Given): RecordType => ({
  square: true,
  atBottom: false,
  right: given.resource,
  isFixed: false,
  hasDuplicates: false,
  ...given,
  path: given.path as RecordPath,
});

/** All that the list, the panel, the page and the form of one record type need to know. */
export interface RecordDefinition extends RecordType {
  contract: RecordContract;
  /** "a contact", as the object of a sentence. */
  indefinite: string;
  /** The first field is the name; its cell opens the record. */
  fields: readonly FieldDef[];
  /** What filters call ways to other records, where neither the field nor the other record type gives a good name. */
  relationLabels: Readonly<Record<string, string>>;
  views: (session: Session) => ListView[];
  defaultSort: string;
  defaultLayout: ListLayout;
  /** Fields whose sums stand at the foot of the list. */
  summed: readonly string[];
  /** Where sums of several currencies come as one. */
  totalPath?: string;
  /** What tells apart records of one name where one is chosen; by the names of references one is found there too. */
  choiceDetails: readonly string[];
  /** The fields in which the search finds records. */
  searched: readonly string[];
  /** Facts that matter, beside the name; `Facts` where they are more than fields. */
  facts: readonly string[];
  Facts?: ComponentType<{ record: AnyRecord }>;
  /** What it is connected to; by default all that its references and those of others say. */
  Related?: LazyPart;
  /** Among them what modules add that build on this one. */
  relatedParts: readonly RelatedPart[];
  /** Actions of this record type only, in the head of its page. */
  Actions?: LazyPart;
  /** Those of its actions that stand in the menu, each with a dialog. */
  menuActions: readonly OwnAction[];
  /** Below the head, above the fields. */
  Banner?: LazyPart;
  tabs: readonly RecordTab[];
  /** A new one of which only the name is known, as it is made while something else refers to it. */
  fromName?: (name: string) => Record<string, unknown>;
  /** What a record is called where that is more than its name; undefined where it is not. */
  fullName?: (record: AnyRecord) => string | undefined;
  /** What a new one starts with, beside its owner. */
  useStart: () => Values;
  /** What the form of a new one makes of what stands in it. */
  useNewForm: (values: Values) => NewForm;
  /** By name, those of them that are not among `fields`. */
  ownInputs: Readonly<Record<string, OwnInput>>;
  ownBoard?: OwnBoard;
  ownLayouts: readonly OwnLayout[];
  bulkActions: readonly OwnBulkAction[];
  /** Fields that are not set to one value on many records. */
  singleFields: readonly string[];
  /** The export makes vCards too. */
  cards?: boolean;
  /** The fields of a new one by which the rules for duplicates may know others. */
  compared: readonly string[];
  /** On a phone: the day and the first of the details that is filled stand below the name, `standing` at the right. */
  narrow: { day?: string; details: readonly string[]; standing: string };
  emptyText: string;
  /** The page that takes its files, where they are not those of the wizard. */
  importPath: string;
}

type Optional =
  | 'importPath'
  | 'relationLabels'
  | 'views'
  | 'defaultSort'
  | 'defaultLayout'
  | 'summed'
  | 'searched'
  | 'choiceDetails'
  | 'compared'
  | 'facts'
  | 'useStart'
  | 'useNewForm'
  | 'ownInputs'
  | 'bulkActions'
  | 'menuActions'
  | 'relatedParts'
  | 'tabs'
  | 'ownLayouts'
  | 'singleFields'
  | 'narrow';

/** What a record type says beside its manifest; for what it leaves out there is a good guess. */
export type RecordDetails = Omit<RecordDefinition, keyof RecordType | 'fields' | Optional> &
  Partial<Pick<RecordDefinition, Optional>> & { fields: readonly FieldView[] };
