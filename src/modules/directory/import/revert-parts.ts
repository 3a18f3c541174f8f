import { definedResources } from '../../../kernel/contract/resource.ts';

/** `from.column` refers to the id of `to`. */
export interface Link {
  from: string;
  column: string;
  to: string;
  /** The part of `to` that it refers to indeed. */
  part?: Link;
}

/** `from.column` names the record that a row is a part of, as the products of a deal and the tags of a record are. */
export interface PartLink extends Link {
  /** What the audit calls the whole. */
  whole: string;
}

/** Parts of records, such as tags and products of a deal, and stages of a pipeline. They go with their record and stay with it. */
export function partLinks(): PartLink[] {
  return definedResources().flatMap(({ name: whole, table: to, tagColumn, meta }) => {
    const link = (from: string, column: string): PartLink => ({ from, column, to, whole });
    const nested = [...meta.values()].flatMap(({ type, through, rowsFrom }) => {
      if (type !== 'nested') return [];
      if (rowsFrom?.table) return [link(rowsFrom.table, rowsFrom.subject)];
      return tagColumn && through ? [link(through.table, through.subject)] : [];
    });
    return tagColumn ? [link('record_tag', tagColumn), ...nested] : nested;
  });
}

/** What refers to a part refers to its whole. */
export const toWholes = (links: Link[], parts: PartLink[]): Link[] =>
  parts.flatMap((part) =>
    links.filter(({ to }) => to === part.from).map(({ from, column }) => ({ from, column, to: part.to, part })),
  );

/** What a part refers to goes after its whole, for the part may stay with it. */
export function throughWholes(links: Link[], parts: PartLink[]): Link[] {
  const isPart = ({ from, column }: Link) => parts.some((part) => part.from === from && part.column === column);
  const others = links.filter((link) => !isPart(link));
  return parts.flatMap((part) =>
    others.filter(({ from }) => from === part.from).map((link) => ({ ...link, from: part.to })),
  );
}
