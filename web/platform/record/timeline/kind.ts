import type { LucideIcon } from 'lucide-react';
import type { ComponentType, LazyExoticComponent } from 'react';
import type { Resource } from '../../query/resources.ts';
import type { AnyRecord } from '../field.ts';

/** A kind of timeline entries that a product adds. An entry of it has the record under the name of the kind. */
export interface TimelineKind {
  /** As the API names it, which is also the name of the record type. */
  kind: Resource;
  /** Of the button that shows only these. */
  label: string;
  icon: LucideIcon;
  Entry: LazyExoticComponent<ComponentType<{ entry: AnyRecord }>>;
  /** How one is written down beside a record. */
  compose?: {
    label: string;
    icon: LucideIcon;
    Dialog: LazyExoticComponent<ComponentType<ComposeDialogProps>>;
  };
}

export interface ComposeDialogProps {
  /** The record that it is about. */
  resource: Resource;
  record: AnyRecord;
  onClose: () => void;
}
