const layers = '[role="dialog"]:not([aria-modal="false"]), [role="alertdialog"], [role="menu"], [role="listbox"]';

/**
 * Whether something lies over the page and takes its keys. What a toast says lies beside it; the list of a select that
 * was closed is there, unseen.
 */
export const isLayerOpen = (): boolean =>
  [...document.querySelectorAll(layers)].some((layer) => layer.checkVisibility({ visibilityProperty: true }));
