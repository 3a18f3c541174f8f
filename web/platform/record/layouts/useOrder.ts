import { useEffect } from 'react';

/**
 * Tells whoever shows an open record beside a layout which ones stand there, in the order in which one sees them: it
 * leads to the next.
 */
export function useOrder(ids: readonly string[], onOrder: (ids: readonly string[]) => void): void {
  const joined = ids.join();
  useEffect(() => onOrder(joined ? joined.split(',') : []), [joined, onOrder]);
}
