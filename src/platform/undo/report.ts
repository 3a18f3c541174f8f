import { type ReferencedBy, type Skip, type SkipCode, skipReasons } from './contract.ts';

/** What undoing some events came to. */
export class Report {
  private readonly records = new Set<string>();
  readonly skipped: Skip[] = [];

  /** Records that were put back, in whole or in part. */
  get changed(): number {
    return this.records.size;
  }

  count(resource: string, ids: Iterable<string>): void {
    for (const id of ids) this.records.add(`${resource}/${id}`);
  }

  skip(
    resource: string,
    { id, name }: { id: string; name: string | null },
    code: SkipCode,
    fields: string[] | null = null,
    referenced_by?: ReferencedBy,
  ): void {
    this.skipped.push({
      resource,
      id,
      name,
      fields,
      code,
      reason: skipReasons[code],
      ...(referenced_by && { referenced_by }),
    });
  }
}
