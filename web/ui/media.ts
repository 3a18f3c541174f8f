import { useSyncExternalStore } from 'react';

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
/** On paper there is no scrolling: all that is at hand is drawn. */
export const usePrinting = () => useMedia('print');
/** A tablet, or half a screen. */
export const useTight = () => useMedia('(max-width: 1023px)');
