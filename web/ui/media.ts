import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}

export const useCoarsePointer = () => useMedia('(pointer: coarse)');
export const useNarrow = () => useMedia('(max-width: 767px)');
/** A tablet, or half a screen. */
export const useTight = () => useMedia('(max-width: 1023px)');

/**
 * Between the events around printing; that the medium is paper comes too late, when the browser has counted the pages.
 */
let isForPaper = false;

function onPrinting(changed: () => void): () => void {
  const become = (forPaper: boolean) => () => {
    isForPaper = forPaper;
    flushSync(changed);
  };
  const [begin, end] = [become(true), become(false)];
  const paper = window.matchMedia('print');
  window.addEventListener('beforeprint', begin);
  window.addEventListener('afterprint', end);
  paper.addEventListener('change', changed);
  return () => {
    window.removeEventListener('beforeprint', begin);
    window.removeEventListener('afterprint', end);
    paper.removeEventListener('change', changed);
  };
}

/** On paper there is no scrolling: all that is at hand is drawn. */
export const usePrinting = (): boolean =>
  useSyncExternalStore(onPrinting, () => isForPaper || window.matchMedia('print').matches);
