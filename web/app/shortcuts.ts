import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isTyping } from '../platform/page/useKey.ts';
import { keyOf } from '../ui/keys.ts';
import { isLayerOpen } from '../ui/layers.ts';
import { destinations } from './navigation.ts';

const chord_ms = 1200;

/** Mod+K searches, g then a letter goes somewhere, ? lists the keys. */
export function useShortcuts({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const router = useRouter();
  const latest = useRef({ onSearch, onHelp });
  latest.current = { onSearch, onHelp };
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      const pressed = keyOf(event);
      if ((event.metaKey || event.ctrlKey) && !event.shiftKey && pressed === 'k') {
        event.preventDefault();
        latest.current.onSearch();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      // A menu finds its entries by their first letters, and what lies over the page is answered first.
      if (isLayerOpen()) {
        chordUntil = 0;
        return;
      }
      if (pressed === '?') latest.current.onHelp();
      else if (pressed === '/') {
        event.preventDefault();
        // A page that has a search of its own.
        const own = document.querySelector<HTMLElement>('[data-search-of-page]');
        if (own) own.focus();
        else latest.current.onSearch();
      } else if (pressed === 'g') chordUntil = event.timeStamp + chord_ms;
      else if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        const found = destinations().find(({ key }) => key === pressed);
        if (!found) return;
        event.preventDefault();
        event.stopPropagation();
        void router.navigate({ to: found.to });
      }
    };
    // Before the grid, which knows some of the same letters.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [router]);
}
