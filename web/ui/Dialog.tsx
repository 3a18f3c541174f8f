import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { t } from '../text/text.ts';
import { cx } from './cx.ts';
import { useReturnFocus } from './focusHeir.ts';
import { IconButton } from './IconButton.tsx';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** Beside the way out. */
  tools?: ReactNode;
  size?: 'small' | 'medium' | 'large';
  /**
   * What stands in it is not shown again: a click beside it, perhaps to get to where it is to be pasted, does not close
   * it.
   */
  shownOnce?: boolean;
  children?: ReactNode;
  footer?: ReactNode;
}

const widths = { small: 'sm:max-w-md', medium: 'sm:max-w-xl', large: 'sm:max-w-3xl' };

export function Dialog({
  open,
  onClose,
  title,
  description,
  tools,
  size = 'small',
  shownOnce = false,
  children,
  footer,
}: DialogProps) {
  const returnFocus = useReturnFocus(open);
  const body = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLElement>(null);
  // What one came for: the first field, or else what the dialog is there to do, or to say. A field in it takes no
  // `autoFocus`: that comes before the dialog has seen where the focus goes back to.
  const first = () =>
    body.current?.querySelector<HTMLElement>('input, textarea, [role="combobox"]') ??
    body.current?.querySelector<HTMLElement>('a, button') ??
    foot.current?.querySelector<HTMLElement>('button:last-of-type') ??
    body.current ??
    true;
  return (
    <Base.Root open={open} disablePointerDismissal={shownOnce} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="scrim z-40" />
        <Base.Popup
          initialFocus={first}
          {...returnFocus}
          data-sheet=""
          className={cx(
            // On a phone the toast above it stays in sight, and covers nothing of it.
            'fixed inset-x-0 bottom-0 z-40 mx-auto flex max-h-[min(92dvh,100dvh-5rem)] w-full flex-col rounded-t-lg border border-line bg-raised shadow-dialog outline-none',
            'sm:inset-x-4 sm:top-[12vh] sm:bottom-auto sm:max-h-[76vh] sm:w-auto sm:rounded-lg',
            'transition-[opacity,transform] duration-160 data-starting-style:translate-y-2 data-starting-style:opacity-0 data-ending-style:opacity-0',
            widths[size],
          )}
        >
          <header className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-16 wrap-anywhere">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-1 text-13 wrap-anywhere text-muted">{description}</Base.Description>
              )}
            </div>
            <span className="-me-2 flex">
              {tools}
              <IconButton label={t('Close')} keys="esc" onClick={onClose}>
                <X size={16} />
              </IconButton>
            </span>
          </header>
          {children && (
            <div ref={body} tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto px-5 pb-5 outline-none">
              {children}
            </div>
          )}
          {footer && (
            <footer ref={foot} className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
              {footer}
            </footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
