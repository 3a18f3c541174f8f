import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { shownSkips } from '../undo/index.ts';
import type { ReversalReport } from './contract.ts';

/** Imports as the caller may read them: what their reversals left was found under the rights of the program. */
export async function redactReversals(ctx: Context, imports: readonly Values[]): Promise<Values[]> {
  const reports = imports.map(({ reversal }) => reversal as ReversalReport | null);
  const shown = await shownSkips(
    ctx,
    reports.flatMap((report) => report?.kept_samples ?? []),
  );
  return imports.map((row, at) => {
    const report = reports[at];
    return report ? { ...row, reversal: { ...report, kept_samples: report.kept_samples.map(shown) } } : row;
  });
}
