import { type ComponentProps, type FocusEvent, type MouseEvent, type ReactNode, useState } from 'react';
import { cx } from './cx.ts';
import { useFocusHeir } from './focusHeir.ts';
import { Spinner } from './Spinner.tsx';

type Emphasis = 'primary' | 'secondary' | 'quiet' | 'danger';

/** A border nobody sees is one where the system paints with its own colours and drops backgrounds. */
const looks: Record<Emphasis, string> = {
  primary: 'border border-transparent bg-accent text-on-accent hover:bg-accent-hover active:bg-accent-hover',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-hover active:bg-pressed data-popup-open:bg-hover',
  quiet: 'text-muted hover:bg-hover hover:text-ink active:bg-pressed data-popup-open:bg-hover data-popup-open:text-ink',
  danger: 'border border-transparent bg-bad text-on-accent hover:bg-bad-hover',
};

export function buttonClass(emphasis: Emphasis = 'secondary', size: 'small' | 'medium' = 'medium', className?: string) {
  return cx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors',
    'disabled:opacity-50 disabled:pointer-events-none aria-disabled:opacity-50 aria-disabled:pointer-events-none pointer-coarse:min-h-10',
    size === 'small' ? 'h-7 px-2 text-12' : 'h-8 px-3 text-13',
    looks[emphasis],
    className,
  );
}

export interface ButtonProps extends ComponentProps<'button'> {
  emphasis?: Emphasis;
  size?: 'small' | 'medium';
  icon?: ReactNode;
  busy?: boolean;
}

const ignore = (event: MouseEvent) => {
  event.preventDefault();
  event.stopPropagation();
};

/**
 * While busy it does nothing, submit included, but is not disabled: a disabled button loses the focus, and whoever
 * pressed it by key their place. For the same reason one that has the focus is disabled once the focus has gone on,
 * such as after it has saved all there was.
 */
export function Button({ emphasis, size, icon, busy, disabled, className, children, ...rest }: ButtonProps) {
  const [focused, setFocused] = useState(false);
  const focus = useFocusHeir();
  const idle = busy || (disabled && focused);
  const seen =
    (now: boolean, told?: (event: FocusEvent<HTMLButtonElement>) => void) => (event: FocusEvent<HTMLButtonElement>) => {
      setFocused(now);
      focus.onFocus(event);
      told?.(event);
    };
  return (
    <button
      type="button"
      className={buttonClass(emphasis, size, className)}
      aria-busy={busy || undefined}
      aria-disabled={idle || undefined}
      disabled={disabled && !focused}
      {...rest}
      onFocus={seen(true, rest.onFocus)}
      onBlur={seen(false, rest.onBlur)}
      onClick={idle ? ignore : rest.onClick}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}
