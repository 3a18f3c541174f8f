import { Combobox } from '@base-ui/react/combobox';
import { Parentheses } from 'lucide-react';
import type { ReactElement } from 'react';
import { t } from '../../text/text.ts';
import type { Relation } from '../definition.ts';
import type { FieldDef } from '../field.ts';
import type { FilterSubject } from './subject.ts';

interface FieldPickerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  subject: FilterSubject;
  onPick: (field: FieldDef) => void;
  onRelation: (relation: Relation) => void;
  onGroup: () => void;
  trigger: ReactElement;
}

const isRelation = (choice: FieldDef | Relation): choice is Relation => 'definition' in choice;

/** Which field, or which related records, to filter by; found by typing. */
export function FieldPicker({ open, onOpenChange, subject, onPick, onRelation, onGroup, trigger }: FieldPickerProps) {
  return (
    <Combobox.Root<FieldDef | Relation>
      items={[...subject.fields, ...subject.relations]}
      open={open}
      onOpenChange={onOpenChange}
      value={null}
      autoHighlight
      itemToStringLabel={(choice) => choice.label}
      onValueChange={(choice) => {
        if (choice) isRelation(choice) ? onRelation(choice) : onPick(choice);
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
              {(choice: FieldDef | Relation) => (
                <Combobox.Item key={isRelation(choice) ? choice.name : choice.key} value={choice} className="menu-item">
                  {choice.label}
                  {isRelation(choice) && <span className="ms-auto text-muted">{t('related')}</span>}
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
