import { definedResources } from '../../../kernel/contract/resource.ts';
import type { Link } from './revert-queries.ts';

/** `from.column` names the record that a row is a part of, as the products of a deal and the tags of a record are. */
export interface PartLink extends Link {
  /** What the audit calls the whole. */
  whole: string;
}

/** Parts of the records that can have tags. They go with their record and stay with it. */
export function partLinks(): PartLink[] {
  return definedResources().flatMap(({ name: whole, table: to, tagColumn, meta }) => {
    if (!tagColumn) return [];
    const nested = [...meta.values()].flatMap(({ type, through }) =>
      type === 'nested' && through ? [{ from: through.table, column: through.subject, to, whole }] : [],
    );
    return [{ from: 'record_tag', column: tagColumn, to, whole }, ...nested];
  });
}

/** What a part refers to goes after its whole, for the part may stay with it. */
export function throughWholes(links: Link[], parts: PartLink[]): Link[] {
  const isPart = ({ from, column }: Link) => parts.some((part) => part.from === from && part.column === column);
  const others = links.filter((link) => !isPart(link));
  return parts.flatMap((part) =>
    others.filter(({ from }) => from === part.from).map((link) => ({ ...link, from: part.to })),
  );
}
