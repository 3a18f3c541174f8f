import type { ComponentProps } from 'react';
import { cx } from './cx.ts';
import { useFocusHeir } from './focusHeir.ts';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does: its accessible name and its tooltip. */
  label: string;
  keys?: string;
  size?: 'small' | 'medium';
}

export function IconButton({ label, keys, size = 'medium', className, children, ...rest }: IconButtonProps) {
  const focus = useFocusHeir(rest.disabled);
  return (
    <Tooltip label={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        className={cx(
          'inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink',
          'active:bg-pressed disabled:opacity-40 disabled:pointer-events-none data-popup-open:bg-hover data-popup-open:text-ink',
          size === 'small' ? 'size-6' : 'size-8',
          'pointer-coarse:min-h-10 pointer-coarse:min-w-10',
          className,
        )}
        {...rest}
        onFocus={(event) => {
          focus.onFocus(event);
          rest.onFocus?.(event);
        }}
        onBlur={(event) => {
          focus.onBlur();
          rest.onBlur?.(event);
        }}
      >
        {children}
      </button>
    </Tooltip>
  );
}
