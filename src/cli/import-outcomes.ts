import type { Database } from '../kernel/database/database.ts';
import { type Context, systemActor, withContext } from '../kernel/tenancy/context.ts';
import type { ImportReport } from '../platform/import/contract.ts';
import { type ImportOutcome, type ImportTarget, listOutcomes, outcomeKinds } from '../platform/import/index.ts';
import { UsageError } from './command.ts';

const rows_per_page = 10;
const pages_max = 5_000;

/** What a check says of the rows of one file: a page of each kind. */
export interface ListedOutcomes {
  file_id: string;
  kind: (typeof outcomeKinds)[number];
  total: number;
  data: ImportOutcome[];
}

/** The page that --page names. */
export function pageOf(text: string | undefined): number {
  const page = Number(text ?? 1);
  if (Number.isInteger(page) && page >= 1 && page <= pages_max) return page;
  throw new UsageError(`--page takes a whole number from 1 to ${pages_max}.`);
}

/** Of each file and kind, this page of ten rows. */
export async function readOutcomes(
  db: Database,
  tenant_id: string,
  { report, targets, page }: { report: ImportReport; targets: readonly ImportTarget[]; page: number },
): Promise<ListedOutcomes[]> {
  const listed: ListedOutcomes[] = [];
  await withContext(db, systemActor(tenant_id), async (ctx) => {
    for (const { id, ignored, resource } of report.files) {
      if (ignored || !resource) continue;
      for (const kind of outcomeKinds)
        listed.push({
          file_id: id,
          kind,
          ...(await onePage(ctx, targets, { import_id: report.id, file_id: id, kind, page })),
        });
    }
  });
  return listed;
}

async function onePage(
  ctx: Context,
  targets: readonly ImportTarget[],
  { import_id, page, ...of }: { import_id: string; file_id: string; kind: ListedOutcomes['kind']; page: number },
): Promise<Pick<ListedOutcomes, 'total' | 'data'>> {
  let cursor: string | null = null;
  for (let at = 1; ; at++) {
    const found = await listOutcomes(ctx, targets, import_id, {
      ...of,
      limit: rows_per_page,
      ...(cursor !== null && { cursor }),
    });
    if (at === page) return { total: found.total, data: found.data };
    cursor = found.next_cursor;
    if (cursor === null) return { total: found.total, data: [] };
  }
}

const heads: Record<ListedOutcomes['kind'], (count: string) => string> = {
  update: (count) => `${count} records would change:`,
  create: (count) => `${count} records would be created:`,
  could_be: (count) => `${count} rows could be about a record that is there; without a word they are not:`,
};

/** The same for people, each file under its name. */
export function outcomesInWords(
  listed: readonly ListedOutcomes[],
  { report, page }: { report: ImportReport; page: number },
): string[] {
  return listed
    .filter(({ total }) => total > 0)
    .flatMap(({ file_id, kind, total, data }) => {
      const file = report.files.find(({ id }) => id === file_id)!;
      const last = Math.ceil(total / rows_per_page);
      const more =
        page < last
          ? [`  Page ${page} of ${last}; the next one: --resume ${report.id} --dry-run --page ${page + 1}`]
          : [];
      return [
        `${file.name}: ${heads[kind](total.toLocaleString('en'))}`,
        ...data.flatMap((outcome) => linesOf(kind, outcome)),
        ...more,
      ];
    });
}

function linesOf(kind: ListedOutcomes['kind'], outcome: ImportOutcome): string[] {
  const { row, name, record, changes, candidates } = outcome;
  if (kind === 'could_be') {
    const others = candidates.map(({ name, detail }) => (detail ? `${name} (${detail})` : name));
    return [`  row ${row}: ${name} could be ${others.join(', or ')}`];
  }
  if (kind === 'create') return [`  row ${row}: ${name}`];
  const fields = changes.map(({ title, before, after }) => `    ${title}: ${inWords(before)} → ${inWords(after)}`);
  return [`  row ${row}: ${record?.name ?? name}`, ...fields];
}

/** A value as the API has it. */
function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : value.map(inWords).join('; ');
  if (typeof value !== 'object') return String(value);
  const { name, label, value: text, ...parts } = value as Record<string, unknown>;
  if (typeof name === 'string') return name;
  const shown = text ?? Object.values(parts).filter(Boolean).join(', ');
  return label ? `${label}: ${shown}` : String(shown);
}
