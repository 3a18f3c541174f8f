import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { t } from '../../../../text/text.ts';
import { isComposing } from '../../../../ui/composing.ts';
import { Input } from '../../../../ui/Input.tsx';
import type { EditEnd, EditOptions } from '../../../../ui/table/column.ts';

interface CellEditorProps extends EditOptions {
  label: string;
  start: string;
  /** `everywhere`: in every row whose cell says the same. */
  onSave: (value: string, everywhere: boolean) => void;
}

/** Enter and Tab save and go on, Mod+Enter saves for all rows with the same text, Esc leaves the cell as it was. */
export function CellEditor({ label, start, typed, done, onSave }: CellEditorProps) {
  const [value, setValue] = useState(start);
  // What stood there when the edit began: the row may be read again meanwhile. What replaces it is saved even if it
  // looks the same.
  const [before] = useState(start);
  const box = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  // At once, so that the key that began the edit lands here.
  useLayoutEffect(() => {
    box.current?.focus();
    if (typed) box.current?.select();
  }, [typed]);

  function end(to: EditEnd, everywhere = false) {
    if (ended.current) return;
    ended.current = true;
    if (typed || value !== before) onSave(value, everywhere);
    done(to);
  }

  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation();
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Enter') end(event.shiftKey ? 'up' : 'down', event.ctrlKey || event.metaKey);
    else if (event.key === 'Tab') end(event.shiftKey ? 'left' : 'right');
    else if (event.key === 'Escape') {
      ended.current = true;
      done('stay');
    } else return;
    event.preventDefault();
  }

  return (
    <Input
      ref={box}
      aria-label={t('{column}: correct it', { column: label })}
      value={value}
      className="h-full! rounded-none!"
      onValueChange={setValue}
      onKeyDown={onKeyDown}
      onBlur={() => end('away')}
    />
  );
}
