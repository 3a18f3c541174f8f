import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { isComposing } from '../../../ui/composing.ts';
import { Input } from '../../../ui/Input.tsx';
import type { EditEnd } from '../../../ui/table/column.ts';

interface TypedAheadProps {
  label: string;
  text: string;
  onText: (text: string) => void;
  /** With the text, or without for none. */
  onEnd: (to: EditEnd, save: boolean) => void;
}

/** Takes what is typed into a cell whose editor is still on its way. */
export function TypedAhead({ label, text, onText, onEnd }: TypedAheadProps) {
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  // Before the key that began the edit lands.
  useLayoutEffect(() => input.current?.focus(), []);
  function end(to: EditEnd, save: boolean) {
    if (ended.current) return;
    ended.current = true;
    onEnd(to, save);
  }

  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation();
    if (isComposing(event.nativeEvent)) return;
    const { key, shiftKey } = event;
    if (key === 'Escape') end('stay', false);
    else if (key === 'Enter') end(shiftKey ? 'up' : 'down', true);
    else if (key === 'Tab') end(shiftKey ? 'left' : 'right', true);
    else return;
    event.preventDefault();
  }

  return (
    <Input
      ref={input}
      aria-label={label}
      className="h-full! rounded-none! px-3! text-13!"
      value={text}
      onValueChange={onText}
      onKeyDown={onKeyDown}
      onBlur={() => end('away', true)}
    />
  );
}
