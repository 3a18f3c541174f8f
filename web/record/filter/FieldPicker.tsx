import { Combobox } from '@base-ui/react/combobox';
import { Parentheses } from 'lucide-react';
import type { ReactElement } from 'react';
import type { FieldDef } from '../field.ts';

interface FieldPickerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  fields: readonly FieldDef[];
  onPick: (field: FieldDef) => void;
  onGroup: () => void;
  trigger: ReactElement;
}

/** Which field to filter by, found by typing. */
export function FieldPicker({ open, onOpenChange, fields, onPick, onGroup, trigger }: FieldPickerProps) {
  return (
    <Combobox.Root<FieldDef>
      items={fields as FieldDef[]}
      open={open}
      onOpenChange={onOpenChange}
      value={null}
      autoHighlight
      itemToStringLabel={(field) => field.label}
      onValueChange={(field) => field && onPick(field)}
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
          <Combobox.Popup aria-label="Filter by" className="popup flex max-h-96 w-64 flex-col">
            <Combobox.Input
              aria-label="Filter by"
              placeholder="Filter by…"
              className="h-9 shrink-0 border-b border-line bg-transparent px-3 text-13 outline-none placeholder:text-faint"
            />
            <Combobox.Empty className="px-3 py-2 text-13 text-muted empty:hidden">No such field</Combobox.Empty>
            <Combobox.List className="min-h-0 overflow-y-auto p-1 empty:hidden">
              {(field: FieldDef) => (
                <Combobox.Item key={field.key} value={field} className="menu-item">
                  {field.label}
                </Combobox.Item>
              )}
            </Combobox.List>
            <div className="border-t border-line p-1">
              <button type="button" className="menu-item w-full hover:bg-hover" onClick={onGroup}>
                <Parentheses size={14} className="text-muted" />
                Any or all of several
              </button>
            </div>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
