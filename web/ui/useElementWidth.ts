import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** The width of an element, which the window's says little about when panels open beside it. */
export function useElementWidth<T extends HTMLElement>(): [RefObject<T | null>, number | null] {
  const element = useRef<T>(null);
  const [width, setWidth] = useState<number | null>(null);
  useLayoutEffect(() => {
    const box: T | null = element.current;
    if (!box) return;
    setWidth(box.offsetWidth);
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
