import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { isReversalLost } from '../change/index.ts';
import type { FileCounts } from './contract.ts';
import { getImport } from './import-owner.ts';
import { findFiles, findImport, type ImportFileRow, sampleProblems } from './queries.ts';
import { isRunning } from './service.ts';
import { type ImportTarget, isConverted } from './target.ts';
import { redactReversals } from './visibility.ts';

const problem_samples_each = 5;
const noCounts: FileCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, errors: 0 };

/** An import with its files as the wizard shows it. */
export async function describeImport(ctx: Context, targets: readonly ImportTarget[], id: string): Promise<Values> {
  const [row, files, problem_samples, stalled] = await Promise.all([
    getImport(ctx, id),
    findFiles(ctx, id),
    sampleProblems(ctx, id, problem_samples_each),
    isStalled(ctx, id),
  ]);
  const [shown] = await redactReversals(ctx, [row]);
  return { ...shown, stalled, files: files.map((file) => shownFile(file, targets)), problem_samples };
}

async function isStalled(ctx: Context, id: string): Promise<boolean> {
  const row = await findImport(ctx, id);
  if (row?.state === 'reverting') return isReversalLost(ctx, id);
  return row !== undefined && isRunning(row) && row.is_silent;
}

function shownFile(
  { found, mapping, answers, counts: { unnamed = 0, ...counts }, matches, ...file }: ImportFileRow,
  targets: readonly ImportTarget[],
): Values {
  const isCounted = file.phase !== 'rows' && (counts.rows ?? 0) > 0;
  return {
    id: file.id,
    position: file.position,
    file_id: file.file_id,
    name: file.name,
    size_bytes: file.size_bytes,
    ignored: answers.ignored === true,
    resource: mapping?.resource ?? null,
    source: found.source ?? null,
    converted: isConverted(
      found.columns.map(({ name }) => name),
      targets,
    ),
    dialect: found.dialect,
    columns: found.columns.map((column, at) => {
      const mapped = found.proposed.columns.find((proposed) => proposed.column === column.name);
      return {
        ...column,
        filled: isCounted ? Math.min(1, (file.filled[at] ?? 0) / counts.rows!) : (column.filled ?? 0),
        choices: column.choices ?? null,
        field: mapped?.field ?? null,
        confidence: mapped?.confidence ?? null,
        reason: mapped?.reason ?? null,
      };
    }),
    preview: found.preview,
    alternatives: found.proposed.alternatives,
    reasons: found.reasons,
    questions: found.questions,
    problems: found.problems,
    answers,
    matches: matches.map((found) => ({
      ...found,
      created: found.created ?? [],
      created_count: found.created_count ?? 0,
    })),
    unknown_options: file.unknown_options,
    counts: { ...noCounts, ...counts },
    errors_unnamed: unnamed,
    rows_done: Math.max(0, file.rows_done - Number(found.dialect.header) - (found.dialect.skipped_rows ?? 0)),
    bytes_done: file.bytes_done,
    linking: file.phase === 'relations',
    complete: file.phase === 'done',
  };
}
