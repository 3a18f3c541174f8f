import type { Deal } from './deal.ts';

export function DealLines({ deal }: { deal: Deal }) {
  return deal ? null : null;
}
