import { Combobox } from '@base-ui/react/combobox';
import { Parentheses } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { t } from '../../../text/text.ts';
import type { Relation } from '../definition.ts';
import { definitionOf } from '../definitions.ts';
import type { FieldDef } from '../field.ts';
import type { FilterSubject } from './subject.ts';

interface FieldPickerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  subject: FilterSubject;
  onPick: (field: FieldDef) => void;
  /** By related records: any, or by one of their fields. */
  onRelation: (relation: Relation, field?: FieldDef) => void;
  onGroup: () => void;
  trigger: ReactElement;
}

interface Choice {
  key: string;
  label: string;
  field?: FieldDef;
  relation?: Relation;
}

const ownChoices = ({ fields, relations }: FilterSubject): Choice[] => [
  ...fields.map((field) => ({ key: field.key, label: field.label, field })),
  ...relations.map((relation) => ({ key: `${relation.name}.`, label: relation.label, relation })),
];

/** Too many to be listed, but found by who types their name. */
const relatedChoices = ({ relations }: FilterSubject): Choice[] =>
  relations.flatMap((relation) =>
    definitionOf(relation.resource)
      .fields.filter(({ filterable }) => filterable)
      .map((field) => ({
        key: `${relation.name}.${field.key}`,
        label: t('{relation}: {field}', { relation: relation.label, field: field.label }),
        field,
        relation,
      })),
  );

/** Which field, or which related records, to filter by; found by typing. */
export function FieldPicker({ open, onOpenChange, subject, onPick, onRelation, onGroup, trigger }: FieldPickerProps) {
  const [typed, setTyped] = useState('');
  return (
    <Combobox.Root<Choice>
      items={[...ownChoices(subject), ...(typed ? relatedChoices(subject) : [])]}
      open={open}
      onOpenChange={onOpenChange}
      onInputValueChange={setTyped}
      value={null}
      autoHighlight
      itemToStringLabel={(choice) => choice.label}
      onValueChange={(choice) => {
        if (choice?.relation) onRelation(choice.relation, choice.field);
        else if (choice?.field) onPick(choice.field);
      }}
    >
      <Combobox.Trigger
        render={trigger}
        onKeyDown={(event) => {
          // Closed, it would take a letter for the field that starts with it; the page has other uses for letters.
          if (event.key.length === 1 && event.key !== ' ') event.preventBaseUIHandler();
        }}
      />
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={6} align="start" className="z-40">
          <Combobox.Popup aria-label={t('Filter by')} className="popup flex max-h-96 w-64 flex-col">
            <Combobox.Input
              aria-label={t('Filter by')}
              placeholder={t('Filter by…')}
              className="h-9 shrink-0 border-b border-line bg-transparent px-3 text-13 outline-none placeholder:text-faint"
            />
            <Combobox.Empty className="px-3 py-2 text-13 text-muted empty:hidden">{t('No such field')}</Combobox.Empty>
            <Combobox.List className="min-h-0 overflow-y-auto p-1 empty:hidden">
              {(choice: Choice) => (
                <Combobox.Item key={choice.key} value={choice} className="menu-item">
                  {choice.label}
                  {choice.relation && !choice.field && <span className="ms-auto text-muted">{t('related')}</span>}
                </Combobox.Item>
              )}
            </Combobox.List>
            <div className="border-t border-line p-1">
              <button type="button" className="menu-item w-full hover:bg-hover" onClick={onGroup}>
                <Parentheses size={14} className="text-muted" />
                {t('Any or all of several')}
              </button>
            </div>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
