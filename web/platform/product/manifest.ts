import type { AnyRoute } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import type { ComponentType, LazyExoticComponent } from 'react';
import type { PendingMutation } from '../offline/waiting.ts';
import type { Resource } from '../query/resources.ts';
import type { RecordExtension, RecordType } from '../record/definition.ts';
import type { AnyRecord } from '../record/field.ts';
import type { TimelineKind } from '../record/timeline/kind.ts';

export type May = (resource: string, action: string) => boolean;

/** A page that the navigation leads to. */
export interface Destination {
  to: string;
  label: string;
  /** The name of the command that goes there. */
  goTo: string;
  icon: LucideIcon;
  /** Shown to those who may read it; without one, to all. */
  resource?: string;
  /** Pressed after g. */
  key?: string;
  /** Among the few destinations at the bottom of a phone. */
  atBottom?: boolean;
  /** Beside its name, such as how much of it is unread. */
  Badge?: ComponentType;
}

/** A page at the foot of the sidebar. */
export interface Tool {
  to: string;
  label: string;
  icon: LucideIcon;
  isShown?: (may: May) => boolean;
}

/** What the command palette offers beside the destinations. */
export interface ProductCommand {
  label: string;
  icon: LucideIcon;
  to: string;
  search?: Record<string, unknown>;
  isShown?: (may: May) => boolean;
}

/** A collection of the API that is no record type with pages of its own. */
export interface Collection {
  path: string;
  /** Records that people work with all day, as opposed to settings. */
  isWorkedWith?: true;
  /** May stay in the browser for work without a network. */
  isKept?: true;
}

/** A record type that is shown with other records and has no list of its own kind. */
export interface AttachedType {
  singular: string;
  plural: string;
  newLabel: string;
  /** Of the API. */
  path: string;
  /** Where one of it opens; others are shown only with the record they are attached to. */
  link?: RecordLink;
}

/** Where a record opens that has no page of its own. */
export interface RecordLink {
  icon: LucideIcon;
  to: (id: string) => { to: string; search: Record<string, string> };
}

export type SettingsGroupId = 'you' | 'workspace' | 'data' | 'system' | 'installation';

export interface SettingsSection {
  id: string;
  under: SettingsGroupId;
  label: string;
  /** What one may look for without knowing the label, separated by commas. */
  about?: string;
  icon: LucideIcon;
  /** Shown to those who may read it. */
  resource?: string;
  /** Tells what happened: there is nothing in it to change. */
  report?: true;
  /** Shown to operators of the installation. */
  operator?: true;
  /** Takes all the room, and scrolls by itself. */
  wide?: true;
  /** Listed as one entry with others of this name, the first of which it opens; tabs lead from one to the other. */
  entry?: { label: string; icon: LucideIcon };
  Page: LazyExoticComponent<ComponentType>;
}

/** A right that roles give, as settings name it. */
export interface RightRow {
  resource: string;
  label: string;
  /**
   * Within a sentence, where a small first letter is not all that it takes: German keeps the capital of a noun, and of
   * nothing else.
   */
  within?: string;
}

/** What a product brings to the settings. */
export interface ProductSettings {
  sections: readonly SettingsSection[];
  /** Rights beside those of its record types: to records, and to what is chosen from. */
  rights?: { records?: readonly RightRow[]; vocabulary?: readonly RightRow[] };
  /** Its jobs, by their kind. */
  jobs?: Readonly<Record<string, string>>;
  /** What the audit log tells of and has no list of its own, as it stands in a sentence: "a stage of a pipeline". */
  things?: Readonly<Record<Resource, string>>;
  /** Those of them that have a name. */
  named?: readonly Resource[];
}

/** A part of the home page: figures at its top, a notice below them, then two columns. */
export interface HomePart {
  slot: 'figures' | 'notice' | 'main' | 'side';
  /** Shown to those who may read it; without one, to all. */
  resource?: string;
  Part: ComponentType;
}

/** What somebody sets up once in an empty workspace: a section of the settings, and the right that it takes. */
export interface FirstStep {
  section: string;
  label: string;
  icon: LucideIcon;
  right: readonly [resource: string, action: string];
}

/** Queries that are read again after a change of one of these resources. */
export interface LiveSubscription {
  of: readonly Resource[];
  /** The first parts of their keys. */
  rereads: readonly string[];
}

/** What happens to changes of a record type that waited for a network. */
export interface OfflineHandler {
  /** Called when a change has reached the server, before lists are read again. */
  onArrival?: (entry: PendingMutation) => Promise<void>;
  /** Asks for the fields for want of which the server refused the change, and sends it again. */
  FillMissing?: LazyExoticComponent<ComponentType<{ entry: PendingMutation; onFilled: () => Promise<void> }>>;
}

/** All that a product brings to the page. `main.tsx` lists the manifests; the rest of the page reads them from here. */
export interface Manifest {
  /** As `/api/v1/features` names the product. */
  id: string;
  /** Of its switch, and of its group in the navigation. */
  title?: string;
  /** Part of every workspace: it cannot be switched off. */
  isBase?: true;
  routes?: readonly AnyRoute[];
  /** Pages without the frame of the app, also for people who are not signed in. */
  openRoutes?: readonly AnyRoute[];
  /** Their lists, pages and panels follow from what they say here and from their details, which come later. */
  records?: readonly RecordType[];
  /** What it adds to record types of products that it builds on. */
  extensions?: readonly RecordExtension[];
  attached?: Readonly<Record<Resource, AttachedType>>;
  /** Where the API keeps what is neither a record type with pages nor a part of the platform. */
  collections?: Readonly<Record<Resource, Collection>>;
  /** Where records without a page of their own open, beside those of `attached`. */
  links?: Readonly<Record<Resource, RecordLink>>;
  /** Its group of the navigation, in order; without it: its record types. */
  navigation?: readonly (Destination | RecordType)[];
  tools?: readonly Tool[];
  commands?: readonly ProductCommand[];
  /** Fetched with the settings. */
  settings?: () => Promise<ProductSettings>;
  /** Fetched with the home page. */
  home?: () => Promise<{ homeParts: readonly HomePart[] }>;
  firstSteps?: readonly FirstStep[];
  live?: readonly LiveSubscription[];
  /** Further kinds of entries in the timelines of records. */
  timeline?: readonly TimelineKind[];
  /** Shown with every record that things can be attached to, unless its type arranges what it is connected to. */
  related?: LazyExoticComponent<ComponentType<{ of: Resource; record: AnyRecord }>>;
  offline?: Readonly<Record<Resource, OfflineHandler>>;
}
