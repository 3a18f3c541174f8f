import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { t, translateServerText } from '../../text/text.ts';
import { isComposing } from '../../ui/composing.ts';
import { cx } from '../../ui/cx.ts';
import type { EditEnd } from '../../ui/table/column.ts';
import { toast } from '../../ui/toast.ts';
import { ApiError, messageInForm } from '../query/problem.ts';
import type { Resource } from '../query/resources.ts';
import { FieldInput } from './FieldInput.tsx';
import { type AnyRecord, type FieldDef, readField } from './field.ts';
import { currentOf, saveField } from './saveField.ts';

/** A choice is saved at once and ends the edit. */
const chosen = new Set<FieldDef['kind']>(['select', 'reference', 'boolean', 'currency']);
/** Each choice is saved at once, and more may follow. */
const gathered = new Set<FieldDef['kind']>(['tags', 'multi_select']);
const multiline = new Set<FieldDef['kind']>(['long_text', 'lines', 'labelled', 'addresses']);

interface InlineEditorProps {
  resource: Resource;
  record: AnyRecord;
  field: FieldDef;
  onDone: (end?: EditEnd) => void;
  /** In a table cell, takes the value to save, so that one can go on at once. */
  onValue?: (value: unknown) => void;
  /** A character is about to replace what stands there. */
  typed?: boolean;
  /** To begin with, in place of what the record has. */
  draft?: unknown;
}

/**
 * Enter or leaving saves, Esc leaves all as it was, a choice saves at once. What was refused waits for Enter. In texts
 * of several lines Enter takes Mod. In a table cell Enter goes down and Tab goes right, with Shift back.
 */
export default function InlineEditor({ resource, record, field, onDone, onValue, typed, draft }: InlineEditorProps) {
  const inCell = onValue !== undefined;
  const [value, setValue] = useState(() => draft ?? readField(record, field));
  const [message, setMessage] = useState<string | null>(null);
  const held = useRef(value);
  const saving = useRef(false);
  /** Saving was asked for once more while it went on. */
  const again = useRef(false);
  // What one saw when one began to type: what others change meanwhile must not pass for it. Saves follow one another,
  // each on what the one before it made.
  const last = useRef<Promise<AnyRecord>>(Promise.resolve(record));
  const box = useRef<HTMLDivElement>(null);
  const control = useRef<HTMLElement>(undefined);
  const ended = useRef(false);
  /** The focus went to something else. */
  const left = useRef(false);
  function end(to?: EditEnd) {
    ended.current = true;
    onDone(to);
  }
  // One can also leave the page while a value is being saved, or by the Back key or the palette before the field was
  // left.
  const leave = useRef<() => void>(undefined);
  leave.current = () => {
    const isTyped = !chosen.has(field.kind) && !gathered.has(field.kind);
    const unsaved = !ended.current && isTyped && message === null;
    ended.current = true;
    if (unsaved) void save(held.current, 'away');
  };
  useEffect(() => {
    ended.current = false;
    return () => leave.current?.();
  }, []);
  useLayoutEffect(() => {
    const first = box.current?.querySelector<HTMLElement>('input:not([aria-hidden]), textarea, [role], button');
    if (!first?.matches(':focus')) first?.focus();
    if (typed && (first instanceof HTMLInputElement || first instanceof HTMLTextAreaElement)) first.select();
    control.current = first ?? undefined;
  }, [typed]);

  /** A date of which a part is missing: the browser gives nothing for it, which would take away what stood there. */
  const isUnfinished = () => control.current instanceof HTMLInputElement && control.current.validity.badInput;

  /** Where the editor is gone, a refusal is said on its own. */
  function refuse(reason: string) {
    if (!ended.current) setMessage(reason);
    else toast(t('{field} was not saved', { field: field.label }), { kind: 'error', description: reason });
  }

  async function save(next: unknown, to?: EditEnd) {
    if (isUnfinished()) {
      if (inCell && to === 'away') end(to);
      refuse(t('It is not complete yet.'));
      return;
    }
    if (onValue && !gathered.has(field.kind)) {
      onValue(next);
      end(to);
      return;
    }
    if (gathered.has(field.kind)) {
      await send(next);
      return;
    }
    if (saving.current) {
      again.current = true;
      return;
    }
    saving.current = true;
    again.current = false;
    const answer = await send(next);
    saving.current = false;
    // What somebody else has just saved is replaced only by whoever was told of it.
    if (answer === 'conflict') return;
    if (held.current === next) {
      if (answer === 'saved' && !ended.current) end(left.current ? 'away' : undefined);
    } else if (again.current) {
      setMessage(null);
      void save(held.current);
    }
  }

  async function send(next: unknown): Promise<'saved' | 'refused' | 'conflict'> {
    try {
      const before = last.current;
      const saved = before.then((seen) => saveField(resource, seen, field, next));
      last.current = saved.catch((error) => currentOf(error) ?? before);
      await saved;
      return 'saved';
    } catch (error) {
      const own =
        error instanceof ApiError ? error.problem.errors.find((each) => isAbout(field, each.field)) : undefined;
      refuse(own ? translateServerText(own.message) : messageInForm(error));
      return error instanceof ApiError && error.status === 412 ? 'conflict' : 'refused';
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event.nativeEvent)) {
      // Nor does it belong to the grid around it.
      event.stopPropagation();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      again.current = false;
      end();
    } else if (event.key === 'Enter' && endsWithEnter(field, event)) {
      event.preventDefault();
      void save(value, event.shiftKey ? 'up' : 'down');
    } else if (event.key === 'Tab' && inCell && !event.defaultPrevented) {
      event.preventDefault();
      const to = event.shiftKey ? 'left' : 'right';
      if (chosen.has(field.kind) || gathered.has(field.kind)) end(to);
      else void save(value, to);
    }
    if (inCell) event.stopPropagation();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: takes the keys of the control inside
    <div
      ref={box}
      className={cx(
        'relative w-full min-w-0',
        inCell && 'h-full [&_.control]:h-full [&_.control]:rounded-none [&_.control]:px-3 [&_.control]:text-13',
      )}
      onKeyDown={onKeyDown}
      onFocus={() => {
        left.current = false;
      }}
      onBlur={(event) => {
        const to = event.relatedTarget as HTMLElement | null;
        // A popup of the control is drawn elsewhere in the document but belongs to it.
        if (
          ended.current ||
          box.current?.contains(to) ||
          to?.closest('[role="listbox"], [role="dialog"], [role="presentation"]')
        )
          return;
        left.current = to !== null;
        if (gathered.has(field.kind) || (chosen.has(field.kind) && to)) end('away');
        // What was refused is not sent again by the way: after a conflict that would replace what somebody else has
        // just saved.
        else if (!chosen.has(field.kind) && message === null) void save(value, 'away');
      }}
    >
      <FieldInput
        field={field}
        value={value}
        autoFocus
        onChange={(next) => {
          setValue(next);
          held.current = next;
          setMessage(null);
          if (chosen.has(field.kind) || gathered.has(field.kind)) void save(next);
        }}
      />
      {message && (
        <p
          role="alert"
          className={cx(
            'text-12 text-bad-ink',
            inCell ? 'popup absolute top-full start-0 z-10 mt-1 px-2 py-1 whitespace-nowrap' : 'mt-1',
          )}
        >
          {message}
        </p>
      )}
    </div>
  );
}

/** Errors of lists name the place in the list; of the first value, the field of the record that holds it. */
const isAbout = ({ key, first }: FieldDef, name: string): boolean =>
  name === key || name.startsWith(`${key}.`) || Object.values(first ?? {}).includes(name);

function endsWithEnter(field: FieldDef, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || chosen.has(field.kind) || gathered.has(field.kind)) return false;
  return multiline.has(field.kind) ? event.metaKey || event.ctrlKey : true;
}
