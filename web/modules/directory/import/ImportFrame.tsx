import { type ReactNode, useEffect, useRef } from 'react';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { t } from '../../../text/text.ts';
import { Stepper } from '../../../ui/Stepper.tsx';

const steps = [t('Files'), t('What we found'), t('Columns'), t('Check'), t('Import')];

interface ImportFrameProps {
  /** Null: not known yet. */
  step: number | null;
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The page around each step: where one is, and the way on at the right. */
export function ImportFrame({ step, title, actions, children }: ImportFrameProps) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // The button that led here took the focus along when it went. A page that was just opened leaves the focus to the
    // browser.
    if (navigator.userActivation.hasBeenActive && document.activeElement === document.body)
      // Nobody looks for a ring around the whole page.
      section.current?.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
  }, []);
  return (
    <>
      <PageBar title={<h1 className="truncate">{title}</h1>} actions={actions} />
      <section
        ref={section}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a report may hold nothing to focus, and still has to scroll by keyboard
        tabIndex={0}
        aria-label={step === null ? t('Import') : steps[step]}
        className="min-h-0 flex-1 overflow-y-auto bg-surface -outline-offset-2"
      >
        <div className="border-b border-line px-4 py-3 md:px-5">
          <Stepper steps={steps} current={step} />
        </div>
        <div className="px-4 py-6 md:px-8 md:py-8">{children}</div>
      </section>
    </>
  );
}
