import { useLocation } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef } from 'react';

/** The note or comment that the address points to. */
export const usePointedId = (): string | null =>
  useLocation({ select: ({ hash }) => /^(?:note|comment)-([0-9a-f-]{36})$/.exec(hash)?.[1] ?? null });

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
