import { Check } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from '../cx.ts';

interface NarrowButtonProps extends ComponentProps<'button'> {
  /** Null while rows are not being selected. */
  checked: boolean | null;
}

/** A row on a phone: a tap opens it, or selects it. */
export function NarrowButton({ checked, children, ...rest }: NarrowButtonProps) {
  const look = 'flex min-h-15 w-full items-center gap-3 border-b border-line px-4 py-2 text-start active:bg-hover';
  if (checked === null)
    return (
      <button type="button" className={look} {...rest}>
        {children}
      </button>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: the whole row is the box, and an <input> holds nothing
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      className={cx(look, checked && 'bg-accent-soft')}
      {...rest}
    >
      <span
        aria-hidden="true"
        className={cx(
          'inline-flex size-5 shrink-0 items-center justify-center rounded-sm border text-on-accent',
          checked ? 'border-accent bg-accent' : 'border-control bg-surface',
        )}
      >
        {checked && <Check size={14} strokeWidth={3} />}
      </span>
      {children}
    </button>
  );
}
