import { useLocation } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef } from 'react';

/** The entry that the address points to. */
export const usePointedId = (): string | null =>
  useLocation({ select: ({ hash }) => /^(?:note|comment|activity|task)-([0-9a-f-]{36})$/.exec(hash)?.[1] ?? null });

/** Of one that stands without a frame. */
export const pointedEntry = '-m-1.5 rounded-lg p-1.5 data-pointed:bg-accent-soft';

/** Brings what the address points to into view, however late it is drawn, and marks it. */
export function usePointed<E extends HTMLElement = HTMLDivElement>(name: string): RefObject<E | null> {
  const element = useRef<E>(null);
  const here = useLocation({ select: ({ hash }) => hash === name });
  useEffect(() => {
    const { current } = element;
    if (!here || !current) return;
    current.dataset.pointed = '';
    current.scrollIntoView({ block: 'center' });
    return () => {
      delete current.dataset.pointed;
    };
  }, [here]);
  return element;
}
