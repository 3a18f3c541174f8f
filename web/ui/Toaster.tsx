import { Toast } from '@base-ui/react/toast';
import { CircleAlert, X } from 'lucide-react';
import { type FocusEvent, type KeyboardEvent, useRef } from 'react';
import { t } from '../text/text.ts';
import { ProgressBar } from './ProgressBar.tsx';
import { type ToastData, toasts } from './toast.ts';

/**
 * Mounted once, at the root. At the bottom, clear of what one works with there: the bar of what is selected, and on a
 * phone the foot of a list and the bar below it. A dialog that rises from the bottom of a phone leaves room at the top.
 */
export function Toaster() {
  const returning = useReturningFocus();
  return (
    <Toast.Provider toastManager={toasts} limit={3}>
      <Toast.Portal>
        <Toast.Viewport
          {...returning}
          className="fixed inset-x-4 bottom-[max(6.75rem+env(safe-area-inset-bottom),var(--selection-bar,0px)+0.5rem)] z-50 flex flex-col gap-2 max-sm:[body:has([data-sheet])_&]:top-2 max-sm:[body:has([data-sheet])_&]:bottom-auto md:right-auto md:bottom-[max(1rem,var(--selection-bar,0px)+0.5rem)] md:left-1/2 md:w-auto md:min-w-80 md:max-w-lg md:-translate-x-1/2"
        >
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

/** A toast goes with its button, and would take the focus along: it goes back to where one came from. */
function useReturningFocus() {
  const from = useRef<HTMLElement | null>(null);
  const goBack = () => from.current?.focus({ preventScroll: true });
  return {
    onFocus: ({ relatedTarget, currentTarget }: FocusEvent<HTMLElement>) => {
      if (relatedTarget instanceof HTMLElement && !currentTarget.contains(relatedTarget)) from.current = relatedTarget;
    },
    onClick: goBack,
    onKeyDown: ({ key }: KeyboardEvent) => key === 'Escape' && goBack(),
  };
}

const buttonClass = 'h-8 shrink-0 rounded-md px-2.5 text-13 font-medium text-accent-ink hover:bg-hover';

function List() {
  const { toasts: shown } = Toast.useToastManager<ToastData>();
  return shown.map((item) => (
    <Toast.Root
      key={item.id}
      toast={item}
      className="popup shadow-dialog transition-[opacity,transform] duration-160 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex min-h-11 items-center gap-3 py-1.5 pe-1.5 ps-3.5">
        {item.type === 'error' && <CircleAlert size={16} className="shrink-0 text-bad-ink" aria-hidden="true" />}
        {/* Said at once by its role: the library's own way for what is urgent hides buttons that can still be reached. */}
        <div role={item.type === 'error' ? 'alert' : undefined} className="min-w-0 flex-1 py-1">
          <Toast.Title className="text-13 font-medium" render={<p />} />
          <Toast.Description className="text-13 wrap-anywhere text-muted tabular-nums" />
          {item.data?.percent !== undefined && (
            <div className="mt-1.5 mb-0.5">
              <ProgressBar label={String(item.title)} value={item.data.percent} />
            </div>
          )}
        </div>
        {item.data?.open && (
          <button
            type="button"
            className={buttonClass}
            onClick={() => {
              toasts.close(item.id);
              item.data?.open?.run();
            }}
          >
            {item.data.open.label}
          </button>
        )}
        <Toast.Action className={buttonClass} />
        <Toast.Close
          aria-label={t('Dismiss')}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
        >
          <X size={14} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
