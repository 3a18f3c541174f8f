/** One view among those in the bar of a page; pressed as a button, current as a link, it is the one shown. */
export const viewClass =
  'flex h-7 pointer-coarse:h-10 shrink-0 items-center rounded-md px-2 text-13 text-muted hover:bg-hover hover:text-ink aria-pressed:bg-pressed aria-pressed:font-medium aria-pressed:text-ink data-current:bg-pressed data-current:font-medium data-current:text-ink';

/** How a link in the bar of a page leads to one of its views, and is marked while that is the one shown. */
export const viewLink = (current: boolean) => ({
  // The view without a parameter is not every other one too.
  activeOptions: { explicitUndefined: true },
  'data-current': current ? '' : undefined,
  className: viewClass,
});
