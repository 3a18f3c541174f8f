/** Whether something lies over the page and takes its keys. What a toast says lies beside it. */
export const isLayerOpen = (): boolean =>
  document.querySelector(
    '[role="dialog"]:not([aria-modal="false"]), [role="alertdialog"], [role="menu"], [role="listbox"]',
  ) !== null;
