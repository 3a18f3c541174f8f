import { useLocation } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef } from 'react';

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
